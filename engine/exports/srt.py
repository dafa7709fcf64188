"""SubRip subtitles."""

from __future__ import annotations

from hattama.engine.document.model import Transcript
from hattama.engine.exports.cues import Cue, make_cues
from hattama.engine.exports.labels import speaker_labels
from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.texts import TEXTS
from hattama.engine.exports.times import media_time, subtitle_clock
from hattama.engine.hearing import Hearing


def to_srt(transcript: Transcript, options: ExportOptions, hearing: Hearing | None) -> bytes:
    """SRT in UTF-8; the speaker stands before the first words of a turn. Empty for no segments."""
    labels = speaker_labels(transcript, options.language, hearing.kind if hearing else None)
    clock = subtitle_clock(transcript.media.clock, timecode=options.times == "timecode")
    cues = make_cues(transcript, TEXTS[options.language].unintelligible, labels, clock)
    return "\n".join(_block(number, cue) for number, cue in enumerate(cues, 1)).encode()


def _block(number: int, cue: Cue) -> str:
    # An arrow inside the text would look like a line of times to a lenient reader.
    text = "\n".join(cue.lines).replace("-->", "→")
    return f"{number}\n{media_time(cue.start, ',')} --> {media_time(cue.end, ',')}\n{text}\n"
