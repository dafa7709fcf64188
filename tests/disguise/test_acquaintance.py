"""A core that is introduced to a speaker goes on where another one stood."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from hattama.disguise.acquaintance import Acquaintance, acquaintance, introduce
from hattama.disguise.core import Core, make_core
from hattama.disguise.profiles import STRONG
from hattama.disguise.secret import Secret
from hattama.disguise.stream import DisguiseStream
from hattama.disguise.trial import trial_voice
from hattama.disguise.voice import draw_voice

SECRET = Secret(bytes(range(32)))
LEARNT = ("level", "room", "normaliser", "remainder")


@pytest.fixture(scope="module")
def heard() -> DisguiseStream:
    stream = DisguiseStream(16_000, STRONG, SECRET)
    stream.process(trial_voice(16_000, 6.0))
    return stream


def fresh() -> Core:
    return make_core(STRONG, draw_voice(STRONG, SECRET))


def numbers(known: Acquaintance, part: str) -> np.ndarray:
    """All of one part in a row."""
    value = getattr(known, part)
    return np.hstack([np.ravel(v) for v in (value if isinstance(value, tuple) else (value,))])


def test_all_that_was_learnt_is_handed_on(heard: DisguiseStream) -> None:
    (known,) = heard.acquaintances
    new = fresh()
    introduce(new, known)
    again = acquaintance(new)
    for part in fields(Acquaintance):
        assert np.array_equal(numbers(known, part.name), numbers(again, part.name))


@pytest.mark.parametrize("part", LEARNT)
def test_each_part_had_something_to_learn(heard: DisguiseStream, part: str) -> None:
    (known,), new = heard.acquaintances, acquaintance(fresh())
    assert not np.allclose(numbers(new, part), numbers(known, part))


def test_what_is_handed_on_is_a_copy(heard: DisguiseStream) -> None:
    (known,) = heard.acquaintances
    known.remainder[0][:] = 7.0
    (again,) = heard.acquaintances
    assert not np.any(again.remainder[0] == 7.0)
