"""What to tell about the times of a record's words."""

from __future__ import annotations

from collections.abc import Sequence

from hattama.engine.document.model import Word
from hattama.models.notice import Notice


def told_times(words: Sequence[Word]) -> tuple[Notice, ...]:
    """Say where the times of words are rough; nothing where a CTC model found every one.

    Words whose times nobody noted (`Word.timing` empty) are not counted.
    """
    noted = [word for word in words if word.timing]
    found = sum(word.timing == "ctc" for word in noted)
    if found == len(noted):
        return ()
    if found == 0:
        return (
            Notice(
                "Word times are Whisper's own: on the sample hearing half of the phrases begin"
                " within 0.03 s of the truth and 95 % within 0.1 s; words inside a phrase were not"
                " measured and can be off by more. With a CTC model in the store they are found in"
                " the sound."
            ),
        )
    return (
        Notice(
            "{count} of {total} words were not found in the sound where the text has them; their"
            " times are rough.",
            {"count": len(noted) - found, "total": len(noted)},
        ),
    )
