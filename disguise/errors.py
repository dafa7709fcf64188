"""Errors of the disguise folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hattama.models.errors import HattamaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hattama.disguise.check import CheckReport
    from hattama.disguise.similarity import Similarity


class DisguiseError(HattamaError):
    """Root of the errors of `hattama.disguise`."""


class DisguiseInputError(DisguiseError, ValueError):
    """What was given to the disguise cannot be used; the message says what can."""

    exit_code: ClassVar[int] = 2


class SecretError(DisguiseInputError):
    """A secret of the wrong kind, or one about to be written where it must not be."""


class ProfileError(DisguiseInputError):
    """An unknown profile, an unknown key in a profile, or a value out of its range."""


class AudioFormatError(DisguiseInputError):
    """Samples or a sample rate that the disguise cannot work on."""


class GuardError(DisguiseInputError):
    """The guard cannot do that in its present state, or the disarming token is wrong or late."""


class CoreUnfitError(DisguiseError):
    """The core failed on the guard's test voice; it is not let near a witness."""


class SpanError(DisguiseInputError):
    """A span that is empty, or none at all."""


class MediaError(DisguiseInputError):
    """A recording that cannot be read, or an output that cannot be written as asked."""


class LogError(DisguiseInputError):
    """A file that is no log, or no sealed secret, of `hattama disguise file`."""


class ProofError(DisguiseInputError):
    """What was given cannot be the original, or cannot have been made from it."""


class LeakError(DisguiseError):
    """The leak check found the witness's voice; nothing was handed out."""


class RecognisedError(DisguiseError):
    """A verification system knows the disguised voice again; nothing was handed out.

    Parameters
    ----------
    check
        What was found.
    """

    def __init__(self, check: CheckReport) -> None:
        super().__init__(
            "the disguised voice is still recognised; nothing was handed out: disguise again, "
            "which draws another voice, or with a stronger profile"
        )
        self.check = check


class RehearsalError(DisguiseError):
    """A verification system knew the disguised voice in the sound check; no session began.

    Parameters
    ----------
    similarities
        What was found.
    """

    def __init__(self, similarities: Sequence[Similarity]) -> None:
        super().__init__(
            "the disguised voice is still recognised; the session was not begun: take a stronger "
            "profile, or hear the witness in another way"
        )
        self.similarities = tuple(similarities)


class DeviceError(DisguiseInputError):
    """A sound device that does not exist, or a sound system that is not there."""


class DeviceLostError(DisguiseError):
    """A sound device went away while the disguise was live; silence left from there on."""


class TooLittleSpeechError(DisguiseInputError):
    """Not enough speech of the witness to compare voices."""
