"""How people differ: what the secret of a session draws its voice from.

From each of many people an affine map was fitted that turns the average voice's shapes into that
person's (`benchmarks/disguise_people.py`; M. J. F. Gales, doi:10.1006/csla.1998.0043, has the idea
for recognisers). Its main directions are the ways in which people differ, and so the ways in which
a secret hides the most and costs the fewest words: listeners are used to them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from hattama.disguise.stored import stored_as

if TYPE_CHECKING:
    from hattama.disguise.framing import Array


class People(NamedTuple):
    """Main directions of how people differ, each as long as people's standard deviation along it.

    The level, cepstrum 0, is in none of them.
    """

    mixing: Array
    """How normalised cepstra mix into others, shape (directions, CEPSTRA, CEPSTRA)."""

    offset: Array
    """What is added along with each mixing, in cepstra, shape (directions, CEPSTRA)."""

    spectrum: Array
    """How long-term spectra differ, in cepstra, shape (spectra, CEPSTRA); the first is their tilt,
    dark or bright."""


@cache
def people() -> People:
    """The directions that come with the program (see disguise/data/README.md)."""
    return stored_as(People, "people.npz")
