"""The secret of a session."""

from __future__ import annotations

import pickle

import pytest

from hattama.disguise.errors import SecretError
from hattama.disguise.secret import Secret


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


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(SecretError):
        pickle.dumps(Secret.fresh())
