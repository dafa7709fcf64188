"""Proof of what was done: the disguise made again from the original and the sealed secret.

The disguise of an original under a secret is always the same. So whoever has both can show that a
recording that was handed out is that original in another voice and nothing else: the picture is
the original's, and the sound is what comes out once more. It is compared as it was encoded, bit
for bit. Another machine may round otherwise, and a copy may have been encoded again: then the
decoded sound has to be as near as that explains, in every two seconds of the recording.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np

from hattama.disguise.decoding import opened, sound_extent, windows
from hattama.disguise.digests import packet_digests
from hattama.disguise.errors import ProofError
from hattama.disguise.file import write_sound
from hattama.disguise.secret import fingerprint
from hattama.disguise.spans import Span
from hattama.disguise.stream import DisguiseStream
from hattama.models.hashing import sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hattama.disguise.protocols import Progress
    from hattama.disguise.secret import Secret
    from hattama.disguise.sidecar import Logged, Sealed

ALIKE_DB: Final = -10.0
"""Distance of two sounds, energy of their difference in that of the second, up to which they are
one, rounded or encoded otherwise: encoded again at 32 to 128 kbit/s, AAC and Opus lay at -13 and
below. Other speech put in for a tenth of a second reaches it, another voice lies at 0 and above."""

_FAINT_DB: Final = 20.0
_SILENT: Final = 1e-10  # power: 100 dB below full scale
_BLOCK: Final = 4096
_MADE: Final = 0.7  # share of the work when the sound is made again


class ProofVerdict(StrEnum):
    """What the proof says."""

    SAME = "same"
    """Everything is the same, bit for bit."""
    ALIKE = "alike"
    """The sound is the same, rounded or encoded otherwise."""
    OTHER = "other"
    """The output is something else."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How an output compares with what the original and the secret make."""

    unchanged: bool
    """Whether the output is the file that log and envelope name; another may hold the same."""
    copied: bool
    """Whether everything but the sound is the original's, bit for bit."""
    sound: tuple[bool, ...]
    """Whether each stream of sound is the same, bit for bit."""
    distance_db: tuple[float, ...]
    """How far each stream is from what was made again, where it is most; -inf: not at all."""

    @property
    def verdict(self) -> ProofVerdict:
        """What that says together."""
        if not self.copied or max(self.distance_db) > ALIKE_DB:
            return ProofVerdict.OTHER
        return ProofVerdict.SAME if all(self.sound) else ProofVerdict.ALIKE


def prove(
    original: Path,
    output: Path,
    logged: Logged,
    sealed: Sealed,
    progress: Progress | None = None,
) -> Proof:
    """Make the disguise again and compare.

    Parameters
    ----------
    original
        The undisguised recording.
    output
        What was handed out.
    logged
        The log that was written with it.
    sealed
        The secret from its envelope.
    progress
        Told the share of the work that is done.

    Raises
    ------
    ProofError
        When log and secret are of different outputs, the original is not the recording that the
        log names, or the output has not its streams.
    MediaError
        When one of them cannot be read.
    """
    tell = progress or (lambda _share: None)
    if sealed.output_sha256 != logged.output_sha256:
        raise ProofError(
            "the sealed secret is of another output than the log; give the one that was sealed "
            "with it"
        )
    if sha256_of(original) != logged.input_sha256:
        raise ProofError(
            "{name} is not the recording that the log names; give the original, whose SHA-256 is "
            "{sha256}",
            name=original.name,
            sha256=logged.input_sha256,
        )
    secret = sealed.secret.bound(fingerprint(original)) if sealed.bound else sealed.secret
    kept, heard = _streams(original, output, logged.left_out)
    others = {number: place for place, number in enumerate(kept) if number not in heard}
    before = packet_digests(original, list(others))
    after = packet_digests(output, list(others.values()))
    with TemporaryDirectory(prefix="hattama-") as folder:
        again = Path(folder) / f"again{output.suffix}"
        write_sound(
            original,
            again,
            logged.spans,
            _cores(logged, secret),
            logged.options,
            beeps=logged.beeps,
            progress=lambda share: tell(_MADE * share),
        )
        places = [place for place, number in enumerate(kept) if number in heard]
        made = packet_digests(again, range(len(places)))
        found = packet_digests(output, places)
        same = tuple(made[i] == found[place] for i, place in enumerate(places))
        distances = []
        for i, place in enumerate(places):
            distances.append(-math.inf if same[i] else distance_db((again, i), (output, place)))
            tell(_MADE + (1.0 - _MADE) * (i + 1) / len(places))
    return Proof(
        unchanged=sha256_of(output) == logged.output_sha256,
        copied=all(before[number] == after[place] for number, place in others.items()),
        sound=same,
        distance_db=tuple(distances),
    )


def distance_db(one: tuple[Path, int], other: tuple[Path, int]) -> float:
    """How far two streams are apart in the channel and the two seconds in which they are most.

    Energy of the difference in that of the second. A window that is fainter than its channel by
    more than `_FAINT_DB` counts as loud as that, so that silence differs from silence by little.

    Parameters
    ----------
    one, other
        Recordings, and the number of the stream in each.

    Returns
    -------
    float
        dB; -inf where they do not differ, inf where they have not as many channels.
    """
    first, second = sound_extent(one[0]), sound_extent(other[0])
    whole = (Span(min(first.start, second.start), max(first.end, second.end)),)
    apart, loud = [], []
    for here, there in zip(windows(*one, whole), windows(*other, whole), strict=True):
        if here.shape != there.shape:
            return math.inf
        apart.append(np.mean(np.square(here - there, dtype=np.float64), axis=0))
        loud.append(np.mean(np.square(there, dtype=np.float64), axis=0))
    if not np.any(apart):
        return -math.inf
    least = np.maximum(np.mean(loud, axis=0) * 10.0 ** (-_FAINT_DB / 10.0), _SILENT)
    return 10.0 * math.log10(np.max(np.array(apart) / np.maximum(loud, least)))


def _cores(logged: Logged, secret: Secret) -> Callable[[int, int], DisguiseStream]:
    return lambda rate, channels: DisguiseStream(
        rate, logged.profile, secret, _BLOCK, channels=channels
    )


def _streams(
    original: Path, output: Path, left_out: Sequence[int]
) -> tuple[list[int], frozenset[int]]:
    """Numbers of the original's streams that the output holds, in order, and which are sound."""
    with opened(original) as first, opened(output) as second:
        kept = [stream for stream in first.streams if stream.index not in left_out]
        types = [stream.type for stream in second.streams]
        anew = set(types[len(kept) :]) <= {"data"}  # MP4 makes its timecode track anew
        if [stream.type for stream in kept] != types[: len(kept)] or not anew:
            raise ProofError(
                "{output} does not hold the streams of {original}, or others too; give the "
                "recording that was handed out",
                output=output.name,
                original=original.name,
            )
        return [s.index for s in kept], frozenset(s.index for s in kept if s.type == "audio")
