"""The secret of a session: where the disguised voice lies, drawn from the system's generator.

Whoever holds the secret can repeat the disguise bit for bit from the original, and so prove what
was done. It does not give the original back. It is never printed and never logged.

A secret that is kept can be stolen, and the numbers of a voice help to recognise the speaker. So
the one that is sealed for a recording draws nothing by itself: the voice comes from that secret and
the original together (`Secret.bound`), and neither tells anything of it without the other.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Final

from hattama.disguise.errors import SecretError

if TYPE_CHECKING:
    from pathlib import Path

SECRET_BYTES: Final = 32
"""Length of a secret."""

_ORIGINAL: Final = b"hattama original"  # sets this digest apart from those that people publish


def fingerprint(original: Path) -> bytes:
    """What a recording gives to a secret that is bound to it, 32 bytes (BLAKE2b, RFC 7693).

    It is told nowhere and is not to be: with the sealed secret it gives the voice.
    """
    with original.open("rb") as stream:
        return hashlib.file_digest(
            stream, lambda: hashlib.blake2b(digest_size=SECRET_BYTES, person=_ORIGINAL)
        ).digest()


class Secret:
    """256 secret bits from which every random choice of a session is derived.

    Parameters
    ----------
    key
        32 bytes, for instance from a sealed envelope; `Secret.fresh()` draws new ones.

    Raises
    ------
    SecretError
        When `key` is not 32 bytes long.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if type(key) is not bytes or len(key) != SECRET_BYTES:
            raise SecretError(
                "the secret has to be {expected} bytes long; draw one with Secret.fresh()",
                expected=SECRET_BYTES,
            )
        self._key = key

    @classmethod
    def fresh(cls) -> Secret:
        """Draw a new secret from the system's cryptographic generator."""
        return cls(secrets.token_bytes(SECRET_BYTES))

    def reveal(self) -> bytes:
        """The 32 bytes, for sealing. Whoever calls this answers for where they go."""
        return self._key

    def bound(self, original: bytes) -> Secret:
        """The secret that this one and a recording make together; neither gives it alone.

        Parameters
        ----------
        original
            `fingerprint` of the undisguised recording, or as much of what nobody else has.

        Raises
        ------
        SecretError
            When that is not the length of a fingerprint.
        """
        if len(original) != SECRET_BYTES:
            raise SecretError(
                "a secret is bound to the {expected} bytes of a fingerprint, not to {given}",
                expected=SECRET_BYTES,
                given=len(original),
            )
        return Secret(
            hashlib.blake2b(
                original, key=self._key, digest_size=SECRET_BYTES, person=_ORIGINAL
            ).digest()
        )

    def uniform(self, purpose: str) -> float:
        """One number that this secret fixes for `purpose`, uniform in 0 (included) to 1.

        Parameters
        ----------
        purpose
            What the number is for; each purpose has a number of its own.
        """
        return self.seed(purpose) / 2.0**64

    def seed(self, purpose: str) -> int:
        """64 bits that this secret fixes for `purpose` (keyed BLAKE2b, RFC 7693)."""
        digest = hashlib.blake2b(purpose.encode(), key=self._key, digest_size=8).digest()
        return int.from_bytes(digest, "little")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._key, other._key)

    def __hash__(self) -> int:
        return hash((Secret, self._key))

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise SecretError("a secret is not pickled; seal the bytes of reveal() instead")
