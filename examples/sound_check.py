"""A recording system that tries a voice on the witness before it lets him speak.

    python examples/sound_check.py WITNESS.wav [SECONDS]

The first SECONDS (40) of the file stand in for the sound check at the witness's microphone, the
rest for his testimony, which is written beside the file, disguised. The models are those of
`hattama models pull campplus ge2e`. In a live system the stream is the guard's core, as in
`live_disguise.py`: `Guard(lambda: DisguiseStream(rate, PROFILE, found.secret, known=found.known))`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import soundfile

from hattama.diarization.campplus import CampplusEmbedder
from hattama.diarization.ge2e import Ge2eEmbedder
from hattama.disguise.errors import RehearsalError
from hattama.disguise.rehearsal import rehearse
from hattama.disguise.stream import DisguiseStream
from hattama.models.store import ModelStore

PROFILE, BLOCK = "strong", 480


def main(path: Path, seconds: float) -> int:
    """Rehearse, tell what was found, disguise."""
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    store = ModelStore.default()
    prints = {"campplus": CampplusEmbedder(store), "ge2e": Ge2eEmbedder(store)}
    first = round(seconds * rate)
    try:
        found = rehearse(sound[:first], rate, PROFILE, prints)
    except RehearsalError as error:  # every voice that was tried is recognised: do not begin
        print(error)
        return 1
    for one in found.similarities:
        print(f"{one.name}: {one.after:.2f}, strangers up to {one.limit:.2f}")
    stream = DisguiseStream(
        rate, PROFILE, found.secret, BLOCK, channels=sound.shape[1], known=found.known
    )
    testimony = sound[first:]
    blocks = (testimony[at : at + BLOCK] for at in range(0, len(testimony), BLOCK))
    said = [stream.process(np.ascontiguousarray(block)) for block in blocks]
    target = path.with_name(f"{path.stem}.disguised.wav")
    soundfile.write(target, np.concatenate(said), rate)
    print(f"{target.name}: {len(testimony) / rate:.1f} s, {stream.latency} samples late")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 40.0))  # noqa: PLR2004
