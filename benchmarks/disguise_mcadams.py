"""Anonymisation by McAdams' coefficient: the VoicePrivacy baseline B2.

J. Patino, N. Tomashenko, M. Todisco, A. Nautsch, N. Evans, "Speaker anonymisation using the
McAdams coefficient", arXiv:2011.01130. The angles of the complex poles of each frame's linear
prediction are raised to the power `coefficient`; the residual is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FRAME: Final = 320  # 20 ms
_HOP: Final = 160
_ORDER: Final = 20


def mcadams(sound: NDArray[np.float32], coefficient: float) -> NDArray[np.float32]:
    """Disguise 16 kHz speech; the result is as long and as loud as the input."""
    window = np.hanning(_FRAME + 1)[:-1]
    padded = np.pad(sound.astype(np.float64), (_FRAME, 2 * _FRAME))
    result = np.zeros_like(padded)
    for start in range(0, len(padded) - _FRAME, _HOP):
        frame = padded[start : start + _FRAME] * np.sqrt(window)
        result[start : start + _FRAME] += _move_poles(frame, coefficient) * np.sqrt(window)
    result = result[_FRAME : _FRAME + len(sound)]
    loudness = np.std(sound) / max(float(np.std(result)), 1e-9)
    return np.clip(result * loudness, -1.0, 1.0).astype(np.float32)


def _move_poles(frame: NDArray[np.float64], coefficient: float) -> NDArray[np.float64]:
    correlation = np.correlate(frame, frame, "full")[_FRAME - 1 : _FRAME + _ORDER]
    if correlation[0] < 1e-9:
        return frame
    correlation[0] *= 1.0 + 1e-5
    prediction = solve_toeplitz(correlation[:-1], correlation[1:])
    polynomial = np.concatenate([[1.0], -prediction])
    poles = np.roots(polynomial)
    angle = np.angle(poles)
    turned = np.sign(angle) * np.minimum(np.abs(angle) ** coefficient, np.pi)
    moved = np.where(np.abs(poles.imag) > 1e-9, np.abs(poles) * np.exp(1j * turned), poles)
    residual = lfilter(polynomial, [1.0], frame)
    return np.asarray(lfilter([1.0], np.real(np.poly(moved)), residual))
