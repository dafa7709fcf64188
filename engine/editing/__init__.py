"""Edits of a record: typed operations, their journal, search, comparison, protection."""

from hattama.engine.editing.operations import Operation, apply, from_plain, to_plain
from hattama.engine.editing.record import EditedRecord, read_current

__all__ = ["EditedRecord", "Operation", "apply", "from_plain", "read_current", "to_plain"]
