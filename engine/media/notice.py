"""Notices: what a person should know about a recording, though the work goes on."""

from hattama.diarization.turns import Notice

__all__ = ["Notice"]
