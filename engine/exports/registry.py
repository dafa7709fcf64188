"""Every form that a record can be written in, by name."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Literal, cast, get_args

from hattama.engine.document.model import Transcript
from hattama.engine.errors import BadInputError
from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.written import as_written, is_written
from hattama.engine.hearing import Hearing, name_speakers

Format = Literal["txt", "srt", "vtt", "rttm", "ctm", "stm", "textgrid", "docx"]
"""Name of a form."""

FORMATS: tuple[Format, ...] = get_args(Format)

SUFFIXES: dict[Format, str] = {form: f".{form}" for form in FORMATS} | {"textgrid": ".TextGrid"}
"""File name extension of every form."""

WRITTEN_FORMATS: frozenset[Format] = frozenset({"docx", "txt", "srt", "vtt"})
"""Forms for reading, which may show the written form; the others are always verbatim."""

_MODULES = {"rttm": "nist", "ctm": "nist", "stm": "nist", "docx": "docx.document"}


class UnknownFormatError(BadInputError):
    """A form that no export writes."""


def export(
    transcript: Transcript,
    format: Format,  # noqa: A002  the field's term
    options: ExportOptions | None = None,
    hearing: Hearing | None = None,
) -> bytes:
    """Write the record in another form: a pure function of its arguments.

    Parameters
    ----------
    transcript
        The record; names of protected speakers are printed in no form.
    format
        One of `FORMATS`.
    options
        Language, times and marks; the defaults are `ExportOptions()`.
    hearing
        Title block of DOCX and TXT, kind of the proceedings for the names of roles, names of the
        speakers whom the record does not name yet (`hattama.engine.hearing.name_speakers`).

    Returns
    -------
    bytes
        The file. An empty record gives a valid file of every form.

    Raises
    ------
    UnknownFormatError
        `format` is not one of `FORMATS`.
    """
    if format not in FORMATS:
        raise UnknownFormatError(
            "Unknown format {format}; allowed: {allowed}.",
            format=format,
            allowed=", ".join(FORMATS),
        )
    module = import_module(f"hattama.engine.exports.{_MODULES.get(format, format)}")
    writer = getattr(module, f"to_{format}")
    chosen = options or ExportOptions()
    named = name_speakers(transcript, hearing) if hearing else transcript
    if format in WRITTEN_FORMATS:
        # A form that shows no digits in place of words need not say that it does.
        chosen = replace(chosen, written=chosen.written and is_written(named))
        named = as_written(named) if chosen.written else named
    return cast(bytes, writer(named, chosen, hearing))
