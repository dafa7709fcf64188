"""The record in other forms; each export is a pure function of the document."""

from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.registry import FORMATS, SUFFIXES, Format, export

__all__ = ["FORMATS", "SUFFIXES", "ExportOptions", "Format", "export"]
