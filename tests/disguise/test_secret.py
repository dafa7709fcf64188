"""The secret of a session."""

from __future__ import annotations

import hashlib
import pickle
from typing import TYPE_CHECKING

import pytest

from hattama.disguise.errors import SecretError
from hattama.disguise.profiles import STRONG
from hattama.disguise.secret import Secret, fingerprint
from hattama.disguise.voice import draw_voice

if TYPE_CHECKING:
    from pathlib import Path


def test_a_secret_never_shows_itself() -> None:
    key = bytes(range(32))
    secret = Secret(key)
    for text in (repr(secret), str(secret), f"{secret}"):
        assert text == "Secret(hidden)"
    assert key.hex() not in repr({"secret": secret})


def test_fresh_secrets_differ() -> None:
    assert len({Secret.fresh() for _ in range(50)}) == 50


def test_a_revealed_secret_makes_the_same_choices() -> None:
    secret = Secret.fresh()
    again = Secret(secret.reveal())
    assert again == secret
    assert again.uniform("pitch") == secret.uniform("pitch")
    assert again.seed("noise") == secret.seed("noise")


def test_choices_are_uniform_and_independent_of_each_other() -> None:
    drawn = [(s.uniform("a"), s.uniform("b")) for s in (Secret.fresh() for _ in range(2000))]
    mean_a = sum(a for a, _ in drawn) / len(drawn)
    product = sum((a - 0.5) * (b - 0.5) for a, b in drawn) / len(drawn)
    assert abs(mean_a - 0.5) < 0.04
    assert abs(product) < 0.01
    assert all(0.0 <= a < 1.0 for a, _ in drawn)


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), "0" * 32])
def test_a_secret_of_the_wrong_kind_is_refused(key: bytes) -> None:
    with pytest.raises(SecretError, match="32 bytes"):
        Secret(key)


def test_a_bound_secret_takes_the_secret_and_the_original(tmp_path: Path) -> None:
    """Neither alone: another secret or another recording gives another voice."""
    one, other = tmp_path / "one.wav", tmp_path / "other.wav"
    one.write_bytes(bytes(1000))
    other.write_bytes(bytes(999) + b"\1")
    secret, stranger = Secret(bytes(range(32))), Secret(bytes(32))
    bound = secret.bound(fingerprint(one))
    assert bound == Secret(secret.reveal()).bound(fingerprint(one))
    others = [secret, stranger.bound(fingerprint(one)), secret.bound(fingerprint(other))]
    for voice in (draw_voice(STRONG, one_of_them) for one_of_them in others):
        assert voice.pitch_hz != draw_voice(STRONG, bound).pitch_hz
        assert voice.seed != draw_voice(STRONG, bound).seed


def test_the_fingerprint_is_no_digest_that_a_log_might_hold(tmp_path: Path) -> None:
    recording = tmp_path / "one.wav"
    recording.write_bytes(b"sound")
    found = fingerprint(recording)
    assert len(found) == 32
    for name in hashlib.algorithms_guaranteed - {"shake_128", "shake_256"}:
        assert hashlib.new(name, b"sound").digest()[:32] != found
    assert hashlib.blake2b(b"sound", digest_size=32).digest() != found


def test_a_secret_is_bound_to_nothing_but_a_fingerprint() -> None:
    with pytest.raises(SecretError, match="not to 3"):
        Secret.fresh().bound(b"abc")


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(SecretError):
        pickle.dumps(Secret.fresh())
