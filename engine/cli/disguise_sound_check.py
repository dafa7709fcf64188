"""The sound check of `hattama disguise live`: a voice is chosen with the witness beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hattama.disguise.errors import RehearsalError
from hattama.disguise.listening import listen
from hattama.disguise.profiles import profile
from hattama.disguise.rehearsal import Rehearsal, rehearse
from hattama.disguise.similarity import Verdict
from hattama.engine.cli.disguise_bar import share_bar
from hattama.engine.cli.disguise_verdict import (
    ReadingOptions,
    reader,
    voice_figures,
    voice_prints,
)
from hattama.engine.cli.language import translate
from hattama.engine.errors import BadInputError
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from rich.console import Console

    from hattama.disguise.live import LiveOptions

_LEAST_S: Final = 20.0
_MOST_S: Final = 300.0


class SoundCheckError(BadInputError):
    """A sound check of an impossible length."""


def check_sound(
    console: Console,
    options: LiveOptions,
    seconds: float,
    reading: ReadingOptions,
    *,
    unproven: bool,
) -> Rehearsal:
    """Listen to the witness, choose a voice, and tell what was found.

    Raises
    ------
    SoundCheckError
        When it would be too short or too long.
    RehearsalError
        When programs recognise every voice that was tried; the figures are shown.
    """
    if not _LEAST_S <= seconds <= _MOST_S:
        raise SoundCheckError(
            "a sound check of {seconds:g} s was asked for; give {least:g} to {most:g} s",
            seconds=seconds,
            least=_LEAST_S,
            most=_MOST_S,
        )
    chosen = profile(options.profile)
    store = ModelStore.default()
    prints = {} if unproven else voice_prints(store)
    listener = reader(store, reading)
    console.print(
        translate("Let the witness speak now, and nobody else; nothing leaves."),
        markup=False,
        style="bold",
    )
    with share_bar("Listening") as progress:
        sound = listen(options, seconds, progress)
    try:
        with share_bar("Choosing a voice") as progress:
            found = rehearse(
                sound, options.rate, chosen, prints, listener=listener, progress=progress
            )
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
