"""Plain text for reading: timecode, speaker, words."""

from __future__ import annotations

from hattama.engine.document.model import Gap, State, Transcript
from hattama.engine.exports.labels import speaker_labels
from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.passages import Part, Passage, doubtful, passages
from hattama.engine.exports.plain import plain
from hattama.engine.exports.texts import TEXTS, Texts
from hattama.engine.exports.times import reader
from hattama.engine.hearing import Hearing

DOUBT_MARK = "[?]"
"""Stands after a doubtful word."""


def to_txt(transcript: Transcript, options: ExportOptions, hearing: Hearing | None) -> bytes:
    """UTF-8 text: one paragraph a passage, the speaker at each change, marks explained on top."""
    texts = TEXTS[options.language]
    labels = speaker_labels(transcript, options.language, hearing.kind if hearing else None)
    time = reader(transcript.media.clock, timecode=options.times != "media")
    lines = _head(transcript, texts, hearing, options)
    for item in passages(transcript):
        if isinstance(item, Gap):
            lines += ["", f"[{texts.gap.format(start=time(item.start), end=time(item.end))}]"]
            continue
        if item.new_speaker:
            lines += ["", f"{labels[item.speaker].full}:"]
        lines.append(f"{time(item.start)}  {_words(item, texts, mark=options.doubts)}")
    return ("\n".join(lines).lstrip("\n") + "\n").encode()


def _head(
    transcript: Transcript, texts: Texts, hearing: Hearing | None, options: ExportOptions
) -> list[str]:
    lines = []
    if transcript.state is not State.SIGNED:
        note = texts.draft_note if transcript.state is State.DRAFT else texts.edited_note
        lines.append(f"{texts.draft}. {note}")
    if hearing:
        pairs = ((texts.court, hearing.court), (texts.case, hearing.case))
        lines += [f"{name}: {plain(value)}" for name, value in pairs if value]
    lines.append(f"{texts.recording}: {plain(transcript.media.name)}")
    if options.doubts and any(doubtful(word) for word in transcript.words):
        lines.append(f"{DOUBT_MARK} – {texts.legend_doubt}")
    if options.written:
        lines.append(texts.legend_written)
    return lines


def _words(passage: Passage, texts: Texts, *, mark: bool) -> str:
    return " ".join(_part(part, texts, mark=mark) for part in passage.parts)


def _part(part: Part, texts: Texts, *, mark: bool) -> str:
    words = [word.text + (DOUBT_MARK if mark and doubtful(word) else "") for word in part.words]
    note = [f"({texts.overlap})"] if part.overlap else []
    return " ".join([*note, *(words or [f"({texts.unintelligible})"])])
