"""Signing: the record is frozen, and its digest is named."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from hattama.engine.document.json import to_json
from hattama.engine.document.model import State, Transcript


@dataclass(frozen=True, slots=True)
class Sign:
    """Somebody answers for the record as it stands."""

    name: str
    """Who signs."""
    digest: str
    """SHA-256 of the signed record's JSON, lower-case hexadecimal; see `signed_digest`."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record as signed."""
        return replace(transcript, state=State.SIGNED)


def signed_digest(transcript: Transcript) -> str:
    """SHA-256 of the JSON that the record has once it is signed."""
    return hashlib.sha256(to_json(replace(transcript, state=State.SIGNED)).encode()).hexdigest()
