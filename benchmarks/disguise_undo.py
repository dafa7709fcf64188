"""Ways to take a disguise off again: shifts of pitch and formants, and a known secret undone.

Speech is analysed once with this project's own envelope and pitch tracker, and made anew from
what is left after a move. What the map and the normalisation did is not undone: no number of the
session fixes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.disguise_systems import PITCH_ALONE
from hattama.disguise.bands import BANDS, analyse, band_tables, centres, reading
from hattama.disguise.cepstra import cosines
from hattama.disguise.core import make_core
from hattama.disguise.excitation import excite
from hattama.disguise.fourier import fourier_tables
from hattama.disguise.framing import FFT, HOP
from hattama.disguise.intonation import move_on
from hattama.disguise.kernels import kernel
from hattama.disguise.pitch import decimate, frequency, pitch_state, track
from hattama.disguise.population import population
from hattama.disguise.profiles import Profile
from hattama.disguise.secret import Secret
from hattama.disguise.synthesis import moved_knots, respond, synthesise
from hattama.disguise.voice import KNOTS_HZ, draw_voice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.disguise.bands import BandTables
    from hattama.disguise.core import Core
    from hattama.disguise.fourier import FourierTables
    from hattama.disguise.pitch import PitchState

    Array = NDArray[np.float64]
    Sound = NDArray[np.float32]

_MARGIN: Final = 512
_STEADIEST: Final = 0.05


@dataclass(frozen=True)
class Heard:
    """Speech taken apart, a row every 4 ms."""

    bands: Array
    """Log power in each band, shape (frames, BANDS)."""

    pitch_hz: Array
    """Shape (frames,); 0 where there is none."""

    voicing: Array
    """0 to 1, shape (frames,)."""

    length: int
    """Samples of the speech."""


def hear(sound: Sound) -> Heard:
    """Take 16 kHz speech apart."""
    ring = np.zeros(1 << int(len(sound) + 2 * _MARGIN).bit_length())
    ring[_MARGIN : _MARGIN + len(sound)] = sound
    frames = len(range(_MARGIN + HOP, _MARGIN + len(sound) + 2 * HOP, HOP))
    bands, tune = np.zeros((frames, BANDS)), np.zeros((2, frames))
    _take_apart(ring, (band_tables(), fourier_tables()), pitch_state(), bands, tune)
    return Heard(bands, tune[0], tune[1], len(sound))


def speak(heard: Heard, bands: Array, pitch_hz: Array) -> Sound:
    """Make speech anew from other envelopes and another pitch, as long as the speech was."""
    core = make_core(PITCH_ALONE, draw_voice(PITCH_ALONE, Secret(bytes(32))))
    made = np.zeros(len(bands) * HOP)
    _make_anew(core, np.ascontiguousarray(bands), pitch_hz, heard.voicing, made)
    made = np.pad(made[HOP:], (0, max(0, heard.length + HOP - len(made))))
    return np.clip(made[: heard.length], -1.0, 1.0).astype(np.float32)


def shifted(heard: Heard, pitch_semitones: float, formant_semitones: float) -> Sound:
    """Speech with its pitch and its formants moved."""
    knots_hz = np.array(KNOTS_HZ)
    factor = np.full(len(knots_hz), 2.0 ** (formant_semitones / 12.0))
    bands = read_at(heard.bands, moved_knots(knots_hz, factor), knots_hz)
    return speak(heard, bands, heard.pitch_hz * 2.0 ** (pitch_semitones / 12.0))


def unmasked(
    heard: Heard, profile: Profile, secret: Secret, pitch_hz: float | None = None
) -> Sound:
    """Disguised speech with everything taken off again that the secret put on.

    Parameters
    ----------
    heard
        The disguised speech.
    profile, secret
        What it was disguised with.
    pitch_hz
        Mean pitch that the attacker supposes of the speaker: the session's pitch gives way to it
        and the contour gets back the range that the profile took. None leaves the pitch.
    """
    voice = draw_voice(profile, secret)
    bands = _unwarped(heard.bands, voice.warp) - voice.loudness
    bands = _unmixed(bands, voice.colour, voice.twist)
    if pitch_hz is None:
        return speak(heard, bands, heard.pitch_hz)
    return speak(heard, bands, _repitched(heard, voice.pitch_hz, pitch_hz, profile.pitch_contour))


def repitched(heard: Heard, pitch_hz: float, contour: float = 1.0) -> Sound:
    """Disguised speech with its mean pitch moved, which takes no secret.

    Parameters
    ----------
    heard
        The disguised speech.
    pitch_hz
        Where its mean pitch goes.
    contour
        How much of the intonation the disguise has kept (`Profile.pitch_contour`); the rest is
        given back.
    """
    return speak(heard, heard.bands, _repitched(heard, mean_pitch(heard), pitch_hz, contour))


def _repitched(heard: Heard, middle_hz: float, pitch_hz: float, contour: float) -> Array:
    """Pitch about another middle, its range given back; 0 where there is none."""
    apart = np.log2(np.maximum(heard.pitch_hz, 1.0) / max(middle_hz, 1.0))
    wider = 2.0 ** (apart / max(contour, _STEADIEST))
    return np.where(heard.pitch_hz > 0.0, pitch_hz * np.clip(wider, 0.5, 2.0), 0.0)


def mean_pitch(heard: Heard) -> float:
    """Geometric mean of the pitch where the voice is clear, Hz; 0 where it never is."""
    clear = heard.pitch_hz[(heard.pitch_hz > 0.0) & (heard.voicing > 0.5)]
    return float(np.exp(np.mean(np.log(clear)))) if len(clear) else 0.0


def _unwarped(bands: Array, warp: Array) -> Array:
    """Envelopes as they were before `synthesis_state` moved their formants by `warp`."""
    knots_hz = np.array(KNOTS_HZ)
    return read_at(bands, knots_hz, moved_knots(knots_hz, warp))


def _unmixed(bands: Array, colour: Array, twist: Array) -> Array:
    """Envelopes without the session's static colour and mixing of shapes."""
    mean, std = population()
    apart = (bands @ cosines().T - colour - mean) / std
    mixing = np.eye(len(mean)) + twist
    apart[:, 1:] = np.linalg.solve(mixing[1:, 1:], apart[:, 1:].T).T
    return np.asarray((mean + std * apart) @ cosines())


def read_at(bands: Array, places_hz: Array, sources_hz: Array) -> Array:
    """Envelopes that have at `places_hz` what the given ones have at `sources_hz`.

    Between those frequencies, and from them to 0 and 8 kHz, the way is straight.
    """
    hz = np.interp(centres(), [0.0, *places_hz, 8000.0], [0.0, *sources_hz, 8000.0])
    return np.asarray(bands @ reading(hz).T)


@kernel
def _take_apart(
    ring: Array,
    constants: tuple[BandTables, FourierTables],
    pitch: PitchState,
    bands: Array,
    tune: Array,
) -> None:
    """Envelope, pitch and voicing of every frame in `ring`."""
    work = np.zeros((2, FFT))
    for j in range(bands.shape[0]):
        end = _MARGIN + HOP * (j + 1)
        analyse(ring, end, constants, work, bands[j])
        decimate(ring, end, HOP, pitch)
        track(pitch)
        tune[0, j], tune[1, j] = frequency(pitch), pitch.track[1]


@kernel
def _make_anew(core: Core, bands: Array, pitch_hz: Array, voicing: Array, made: Array) -> None:
    """Sound from envelopes and pitch, a hop a frame; a pitch of 0 leaves the last one."""
    tune = core.intonation
    for j in range(bands.shape[0]):
        move_on(tune, voicing[j])
        if pitch_hz[j] > 0.0:
            tune.pitch_hz[1] = pitch_hz[j]
        respond(core.filter, bands[j], core.fourier)
        excite(core.source, HOP * (j + 1), tune.pitch_hz, tune.voicing)
        synthesise(core.filter, core.source.excitation, core.fourier, core.work, core.sound)
        for i in range(HOP):
            made[HOP * j + i] = core.sound[i]
