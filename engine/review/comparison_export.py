"""The comparison as a file: HTML for reading and printing, TXT with marks."""

from __future__ import annotations

from html import escape

from hattama.engine.clock import Clock
from hattama.engine.document.model import Transcript
from hattama.engine.editing.comparison import Counts, Part, compare, count
from hattama.engine.exports.labels import speaker_labels
from hattama.engine.exports.plain import plain
from hattama.engine.exports.texts import ExportLanguage
from hattama.engine.hearing import Hearing

_TITLES = {
    "kk": "Машина жобасы мен түзетілген мәтіннің айырмасы",
    "ru": "Отличия отредактированного текста от черновика машины",
    "en": "The edited record against the machine draft",
}
_COUNTS = {
    "kk": "Сөздер: өзгермеген {same}, ауыстырылған {replaced}, қосылған {inserted},"
    " өшірілген {deleted}, сөйлеушісі басқа {speaker}",
    "ru": "Слова: без изменений {same}, заменено {replaced}, добавлено {inserted},"
    " удалено {deleted}, с другим говорящим {speaker}",
    "en": "Words: unchanged {same}, replaced {replaced}, added {inserted}, deleted {deleted},"
    " with another speaker {speaker}",
}
_STYLE = (
    "body{font:11pt/1.5 serif;max-width:46em;margin:2em auto;padding:0 1em;color:#111;"
    "background:#fff}h1{font-size:1.3em}p{margin:.4em 0}time{font:9pt monospace;color:#555;"
    "margin-right:.7em}b{font-weight:600}del{background:#fbe3e0;text-decoration:line-through}"
    "ins{background:#dff1e2;text-decoration:underline;text-decoration-thickness:2px}"
    "em{border-bottom:2px dotted #444;font-style:normal}"
)


def to_txt(
    draft: Transcript, edited: Transcript, language: ExportLanguage, hearing: Hearing | None = None
) -> bytes:
    """UTF-8 text: `[-deleted-]`, `{+inserted+}`, a change of speaker as `<was → is>`."""
    parts = compare(draft, edited)
    lines = [_TITLES[language], _total(count(parts), language), "[-…-] {+…+} <… → …>"]
    for head, group in _turns(draft, edited, parts, language, hearing):
        lines += ["", head.strip(), " ".join(_plain_part(part, names) for part, names in group)]
    return ("\n".join(lines) + "\n").encode()


def to_html(
    draft: Transcript, edited: Transcript, language: ExportLanguage, hearing: Hearing | None = None
) -> bytes:
    """One HTML file without scripts or outside parts; changes differ by line as well as colour."""
    parts = compare(draft, edited)
    body = [
        f"<h1>{escape(_TITLES[language])}</h1>",
        f"<p>{escape(_total(count(parts), language))}</p>",
        f"<p>{escape(plain(edited.media.name))} · SHA-256 {escape(plain(edited.media.sha256))}</p>",
    ]
    for head, group in _turns(draft, edited, parts, language, hearing):
        time, _, name = head.partition(" ")
        words = " ".join(_html_part(part, names) for part, names in group)
        body.append(f"<p><time>{escape(time)}</time><b>{escape(name)}:</b> {words}</p>")
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f"<title>{escape(_TITLES[language])}</title><style>{_STYLE}</style><body>"
        + "\n".join(body)
        + "</body></html>\n"
    ).encode()


_Names = tuple[str, str]
"""Who said it in the draft and who in the edited record."""


def _turns(
    draft: Transcript, edited: Transcript, parts: tuple[Part, ...], language: ExportLanguage,
    hearing: Hearing | None,
) -> list[tuple[str, list[tuple[Part, _Names]]]]:  # fmt: skip
    """Parts by the turn of the edited record, with its head: timecode and speaker."""
    kind = hearing.kind if hearing else None
    now = speaker_labels(edited, language, kind)
    # Somebody who was merged away is called as the draft called him; a protected name never is.
    was = {**speaker_labels(draft, language, kind), **now}
    clock = Clock(edited.media.clock)
    turns: list[tuple[str, list[tuple[Part, _Names]]]] = []
    last = -1
    for part in parts:
        if part.turn != last or not turns:
            last = part.turn
            segment = edited.segments[last] if edited.segments else None
            start = segment.start if segment else part.start
            name = now[segment.speaker].short if segment else was[part.speaker_before].short
            turns.append((f"{clock.timecode(start)} {name}", []))
        names = was[part.speaker_before].short, now.get(part.speaker_after, now[None]).short
        turns[-1][1].append((part, names))
    return turns


def _total(counts: Counts, language: ExportLanguage) -> str:
    return _COUNTS[language].format(
        same=counts.same, replaced=counts.replaced, inserted=counts.inserted,
        deleted=counts.deleted, speaker=counts.speaker,
    )  # fmt: skip


def _texts(part: Part) -> tuple[str, str]:
    return (
        " ".join(plain(word.text) for word in part.before),
        " ".join(plain(word.text) for word in part.after),
    )


def _plain_part(part: Part, names: _Names) -> str:
    before, after = _texts(part)
    if part.kind == "same":
        return after
    if part.kind == "speaker":
        return f"<{names[0]} → {names[1]}> {after}"
    found = [f"[-{before}-]"] if before else []
    return " ".join([*found, f"{{+{after}+}}"] if after else found)


def _html_part(part: Part, names: _Names) -> str:
    before, after = (escape(text) for text in _texts(part))
    if part.kind == "same":
        return after
    if part.kind == "speaker":
        return f"<em>‹{escape(names[0])} → {escape(names[1])}› {after}</em>"
    found = [f"<del>{before}</del>"] if before else []
    return " ".join([*found, f"<ins>{after}</ins>"] if after else found)
