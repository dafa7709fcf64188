"""The comparison turn by turn, with names and times as exports give them."""

from __future__ import annotations

from dataclasses import dataclass

from hattama.engine.clock import Clock
from hattama.engine.document.model import Transcript, Word
from hattama.engine.editing.comparison import Counts, Kind, Part, compare, count
from hattama.engine.exports.labels import speaker_labels
from hattama.engine.exports.plain import plain
from hattama.engine.exports.texts import ExportLanguage
from hattama.engine.hearing import Hearing

_TITLES: dict[ExportLanguage, str] = {
    "kk": "Машина жобасы мен түзетілген мәтіннің айырмасы",
    "ru": "Отличия отредактированного текста от черновика машины",
    "en": "The edited record against the machine draft",
}
_COUNTS: dict[ExportLanguage, str] = {
    "kk": "Сөздер: өзгермеген {same}, ауыстырылған {replaced}, қосылған {inserted},"
    " өшірілген {deleted}, сөйлеушісі басқа {speaker}",
    "ru": "Слова: без изменений {same}, заменено {replaced}, добавлено {inserted},"
    " удалено {deleted}, с другим говорящим {speaker}",
    "en": "Words: unchanged {same}, replaced {replaced}, added {inserted}, deleted {deleted},"
    " with another speaker {speaker}",
}
_WARNINGS: dict[ExportLanguage, str] = {
    "kk": "Жариялауға болмайды: өшірілген сөздер де көрсетілген.",
    "ru": "Не для опубликования: показано и вычеркнутое.",
    "en": "Not for publication: it shows what was struck out, too.",
}


@dataclass(frozen=True, slots=True)
class Change:
    """Words in a row with the same fate, as they are printed."""

    kind: Kind
    before: str
    """Words of the draft; empty where inserted."""
    after: str
    """Words of the edited record; empty where deleted."""
    speakers: tuple[str, str]
    """Who said it in the draft and who in the edited record."""


@dataclass(frozen=True, slots=True)
class ComparedTurn:
    """A turn of the edited record."""

    time: str
    """Timecode of its start."""
    speaker: str
    """As exports name them."""
    changes: tuple[Change, ...]
    """By time."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that a file of the comparison prints."""

    title: str
    counts: str
    """How many words had which fate, as a sentence."""
    warning: str
    """That it is not for the public."""
    media: str
    """Name of the recording."""
    sha256: str
    """Digest of the recording."""
    turns: tuple[ComparedTurn, ...]
    """By time."""


def comparison(
    draft: Transcript, edited: Transcript, language: ExportLanguage, hearing: Hearing | None = None
) -> Comparison:
    """Compare a draft with the record that was made of it, ready to be printed."""
    parts = compare(draft, edited)
    return Comparison(
        _TITLES[language],
        _total(count(parts), language),
        _WARNINGS[language],
        plain(edited.media.name),
        plain(edited.media.sha256),
        _turns(draft, edited, parts, language, hearing),
    )


def _turns(
    draft: Transcript, edited: Transcript, parts: tuple[Part, ...], language: ExportLanguage,
    hearing: Hearing | None,
) -> tuple[ComparedTurn, ...]:  # fmt: skip
    kind = hearing.kind if hearing else None
    now = speaker_labels(edited, language, kind)
    # Somebody who was merged away is called as the draft called him; a protected name never is.
    was = {**speaker_labels(draft, language, kind), **now}
    clock = Clock(edited.media.clock)
    groups: dict[int, list[Part]] = {}
    for part in parts:
        groups.setdefault(part.turn, []).append(part)
    found = []
    for turn, group in groups.items():
        segment = edited.segments[turn] if edited.segments else None
        start = segment.start if segment else group[0].start
        name = now[segment.speaker].short if segment else was[group[0].speaker_before].short
        changes = tuple(
            _change(part, was[part.speaker_before].short,
                    now.get(part.speaker_after, now[None]).short)
            for part in group
        )  # fmt: skip
        found.append(ComparedTurn(clock.timecode(start), name, changes))
    return tuple(found)


def _change(part: Part, before: str, after: str) -> Change:
    return Change(part.kind, _text(part.before), _text(part.after), (before, after))


def _text(words: tuple[Word, ...]) -> str:
    return " ".join(plain(word.text) for word in words)


def _total(counts: Counts, language: ExportLanguage) -> str:
    return _COUNTS[language].format(
        same=counts.same, replaced=counts.replaced, inserted=counts.inserted,
        deleted=counts.deleted, speaker=counts.speaker,
    )  # fmt: skip
