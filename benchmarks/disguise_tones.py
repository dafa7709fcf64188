"""A tone that goes into the disguise, looked for at its own frequency in what comes out.

    python -m benchmarks.disguise_tones

A pure tone goes in; in what comes out, the power within half a hertz of its frequency is held
against the median of like bands around it (20 to 120 Hz away), since the disguise rightly makes
sound near where it hears some. Secrets whose own pitch has a harmonic within 10 Hz of the tone are
passed over: that line is the disguise's, not the tone's. So are those with a sideband of a harmonic
there: a tone's power ripples at twice its frequency, and against the rate of the frames that is a
beat.
"""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.disguise_systems import secret_of
from benchmarks.machine import write
from hattama.disguise.framing import FRAMES_PER_S
from hattama.disguise.profiles import PROFILES
from hattama.disguise.profiles import profile as choose_profile
from hattama.disguise.stream import DisguiseStream
from hattama.disguise.voice import draw_voice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Sound = NDArray[np.float32]

RATE_HZ: Final = 16_000
FREQUENCIES_HZ: Final = tuple(np.round(np.geomspace(110.0, 7000.0, 20)))
SECRETS: Final = 5
_SECONDS: Final = 6.0
_MIXED_DB: Final = (-20.0, -30.0)
_LEVEL: Final = 0.1
_NEAR_HZ: Final = 0.5
_CLEAR_HZ: Final = 10.0
_BESIDE_HZ: Final = 4.0

NOTES: Final = f"""# A tone at its own frequency in the output

Pure tones of {_LEVEL:g} of full scale, {len(FREQUENCIES_HZ)} frequencies from 110 Hz to 7 kHz,
{SECRETS} secrets each, those whose own pitch has no harmonic within {_CLEAR_HZ:g} Hz of the tone,
nor a sideband of one within {_BESIDE_HZ:g} Hz (the tone's rippling power beats with the frames).
excess: power within {_NEAR_HZ:g} Hz of the tone's own frequency over the median of like bands
20 to 120 Hz away, decibels, median over the secrets: median and highest of all frequencies.
mixed in: the same with the tone itself added, that many decibels under the disguise, to show what
the measure would find.
"""


def tone(hz: float) -> Sound:
    """The tone that goes in."""
    t = np.arange(round(_SECONDS * RATE_HZ)) / RATE_HZ
    return np.asarray(_LEVEL * np.sin(2 * np.pi * hz * t), np.float32)


def excess_db(said: Sound, hz: float) -> float:
    """Power at `hz` over that of its neighbourhood, decibels; the first second is left out."""
    settled = said[RATE_HZ:].astype(np.float64)
    power = np.abs(np.fft.rfft(settled * np.hanning(len(settled)))) ** 2
    step = RATE_HZ / len(settled)

    def band(middle: float) -> float:
        low, high = (round((middle + edge) / step) for edge in (-_NEAR_HZ, _NEAR_HZ))
        return float(np.sum(power[max(0, low) : high + 1]))

    aside = np.arange(20.0, 120.0, 2 * _NEAR_HZ)
    around = [band(hz + sign * by) for by in aside for sign in (-1, 1) if hz + sign * by > 0]
    return float(10 * np.log10((band(hz) + 1e-12) / (np.median(around) + 1e-12)))


def disguised(profile: str, hz: float) -> list[Sound]:
    """What comes out for the tone, one for each of the first secrets whose pitch keeps away."""
    apart = (seed for seed in count() if not harmonic(profile, seed, hz))
    streams = [
        DisguiseStream(RATE_HZ, profile, secret_of(seed), block_size=160)
        for seed in islice(apart, SECRETS)
    ]
    return [stream.process(tone(hz)) for stream in streams]


def harmonic(profile: str, seed: int, hz: float) -> bool:
    """Whether a line of the session's own pitch falls where the tone is looked for."""
    settings = choose_profile(profile)
    pitch = draw_voice(settings, secret_of(seed)).pitch_hz
    beat = abs(2 * hz - FRAMES_PER_S * round(2 * hz / FRAMES_PER_S))

    def off(sideband: int) -> float:
        carrier = hz - sideband * beat
        return abs(carrier - pitch * round(carrier / pitch))

    beside = any(off(sideband) < _BESIDE_HZ for sideband in (-2, -1, 1, 2))
    return settings.voiced and (off(0) < _CLEAR_HZ or beside)


def excess(said: list[Sound], hz: float, mixed_db: float | None = None) -> float:
    """Median excess over the secrets; with the tone mixed in where that is asked."""
    heard = tone(hz)
    gains = [
        0.0 if mixed_db is None else float(np.std(s) / np.std(heard)) * 10 ** (mixed_db / 20)
        for s in said
    ]
    return float(
        np.median([excess_db(s + g * heard, hz) for s, g in zip(said, gains, strict=True)])
    )


def main() -> None:
    """Measure every profile and write the table."""
    rows = []
    for name in PROFILES:
        said = {hz: disguised(name, hz) for hz in FREQUENCIES_HZ}
        row: dict[str, object] = {"profile": name}
        for mixed in (None, *_MIXED_DB):
            found = [excess(said[hz], hz, mixed) for hz in FREQUENCIES_HZ]
            label = "excess" if mixed is None else f"mixed in, {mixed:g} dB"
            row[label] = f"{np.median(found):.1f} / {np.max(found):.1f}"
        rows.append(row)
        print(row, flush=True)
        write("disguise_tones", rows, NOTES, "numba")


if __name__ == "__main__":
    main()
