"""From envelopes to sound, against independent references."""

from __future__ import annotations

import numpy as np

from hattama.disguise.bands import BANDS, centres
from hattama.disguise.fourier import fourier_tables, transform
from hattama.disguise.framing import BINS, FFT, HOP, RATE_HZ
from hattama.disguise.synthesis import respond, synthesis_state, synthesise
from hattama.disguise.voice import KNOTS_HZ

TABLES = fourier_tables()
KNOTS = np.array(KNOTS_HZ)


def test_the_transform_is_numpy_s() -> None:
    generator = np.random.default_rng(1)
    signal = generator.standard_normal(FFT) + 1j * generator.standard_normal(FFT)
    real, imaginary = signal.real.copy(), signal.imag.copy()
    transform(real, imaginary, TABLES)
    assert np.allclose(real + 1j * imaginary, np.fft.fft(signal), atol=1e-9)


def test_the_response_has_the_envelope_s_size_and_the_least_phase() -> None:
    bands = 3.0 * np.cos(np.arange(BANDS) / 5.0) - 6.0
    state = synthesis_state(KNOTS, np.ones(len(KNOTS)))
    respond(state, bands, TABLES)
    hz = np.arange(BINS) * RATE_HZ / FFT
    height = 0.5 * np.interp(hz, centres(), bands)
    response = state.now[0] + 1j * state.now[1]
    assert np.allclose(np.log(np.abs(response[:BINS])), height, atol=0.02)
    folded = np.fft.irfft(height, FFT)
    folded[1 : FFT // 2] *= 2.0
    folded[FFT // 2 + 1 :] = 0.0
    assert np.allclose(response, np.exp(np.fft.fft(folded)), rtol=0.03, atol=1e-3)
    impulse = np.fft.ifft(response).real
    assert np.sum(impulse[: FFT // 2] ** 2) > 0.999 * np.sum(impulse**2)


def test_a_warp_moves_a_formant_by_its_factor() -> None:
    bands = -10.0 + 8.0 * np.exp(-(((centres() - 1500.0) / 250.0) ** 2))
    state = synthesis_state(KNOTS, np.full(len(KNOTS), 1.2))
    respond(state, bands, TABLES)
    peak_hz = np.argmax(np.abs(state.now[0, :BINS] + 1j * state.now[1, :BINS])) * RATE_HZ / FFT
    assert abs(peak_hz - 1800.0) < 60.0


def test_an_even_envelope_passes_the_source_through() -> None:
    state = synthesis_state(KNOTS, np.ones(len(KNOTS)))
    work, sound, heard, made = np.zeros((4, FFT)), np.zeros(HOP), [], []
    generator = np.random.default_rng(2)
    for _ in range(20):
        source = generator.standard_normal(HOP)
        respond(state, np.zeros(BANDS), TABLES)
        synthesise(state, source, TABLES, work, sound)
        heard.append(source)
        made.append(sound.copy())
    assert np.allclose(np.concatenate(heard)[HOP:], np.concatenate(made)[HOP:], atol=1e-9)
