"""How an attacker tries to undo a disguise.

Without knowing the session: every shift of pitch and of formants on a grid, keeping for each trial
the one that fits best. Knowing it (the secret leaked): the secret shapes are taken off again with
this project's own analysis, and the speech is made anew from what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.disguise_population import envelopes
from hattama.disguise.bands import BANDS, centres
from hattama.disguise.core import cosines, make_core, population
from hattama.disguise.excitation import excite
from hattama.disguise.framing import HOP
from hattama.disguise.kernels import kernel
from hattama.disguise.pitch import decimate, frequency, track
from hattama.disguise.profiles import Profile
from hattama.disguise.secret import Secret
from hattama.disguise.synthesis import respond, synthesise
from hattama.disguise.voice import KNOTS_HZ, draw_voice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.disguise.core import Core

    Array = NDArray[np.float64]
    Sound = NDArray[np.float32]

SHIFTS: Final = (-6.0, -4.0, -2.0, 2.0, 4.0, 6.0)
"""Semitones of pitch that the attacker tries, formants left alone."""

WARPS: Final = (-5.0, -3.0, -1.5, 1.5, 3.0, 5.0)
"""Semitones of formants that he tries, the pitch left alone."""

_PLAIN: Final = Profile("attack", 0.0, mapping=0.0, warp=0.0, colour=0.0, noise_above_hz=4500.0)
_RING_MARGIN: Final = 512


def shifted(sound: Sound, pitch_semitones: float, formant_semitones: float) -> Sound:
    """Speech with its pitch and its formants moved, made anew by plain analysis and synthesis."""
    factor = np.full(len(KNOTS_HZ), 2.0 ** (formant_semitones / 12.0))
    bands = envelopes(sound.astype(np.float64))
    return _speak(sound, _moved(bands, factor), 2.0 ** (pitch_semitones / 12.0), 0.0)


def unmasked(sound: Sound, profile: Profile, secret: Secret) -> Sound:
    """Disguised speech with everything taken off again that the secret put on."""
    voice = draw_voice(profile, secret)
    bands = envelopes(sound.astype(np.float64))
    mean, std = population()
    cepstra = _moved(bands, 1.0 / voice.warp) @ cosines().T - voice.colour
    mixing = np.eye(len(mean)) + voice.twist
    apart = (cepstra - mean) / std
    apart[:, 1:] = apart[:, 1:] @ np.linalg.inv(mixing[1:, 1:]).T
    return _speak(sound, (mean + std * apart) @ cosines(), 1.0, 0.0)


def _moved(bands: Array, factor: Array) -> Array:
    """Envelopes whose formants at KNOTS_HZ move up by `factor`."""
    middle = centres()
    moved = np.minimum(np.array(KNOTS_HZ) * factor, 7500.0)
    source = np.interp(middle, [0.0, *moved, 8000.0], [0.0, *KNOTS_HZ, 8000.0])
    place = np.interp(source, middle, np.arange(BANDS))
    return np.stack([np.interp(place, np.arange(BANDS), row) for row in bands])


def _speak(sound: Sound, bands: Array, pitch_factor: float, voiced_floor: float) -> Sound:
    core = make_core(_PLAIN, draw_voice(_PLAIN, Secret(bytes(32))))
    ring = np.zeros(1 << int(len(sound) + 2 * _RING_MARGIN).bit_length())
    ring[_RING_MARGIN : _RING_MARGIN + len(sound)] = sound
    result = np.zeros(len(bands) * HOP)
    _resynthesise(core, ring, np.ascontiguousarray(bands), (pitch_factor, voiced_floor), result)
    return np.pad(result[HOP:], (0, max(0, len(sound) - len(result) + HOP)))[: len(sound)].astype(
        np.float32
    )


@kernel
def _resynthesise(
    core: Core, ring: Array, bands: Array, voice: tuple[float, float], result: Array
) -> None:
    """Speech from given envelopes with the pitch heard in `ring` times a factor."""
    pitch_factor, floor = voice
    for j in range(bands.shape[0]):
        end = _RING_MARGIN + HOP * (j + 1)
        decimate(ring, end, HOP, core.pitch)
        track(core.pitch)
        core.tune[0], core.tune[2] = core.tune[1], core.tune[3]
        core.tune[3] = max(floor, core.pitch.track[1])
        if frequency(core.pitch) > 0.0:
            core.tune[1] = frequency(core.pitch) * pitch_factor
        respond(core.filter, bands[j], core.fourier)
        excite(core.source, end, core.tune[0:2], core.tune[2:4])
        synthesise(core.filter, core.source.excitation, core.fourier, core.work, core.sound)
        for i in range(HOP):
            result[HOP * j + i] = core.sound[i]
