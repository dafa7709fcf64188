"""The sound check of `hattama disguise live` and `pipe`: a voice is chosen with the witness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hattama.disguise.errors import RehearsalError
from hattama.disguise.profiles import profile
from hattama.disguise.rehearsal import Rehearsal, rehearse
from hattama.disguise.similarity import Verdict
from hattama.engine.cli.disguise_bar import share_bar
from hattama.engine.cli.disguise_verdict import (
    SoundCheckOptions,
    reader,
    voice_figures,
    voice_prints,
)
from hattama.engine.cli.language import translate
from hattama.engine.errors import BadInputError
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from hattama.disguise.protocols import Floats, Progress

    Listen = Callable[[float, Progress | None], Floats]

_LEAST_S: Final = 20.0
_MOST_S: Final = 300.0


class SoundCheckError(BadInputError):
    """A sound check of an impossible length."""


def check_sound(
    console: Console, listen: Listen, rate: int, profile_name: str, asked: SoundCheckOptions
) -> Rehearsal | None:
    """Listen to the witness, choose a voice, and tell what was found.

    Parameters
    ----------
    console
        Where it is told.
    listen
        Gives so many seconds of the witness, shape (n,) or (n, channels).
    rate
        Of that speech, Hz.
    profile_name
        Of the session.
    asked
        What is to be found out.

    Returns
    -------
    Rehearsal | None
        None where no sound check was asked for.

    Raises
    ------
    SoundCheckError
        When it would be too short or too long.
    RehearsalError
        When programs recognise every voice that was tried; the figures are shown.
    """
    seconds = asked.sound_check
    if seconds is None:
        return None
    if not _LEAST_S <= seconds <= _MOST_S:
        raise SoundCheckError(
            "a sound check of {seconds:g} s was asked for; give {least:g} to {most:g} s",
            seconds=seconds,
            least=_LEAST_S,
            most=_MOST_S,
        )
    chosen = profile(profile_name)
    store = ModelStore.default()
    prints = {} if asked.unproven else voice_prints(store)
    listener = reader(store, asked)
    console.print(
        translate("Let the witness speak now, and nobody else; nothing leaves."),
        markup=False,
        style="bold",
    )
    with share_bar("Listening") as progress:
        sound = listen(seconds, progress)
    try:
        with share_bar("Choosing a voice") as progress:
            found = rehearse(sound, rate, chosen, prints, listener=listener, progress=progress)
    except RehearsalError as error:
        console.print(voice_figures(error.similarities, None, 0))
        raise
    finally:
        sound.fill(0.0)
    _tell(console, found)
    return found


def _tell(console: Console, found: Rehearsal) -> None:
    if found.similarities:
        sentence = (
            "Programs take the disguised voice for a stranger's."
            if found.verdict is Verdict.STRANGER
            else "The disguised voice is more like the witness than strangers are; consider a "
            "stronger profile."
        )
    else:
        sentence = "Whether programs recognise the voice was not asked."
    console.print(translate(sentence), markup=False, style="bold")
    if not found.understood:
        console.print(translate("Many words do not come through; listen before it is used."))
    if found.similarities or found.words_lost is not None:
        console.print(voice_figures(found.similarities, found.words_lost, found.words))
