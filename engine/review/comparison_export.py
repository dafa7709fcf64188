"""The comparison as a file: DOCX and HTML for reading and printing, TXT with marks."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Literal, get_args

from hattama.engine.document.model import Transcript
from hattama.engine.exports.texts import ExportLanguage
from hattama.engine.hearing import Hearing
from hattama.engine.review.comparison_turns import Change, Comparison, comparison

ComparisonForm = Literal["docx", "html", "txt"]
COMPARISON_FORMS: tuple[ComparisonForm, ...] = get_args(ComparisonForm)
"""Files that the comparison can be."""

_STYLE = (
    "body{font:11pt/1.5 serif;max-width:46em;margin:2em auto;padding:0 1em;color:#111;"
    "background:#fff}h1{font-size:1.3em}p{margin:.4em 0}time{font:9pt monospace;color:#555;"
    "margin-right:.7em}b{font-weight:600}del{background:#fbe3e0;text-decoration:line-through}"
    "ins{background:#dff1e2;text-decoration:underline;text-decoration-thickness:2px}"
    "em{border-bottom:2px dotted #444;font-style:normal}"
)


def export_comparison(
    draft: Transcript,
    edited: Transcript,
    form: ComparisonForm,
    language: ExportLanguage = "ru",
    hearing: Hearing | None = None,
) -> bytes:
    """Write a comparison of the machine's draft and the record that was made of it.

    What was deleted and what was inserted differ by line and not by colour alone.

    Parameters
    ----------
    draft
        `EditedRecord.draft`.
    edited
        `EditedRecord.transcript`.
    form
        DOCX, HTML or UTF-8 text.
    language
        Of headings and roles.
    hearing
        Its kind names the roles.
    """
    found = comparison(draft, edited, language, hearing)
    if form == "docx":
        from hattama.engine.review.comparison_docx import to_docx  # noqa: PLC0415  loads docx

        return to_docx(found, language)
    writers: dict[str, Callable[[Comparison, ExportLanguage], bytes]]
    writers = {"html": _to_html, "txt": _to_txt}
    return writers[form](found, language)


def _to_txt(found: Comparison, _language: ExportLanguage) -> bytes:
    """`[-deleted-]`, `{+inserted+}`, a change of speaker as `<was → is>`."""
    lines = [found.title, found.counts, found.warning, "[-…-] {+…+} <… → …>"]
    for turn in found.turns:
        words = " ".join(_plain(change) for change in turn.changes)
        lines += ["", f"{turn.time} {turn.speaker}", words]
    return ("\n".join(lines) + "\n").encode()


def _plain(change: Change) -> str:
    if change.kind == "same":
        return change.after
    if change.kind == "speaker":
        return f"<{change.speakers[0]} → {change.speakers[1]}> {change.after}"
    deleted = f"[-{change.before}-]" if change.before else ""
    inserted = f"{{+{change.after}+}}" if change.after else ""
    return " ".join(filter(None, (deleted, inserted)))


def _to_html(found: Comparison, language: ExportLanguage) -> bytes:
    """One file without scripts or outside parts."""
    media = f"{escape(found.media)} · SHA-256 {escape(found.sha256)}"
    body = [f"<h1>{escape(found.title)}</h1>", f"<p>{escape(found.counts)}</p>",
            f"<p>{escape(found.warning)}</p>", f"<p>{media}</p>"]  # fmt: skip
    for turn in found.turns:
        words = " ".join(_html(change) for change in turn.changes)
        head = f"<time>{escape(turn.time)}</time><b>{escape(turn.speaker)}:</b>"
        body.append(f"<p>{head} {words}</p>")
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f"<title>{escape(found.title)}</title><style>{_STYLE}</style><body>"
        + "\n".join(body)
        + "</body></html>\n"
    ).encode()


def _html(change: Change) -> str:
    before, after = escape(change.before), escape(change.after)
    if change.kind == "same":
        return after
    if change.kind == "speaker":
        was, now = map(escape, change.speakers)
        return f"<em>‹{was} → {now}› {after}</em>"
    deleted = f"<del>{before}</del>" if before else ""
    inserted = f"<ins>{after}</ins>" if after else ""
    return " ".join(filter(None, (deleted, inserted)))
