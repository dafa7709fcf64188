"""What a speaker is called in an export; the one place that decides whether a name is printed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from hattama.engine.document.model import Speaker, Transcript
from hattama.engine.exports.plain import plain, token
from hattama.engine.exports.texts import TEXTS, ExportLanguage
from hattama.engine.roles import HearingKind, infer_kind, role_name


@dataclass(frozen=True, slots=True)
class Label:
    """How a speaker is printed. For a protected speaker it holds no name, only the pseudonym."""

    name: str
    """Name or pseudonym; empty where only the role is known."""
    role: str
    """Name of the role, first letter a capital; empty where unknown."""
    machine: str
    """Unique label without spaces, for RTTM, CTM and STM."""

    @property
    def short(self) -> str:
        """Name, else role: for subtitles."""
        return self.name or self.role

    @property
    def full(self) -> str:
        """Name and role: for documents."""
        if self.name and self.role and self.role not in self.name:
            return f"{self.name}, {self.role[0].lower()}{self.role[1:]}"
        return self.short


def speaker_labels(
    transcript: Transcript, language: ExportLanguage, kind: HearingKind | None = None
) -> dict[str | None, Label]:
    """Label of every speaker by id; None is the speaker whom nobody could tell.

    Labels differ from each other: namesakes and people of one role get a number.
    """
    kind = kind or infer_kind(speaker.role for speaker in transcript.speakers)
    pseudonyms = _pseudonyms(transcript.speakers, language, kind)
    labels = [
        _label(speaker, pseudonyms.get(speaker.id), language, kind)
        for speaker in transcript.speakers
    ]
    unknown = Label(TEXTS[language].unknown_speaker, "", "unknown")
    numbered = _distinct([*labels, unknown], language)
    ids = [*(speaker.id for speaker in transcript.speakers), None]
    return dict(zip(ids, numbered, strict=True))


def capitalised(text: str) -> str:
    """The text with its first letter a capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def number_sign(language: ExportLanguage) -> str:
    """The sign before a number."""
    return "No." if language == "en" else "№"


def _pseudonyms(
    speakers: tuple[Speaker, ...], language: ExportLanguage, kind: HearingKind | None
) -> dict[str, str]:
    """Pseudonym of every protected speaker: the given one, or role and number."""
    counts: Counter[str] = Counter()
    pseudonyms = {}
    for speaker in speakers:
        if not speaker.protected:
            continue
        role = role_name(speaker.role, language, kind) or TEXTS[language].protected_person
        counts[role] += 1
        numbered = f"{capitalised(plain(role))} {number_sign(language)} {counts[role]}"
        pseudonyms[speaker.id] = plain(speaker.pseudonym) or numbered
    return pseudonyms


def _label(
    speaker: Speaker, pseudonym: str | None, language: ExportLanguage, kind: HearingKind | None
) -> Label:
    role = capitalised(plain(role_name(speaker.role, language, kind)))
    if pseudonym is not None:
        return Label(pseudonym, role, token(pseudonym))
    return Label(plain(speaker.name), role, token(speaker.id) or "_")


def _distinct(labels: list[Label], language: ExportLanguage) -> list[Label]:
    """Number those who would be printed alike."""
    labels = [
        label if label.short else replace(label, name=TEXTS[language].speaker, role="")
        for label in labels
    ]
    shorts = _numbered([label.short for label in labels], " ")
    machines = _numbered([label.machine for label in labels], "_")
    return [
        replace(label, machine=machine, name=label.name if label.short == short else short)
        for label, short, machine in zip(labels, shorts, machines, strict=True)
    ]


def _numbered(names: list[str], separator: str) -> list[str]:
    counts = Counter(names)
    taken = {name for name in names if counts[name] == 1}
    numbered = []
    for name in names:
        new, number = name, 0
        while counts[name] > 1 and (number == 0 or new in taken):
            number += 1
            new = f"{name}{separator}{number}"
        taken.add(new)
        numbered.append(new)
    return numbered
