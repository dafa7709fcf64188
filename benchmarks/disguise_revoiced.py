"""What an attacker gains who puts the voicing back that `strong` takes away.

    python -m benchmarks.disguise_revoiced --voices DIR [--system strong] [--draws 1]

In `strong` all speech has a voice (`hattama.disguise.intonation`), which is unlike speech. So an
attacker disguises other people's speech with secrets of his own, and teaches a small network to
tell from the disguised envelope, forward and back in time, what was voiced before; with that he
makes the witness's disguised speech anew. The attacker is else the ignorant one of
`disguise_privacy.py`.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.disguise_attacks import against_models, centred, equal_error_rate, pooled
from benchmarks.disguise_corpus import PIECES, others, witnesses
from benchmarks.disguise_privacy import Attackers, percent
from benchmarks.disguise_systems import DRAW, OTHERS, chosen, disguised
from benchmarks.disguise_undo import hear, speak
from benchmarks.machine import write
from hattama.disguise.cepstra import cosines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from benchmarks.disguise_corpus import Utterance
    from benchmarks.disguise_systems import System
    from benchmarks.disguise_undo import Heard

    Sound = NDArray[np.float32]
    Voicer = Callable[[Heard], NDArray[np.float64]]

TAPS: Final = (-12, -8, -5, -3, -2, -1, 0, 1, 2, 3, 5, 8, 12)
"""Frames of 4 ms about a moment that the network listens to."""

LATE: Final = 3
"""Frames by which the tracker hears a voice after the envelope does."""

_STEPS: Final = 2500
_BATCH: Final = 1024
_RATE: Final = 2e-3
_STEEP: Final = 2.5

NOTES: Final = """# What an attacker gains who puts the voicing back

Equal error rate in %, CAM++ / GE2E, of the ignorant attacker (models from undisguised speech):
{utterances} utterances of {speakers} speakers of LibriSpeech test-other; draws of everybody's
secrets, pooled: {draws}. He has disguised {others} pieces of other people with secrets of his own
and taught a small network to tell what had been voiced; on {agreed:.0f} % of the witnesses' frames
it agrees with the tracker on the undisguised speech.

- as it is: nothing done. made anew: analysed and made again, as all that follow.
- put back: voiced as far as the network is sure. put back, steep: voiced or not, with a short way
  between.
"""


def features(heard: Heard) -> NDArray[np.float32]:
    """What the network is given, shape (frames, len(TAPS) * CEPSTRA)."""
    cepstra = heard.bands @ cosines().T
    cepstra = (cepstra - cepstra.mean(0)) / (cepstra.std(0) + 1e-6)
    rows = np.arange(len(cepstra))
    near = [cepstra[np.clip(rows + tap, 0, len(rows) - 1)] for tap in TAPS]
    return np.concatenate(near, axis=1).astype(np.float32)


def voicing(heard: Heard) -> NDArray[np.float32]:
    """Voicing in time with the envelope, shape (frames,)."""
    return np.append(heard.voicing[LATE:], np.zeros(LATE)).astype(np.float32)


def learn(system: System, speech: Sequence[Utterance], steps: int = _STEPS) -> Voicer:
    """Disguise other people's speech and learn what had been voiced."""
    torch.manual_seed(0)
    given, wanted = [], []
    for i, one in enumerate(speech):
        masked, plain = hear(system.make(OTHERS + i)(one.samples)), hear(one.samples)
        frames = min(len(masked.bands), len(plain.bands))
        given.append(features(masked)[:frames])
        wanted.append(voicing(plain)[:frames])
    inputs, targets = (torch.from_numpy(np.concatenate(x)) for x in (given, wanted))
    network = nn.Sequential(
        nn.Linear(inputs.shape[1], 96), nn.ReLU(), nn.Dropout(0.2),
        nn.Linear(96, 48), nn.ReLU(),
        nn.Linear(48, 1),
    )  # fmt: skip
    optimiser = torch.optim.Adam(network.parameters())
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = _RATE * (1.0 - step / steps) + 1e-5
        rows = torch.randint(0, len(inputs), (_BATCH,))
        loss = functional.binary_cross_entropy_with_logits(
            network(inputs[rows])[:, 0], targets[rows]
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    network.eval()

    def tell(heard: Heard) -> NDArray[np.float64]:
        with torch.no_grad():
            said = network(torch.from_numpy(features(heard)))[:, 0]
        return torch.sigmoid(said).double().numpy()

    return tell


def ways(sound: Sound, tell: Voicer) -> dict[str, Sound]:
    """What the attacker makes of a disguised utterance, by column of the table."""
    heard = hear(sound)
    told = tell(heard)
    steep = np.clip(_STEEP * (told - 0.5) + 0.5, 0.0, 1.0)
    voices = {"made anew": heard.voicing, "put back": told, "put back, steep": steep}
    made = {
        name: speak(replace(heard, voicing=one), heard.bands, heard.pitch_hz)
        for name, one in voices.items()
    }
    return {"as it is": sound, **made}


def agreement(speech: Sequence[Utterance], sounds: Sequence[Sound], tell: Voicer) -> float:
    """Share of frames, %, on which the network and the tracker on the plain speech agree."""
    same = []
    for one, sound in zip(speech, sounds, strict=True):
        true, told = voicing(hear(one.samples)), tell(hear(sound))
        frames = min(len(true), len(told))
        same.append(np.mean((true[:frames] > 0.5) == (told[:frames] > 0.5)))
    return 100.0 * float(np.mean(same))


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--system", default="strong")
    parser.add_argument("--draws", type=int, default=1)
    options = parser.parse_args()
    system = chosen([options.system])[0]
    taught = others(options.voices)[::PIECES]
    tell = learn(system, taught)
    speech, attackers = witnesses(options.voices), Attackers()
    names = [one.speaker for one in speech]
    original = attackers.embed([one.samples for one in speech])
    masked = [disguised(system, speech, draw * DRAW) for draw in range(options.draws)]
    made = [[ways(sound, tell) for sound in sounds] for sounds in masked]
    rows = []
    for name in made[0][0]:
        prints = [attackers.embed([one[name] for one in sounds]) for sounds in made]
        cells = {}
        for column, change in (("ignorant", np.asarray), ("centred", centred)):
            trials = [
                pooled([against_models(change(own), change(one[k]), names) for one in prints])
                for k, own in enumerate(original)
            ]
            cells[column] = percent([equal_error_rate(t.scores, t.same) for t in trials])
        rows.append({"voicing": name, **cells})
        print(rows[-1], flush=True)
    notes = NOTES.format(
        utterances=len(speech),
        speakers=len(set(names)),
        draws=options.draws,
        others=len(taught),
        agreed=agreement(speech, masked[0], tell),
    )
    write("disguise_revoiced", rows, notes, "numba", "torch")


if __name__ == "__main__":
    main()
