"""One frame of the disguise: envelope and pitch out of the input, new sound out of those.

All state stands in arrays that are made once; a frame allocates nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hattama.disguise.bands import BANDS, BandTables, analyse, band_tables
from hattama.disguise.bass import without_bass
from hattama.disguise.blend import blend
from hattama.disguise.cepstra import CEPSTRA, cosines
from hattama.disguise.excitation import SourceState, excite, source_state
from hattama.disguise.fourier import FourierTables, fourier_tables
from hattama.disguise.framing import FFT, HOP, Array
from hattama.disguise.intonation import IntonationState, intonation_state, intone
from hattama.disguise.kernels import kernel
from hattama.disguise.level import (
    LevelState,
    amplitude,
    follow,
    level_state,
    loud_share,
    place,
    speech_share,
    squeeze,
)
from hattama.disguise.mapping import MappingState, generalise, mapping_state
from hattama.disguise.normalise import NormaliserState, learn, normalise, normaliser_state
from hattama.disguise.pitch import (
    SURELY_VOICED,
    PitchState,
    decimate,
    frequency,
    pitch_state,
    track,
)
from hattama.disguise.population import population
from hattama.disguise.remainder import (
    RemainderState,
    hear_remainder,
    remainder_state,
    take_remainder,
)
from hattama.disguise.room import RoomState, clear_room, room_state
from hattama.disguise.synthesis import SynthesisState, respond, synthesis_state, synthesise
from hattama.disguise.tract import TractState, even_tract, hear_pitch, hear_shape, tract_state
from hattama.disguise.voice import KNOTS_HZ

if TYPE_CHECKING:
    from hattama.disguise.profiles import Profile
    from hattama.disguise.voice import Voice

RING: Final = 1024
"""Length of the rings of input and output inside the core."""

_SMOOTH: Final = 0.5  # the map hears each frame afresh; what it changes does not jump so far


class Settings(NamedTuple):
    """Numbers that a profile and a secret fix for the session."""

    normalisation: float
    """See `Profile.normalisation`."""

    cepstra: int
    """See `Profile.cepstra`."""

    mapped: bool
    """Whether the map is asked at all."""

    voiced: float
    """1 with a voice, 0 for a whisper."""

    voicing: float
    """See `Profile.voicing`."""

    dynamics: float
    """See `Profile.dynamics`."""

    loudness: float
    """See `Voice.loudness`."""


class Core(NamedTuple):
    """Everything that a channel's disguise keeps."""

    settings: Settings
    """Numbers fixed for the session."""

    colour: Array
    """Secret static shape, shape (CEPSTRA,)."""

    mixing: Array
    """What becomes of the shapes, see `mixing`, shape (CEPSTRA, CEPSTRA)."""

    cosines: Array
    """Orthonormal DCT-II, shape (CEPSTRA, BANDS)."""

    fourier: FourierTables
    """Constants of the transform."""

    tables: BandTables
    """Constants of the envelope."""

    pitch: PitchState
    """The pitch tracker."""

    level: LevelState
    """Levels of the room and of the speech."""

    room: RoomState
    """What is known of the room's sound."""

    tract: TractState
    """What is known of the speaker's vocal tract."""

    normaliser: NormaliserState
    """The normaliser."""

    mapping: MappingState
    """The map."""

    blend: Array
    """How the map goes into the speaker's own cepstra, shape (CEPSTRA, CEPSTRA)."""

    correction: Array
    """What the map last changed in a frame, smoothed, shape (CEPSTRA,)."""

    remainder: RemainderState
    """What of the speaker is left behind the map."""

    source: SourceState
    """The source."""

    filter: SynthesisState
    """The filter."""

    intonation: IntonationState
    """Pitch and voicing of the disguise."""

    bands: Array
    """Scratch, shape (BANDS,)."""

    cepstra: Array
    """Scratch, shape (CEPSTRA,)."""

    work: Array
    """Scratch, shape (4, FFT)."""

    sound: Array
    """The last hop of the result, shape (HOP,)."""


def mixing(profile: Profile, voice: Voice) -> Array:
    """What becomes of cepstra about everybody's mean: their bass goes, then the secret mixes them.

    Shape (CEPSTRA, CEPSTRA); the level, cepstrum 0, stays.
    """
    std = population()[1]
    mixed = np.eye(CEPSTRA) + voice.twist * std[:, None] / std
    return np.ascontiguousarray(mixed @ without_bass(profile.bass_from_hz))


def make_core(profile: Profile, voice: Voice) -> Core:
    """The disguise of one channel before its first sample."""
    tables = band_tables()
    mean, std = population()
    blended = blend(profile.mapping, profile.mapping_high)
    return Core(
        settings=Settings(
            profile.normalisation,
            profile.cepstra,
            max(profile.mapping, profile.mapping_high, profile.remainder, profile.bias) > 0.0,
            float(profile.voiced),
            profile.voicing,
            profile.dynamics,
            voice.loudness,
        ),
        colour=voice.colour,
        mixing=mixing(profile, voice),
        cosines=cosines(),
        fourier=fourier_tables(),
        tables=tables,
        pitch=pitch_state(),
        level=level_state(),
        room=room_state(),
        tract=tract_state(),
        normaliser=normaliser_state(mean, std),
        mapping=mapping_state(),
        blend=blended,
        correction=np.zeros(CEPSTRA),
        remainder=remainder_state(std, blended, profile.remainder, profile.bias),
        source=source_state(voice.seed, profile.noise_above_hz, voice.breath),
        filter=synthesis_state(np.array(KNOTS_HZ), voice.warp),
        intonation=intonation_state(voice.pitch_hz, profile.pitch_contour, profile.normalisation),
        bands=np.zeros(BANDS),
        cepstra=np.zeros(CEPSTRA),
        work=np.zeros((4, FFT)),
        sound=np.zeros(HOP),
    )


@kernel
def _even_out(core: Core, placed: float) -> float:
    """Give the frame the level at which it was placed, and a pause nothing of its room.

    Returns how much of the secret's colour the frame takes, 0 to 1.
    """
    cepstra, amount = core.cepstra, core.settings.normalisation
    wanted = squeeze(placed, core.settings.dynamics)
    cepstra[0] += amount * (wanted * np.sqrt(BANDS) - cepstra[0])
    share = speech_share(placed)
    clear_room(core.room, cepstra, core.normaliser.population_mean, share, amount)
    return 1.0 - amount * (1.0 - share)


@kernel
def _mix(core: Core) -> None:
    """Mix the shapes of the envelope by the session's matrix; the level stays."""
    cepstra, mean = core.cepstra, core.normaliser.population_mean
    apart = core.work[0]
    for i in range(CEPSTRA):
        apart[i] = cepstra[i] - mean[i]
    for i in range(1, CEPSTRA):
        cepstra[i] = mean[i]
        for j in range(1, CEPSTRA):
            cepstra[i] += core.mixing[i, j] * apart[j]


@kernel
def _blend(core: Core) -> None:
    """Let the map say its share of the frame."""
    cepstra, mapped, apart = core.cepstra, core.mapping.mapped, core.work[0]
    for i in range(CEPSTRA):
        apart[i] = mapped[i] - cepstra[i]
    for i in range(1, CEPSTRA):
        total = 0.0
        for j in range(1, CEPSTRA):
            total += core.blend[i, j] * apart[j]
        core.correction[i] += _SMOOTH * (total - core.correction[i])
        cepstra[i] += core.correction[i]


@kernel
def _to_cepstra(core: Core) -> None:
    """Write the cepstra of `core.bands` to `core.cepstra`."""
    for i in range(CEPSTRA):
        core.cepstra[i] = 0.0
        for b in range(BANDS):
            core.cepstra[i] += core.cosines[i, b] * core.bands[b]


@kernel
def _reshape(core: Core) -> float:
    """Turn the input's envelope in `core.bands` into the disguise's.

    Returns how much of the frame is speech, 0 to 1.
    """
    bands, cepstra, known = core.bands, core.cepstra, core.normaliser
    level = float(np.mean(bands))
    spoken = follow(core.level, level)
    placed = place(core.level, level)
    if core.pitch.track[1] > SURELY_VOICED:
        hear_pitch(core.tract, frequency(core.pitch))
    if spoken:
        _to_cepstra(core)
        hear_shape(core.tract, cepstra, known.population_mean, known.population_std)
    even_tract(core.tract, bands, core.settings.normalisation)
    _to_cepstra(core)
    if spoken:
        learn(known, cepstra)
    if core.settings.mapped:
        generalise(core.mapping, known, cepstra)
    normalise(known, cepstra, core.settings.normalisation)
    if core.settings.mapped:
        counted = amplitude(placed) if spoken else 0.0
        hear_remainder(core.remainder, known, cepstra, core.mapping.mapped, counted)
        _blend(core)
        take_remainder(core.remainder, cepstra, loud_share(placed))
    share = _even_out(core, placed)
    _mix(core)
    bands[:] = core.settings.loudness
    for i in range(core.settings.cepstra):
        value = cepstra[i] + share * core.colour[i]
        for b in range(BANDS):
            bands[b] += core.cosines[i, b] * value
    return speech_share(placed)


@kernel
def frame(core: Core, ring: Array, end: int) -> None:
    """Make the next hop of the disguise in `core.sound`.

    Parameters
    ----------
    core
        State, changed in place.
    ring
        Last samples of the input at RATE_HZ; sample i is at `i & (len(ring) - 1)`.
    end
        Number of the sample after the last one that may be used.
    """
    analyse(ring, end, (core.tables, core.fourier), core.work, core.bands)
    decimate(ring, end, HOP, core.pitch)
    track(core.pitch)
    spoken = _reshape(core)
    own, kept = core.pitch.track[1], core.settings.voicing
    voicing = core.settings.voiced * (kept * own + (1.0 - kept) * spoken)
    intone(core.intonation, core.pitch, voicing)
    respond(core.filter, core.bands, core.fourier)
    excite(core.source, end, core.intonation.pitch_hz, core.intonation.voicing)
    synthesise(core.filter, core.source.excitation, core.fourier, core.work, core.sound)
