"""How every compiled kernel of the disguise is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

# Everything but "no NaN, no infinity": the check of the input must survive the optimiser.
_SAFE_FAST_MATH = {"reassoc", "contract", "arcp", "nsz"}


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` on its first call; keep the machine code on disk; free the GIL.

    Parameters
    ----------
    function
        A function over arrays and numbers that Numba can compile.

    Returns
    -------
    Callable
        The compiled function, with the same signature.
    """
    compiled: Callable[P, R] = numba.njit(
        cache=True, nogil=True, fastmath=_SAFE_FAST_MATH, error_model="numpy"
    )(function)
    return compiled
