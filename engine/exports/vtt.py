"""WebVTT with a voice on every cue (https://www.w3.org/TR/webvtt1/)."""

from __future__ import annotations

from hattama.engine.document.model import State, Transcript
from hattama.engine.exports.cues import Cue, make_cues
from hattama.engine.exports.labels import speaker_labels
from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.texts import TEXTS
from hattama.engine.exports.times import media_time, subtitle_clock
from hattama.engine.hearing import Hearing


def to_vtt(transcript: Transcript, options: ExportOptions, hearing: Hearing | None) -> bytes:
    """WebVTT in UTF-8; `<v>` names the speaker of each cue, a note marks what is not signed."""
    texts = TEXTS[options.language]
    labels = speaker_labels(transcript, options.language, hearing.kind if hearing else None)
    clock = subtitle_clock(transcript.media.clock, timecode=options.times == "timecode")
    blocks = ["WEBVTT\n"]
    if transcript.state is not State.SIGNED:
        blocks.append(f"NOTE {texts.draft}\n")
    if options.written:
        blocks.append(f"NOTE {texts.legend_written}\n")
    cues = make_cues(transcript, texts.unintelligible, clock=clock)
    blocks += [_block(cue, labels[cue.speaker].short) for cue in cues]
    return "\n".join(blocks).encode()


def _block(cue: Cue, voice: str) -> str:
    text = "\n".join(_escape(line) for line in cue.lines)
    times = f"{media_time(cue.start)} --> {media_time(cue.end)}"
    return f"{times}\n<v {_escape(voice)}>{text}</v>\n"


def _escape(text: str) -> str:
    """Markup in names and words shows as text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
