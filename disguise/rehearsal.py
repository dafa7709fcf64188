"""A sound check with the witness, before a live session.

A live session begins as if it heard everybody and draws its secret blindly. From half a minute of
the witness's speech beforehand, a secret is chosen that makes a stranger of him, and the session
begins knowing his voice and the room. Whether people can follow is asked of a recogniser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hattama.disguise.audition import DRAWS, choose_secret
from hattama.disguise.check import UNDERSTOOD, words_lost
from hattama.disguise.decoding import COMPARED_HZ
from hattama.disguise.errors import RehearsalError, TooLittleSpeechError
from hattama.disguise.moments import enough, sound_moments
from hattama.disguise.secret import Secret
from hattama.disguise.similarity import Similarity, Verdict, know, verdict_of
from hattama.disguise.stream import DisguiseStream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hattama.disguise.acquaintance import Acquaintance
    from hattama.disguise.profiles import Profile
    from hattama.disguise.protocols import Floats, Listener, Progress, VoicePrint

_BLOCK: Final = 4096
_LEAST_VOICED_S: Final = 3.0  # of half a minute of speech some ten seconds are voiced for sure


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a session begins with, and what the sound check found."""

    secret: Secret
    """Of the session."""
    known: tuple[Acquaintance, ...]
    """The witness and the room, channel by channel."""
    similarities: tuple[Similarity, ...]
    """How alike the disguise is to the witness, an embedding each."""
    words_lost: float | None
    """As `hattama.disguise.check.CheckReport` has it."""
    words: int
    """Words that the recogniser read in the witness's own speech."""

    @property
    def verdict(self) -> Verdict:
        """What the stricter of the embeddings says."""
        return verdict_of(self.similarities)

    @property
    def understood(self) -> bool:
        """Whether the words come through; True where nobody listened."""
        return self.words_lost is None or self.words_lost <= UNDERSTOOD


def rehearse(
    sound: Floats,
    sample_rate: int,
    profile: Profile | str,
    prints: Mapping[str, VoicePrint],
    *,
    listener: Listener | None = None,
    draws: int = DRAWS,
    progress: Progress | None = None,
) -> Rehearsal:
    """Choose the secret of a session by what the witness said beforehand.

    Parameters
    ----------
    sound
        The witness's microphone, shape (n,) or (n, channels), -1 to 1: what the session will hear.
        Half a minute of speech and more; nobody else speaks.
    sample_rate
        In Hz, 8 000 to 192 000.
    profile
        Of the session.
    prints
        Embeddings by name, as `hattama.disguise.similarity.crowd` knows them; with none, the
        secret is drawn blindly and nobody says whether the voice is recognised.
    listener
        Reads the words; None leaves that out.
    draws
        Secrets at most, 1 and more.
    progress
        Told the share of the work that is done.

    Raises
    ------
    TooLittleSpeechError
        When there is too little speech to learn a voice or to compare voices.
    RehearsalError
        When an embedding takes even the best disguise for the witness himself.
    """
    import soxr  # noqa: PLC0415  only the checks need it

    tell = progress or (lambda _share: None)
    channels = sound if sound.ndim > 1 else np.expand_dims(sound, 1)
    known = _listen(channels, sample_rate, profile)
    tell(0.1)
    heard = enough(sound_moments(soxr.resample(channels, sample_rate, COMPARED_HZ)))
    witness = [know(name, print_, heard) for name, print_ in prints.items()]
    tell(0.2)
    chosen = choose_secret(
        heard,
        witness,
        lambda secret, rate: DisguiseStream(rate, profile, secret, _BLOCK),
        draws=draws if prints else 1,
        progress=lambda share: tell(0.2 + 0.6 * share),
    )
    similarities = tuple(known.compare(chosen.moments) for known in witness)
    if verdict_of(similarities) is Verdict.SAME:
        raise RehearsalError(similarities)
    tell(0.9)
    lost, words = words_lost(chosen.moments, listener) if listener else (None, 0)
    tell(1.0)
    return Rehearsal(chosen.secret, known, similarities, lost, words)


def _listen(channels: Floats, sample_rate: int, profile: Profile | str) -> tuple[Acquaintance, ...]:
    """What a core learns of the witness; no secret has a part in that."""
    stream = DisguiseStream(sample_rate, profile, Secret(bytes(32)), _BLOCK, channels.shape[1])
    for start in range(0, len(channels), _BLOCK):
        stream.process(np.ascontiguousarray(channels[start : start + _BLOCK]))
    known = stream.acquaintances
    voiced = max(one.voiced_s for one in known)
    if voiced < _LEAST_VOICED_S:
        raise TooLittleSpeechError(
            "the microphone heard a voice for {voiced:.1f} s only; see that it is switched on, and "
            "let the witness speak for half a minute",
            voiced=voiced,
        )
    return known
