from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from disguise_seams import voice
from scipy.signal import lfilter

from hattama.disguise import similarity
from hattama.disguise.check import Outcome, check
from hattama.disguise.errors import TooLittleSpeechError
from hattama.disguise.fake import FakeStream
from hattama.disguise.leak import coherence, search
from hattama.disguise.moments import moments
from hattama.disguise.picture import draw
from hattama.disguise.similarity import Crowd, Verdict
from hattama.disguise.spans import Span

RATE = 16_000
SPAN = Span(0.0, 20.0)


def speech(seconds: float = 20.0, tilt: float = 0.0) -> np.ndarray:
    """A synthetic voice; `tilt` changes its timbre."""
    sound = voice(seconds, RATE)
    return np.asarray(lfilter([1, tilt], [1], sound), np.float32)


def disguised(sound: np.ndarray) -> np.ndarray:
    core = FakeStream()
    said = np.concatenate([core.process(sound), core.flush()])[64:]
    return said[: len(sound)]


def write(path: Path, *channels: np.ndarray) -> Path:
    """A WAV of the channels."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_f32le", rate=RATE, layout=f"{len(channels)}c")
        array = np.ascontiguousarray(np.stack(channels, axis=1), np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(array, "flt", stream.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


class Timbre:
    """A stand-in for an embedding: the shape of the mean spectrum."""

    dimension = 32

    def embed(self, signals: Sequence[np.ndarray]) -> np.ndarray:
        return np.array([self._one(signal) for signal in signals], np.float32)

    def _one(self, signal: np.ndarray) -> np.ndarray:
        power = np.abs(np.fft.rfft(signal, 1 << 17)) ** 2
        bands = np.log([part.mean() + 1e-9 for part in np.array_split(power, self.dimension)])
        bands -= bands.mean()
        return bands / np.linalg.norm(bands)


class Ear:
    """Hears as many words as there are loud thirds of a second."""

    def words(self, signal: np.ndarray, /) -> list[str]:
        parts = np.array_split(signal, max(1, 3 * len(signal) // RATE))
        return [f"w{i}" for i, part in enumerate(parts) if np.abs(part).max() > 0.02]


@pytest.fixture(autouse=True)
def _crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    spread = Crowd(np.zeros(Timbre.dimension), 0.09 * np.eye(Timbre.dimension))
    monkeypatch.setattr(similarity, "crowd", lambda _name: spread)


def test_a_copy_leaks_at_any_delay_and_level(tmp_path: Path) -> None:
    sound = speech()
    source = write(tmp_path / "in.wav", sound)
    copy = write(tmp_path / "out.wav", 0.05 * np.roll(sound, 700))
    found = search(source, copy, [SPAN])
    assert found.leaks
    assert found.peak > 30
    assert found.windows == 10


def test_a_leak_of_another_microphone_is_found_in_the_channel_where_it_is(tmp_path: Path) -> None:
    witness, judge = speech(), np.random.default_rng(2).normal(0, 0.1, 20 * RATE)
    source = write(tmp_path / "in.wav", judge, witness)
    out = write(tmp_path / "out.wav", disguised(witness), judge[::-1] * 0.3 + 0.2 * witness)
    found = search(source, out, [SPAN])
    assert found.leaks
    assert found.worst[0].channel == 1


def test_a_trace_under_the_disguise_adds_up_over_the_span(tmp_path: Path) -> None:
    sound = speech()
    said = disguised(sound)
    level = 10 ** (-20 / 20) * np.std(said) / np.std(sound)
    source = write(tmp_path / "in.wav", sound)
    found = search(source, write(tmp_path / "out.wav", said + level * sound), [SPAN])
    assert found.leaks
    assert found.total > found.peak


def test_a_leak_is_told_where_it_is(tmp_path: Path) -> None:
    sound = speech()
    said = disguised(sound)
    said[12 * RATE : 14 * RATE] = sound[12 * RATE : 14 * RATE]
    source = write(tmp_path / "in.wav", sound)
    found = search(source, write(tmp_path / "out.wav", said), [SPAN])
    assert found.leaks
    assert found.worst[0].start == pytest.approx(12.0)


def test_what_lies_outside_the_spans_is_not_searched(tmp_path: Path) -> None:
    sound = speech()
    said = disguised(sound)
    said[: 5 * RATE] = sound[: 5 * RATE]
    source = write(tmp_path / "in.wav", sound)
    assert not search(source, write(tmp_path / "out.wav", said), [Span(6.0, 20.0)]).leaks


def test_silence_has_no_likeness() -> None:
    quiet = np.zeros(2 * RATE, np.float32)
    assert coherence(speech(2.0), quiet) == 0
    assert coherence(quiet, quiet) == 0


def test_the_same_voice_is_recognised_and_another_is_not(tmp_path: Path) -> None:
    sound = speech()
    source = write(tmp_path / "in.wav", sound)
    same = write(tmp_path / "same.wav", speech()[::-1])
    other = write(tmp_path / "other.wav", disguised(speech(tilt=-0.95))[::-1])
    report, _ = check(source, same, [SPAN], {"t": Timbre()})
    assert report.similarities[0].verdict is Verdict.SAME
    assert report.outcome is Outcome.RECOGNISED
    report, _ = check(source, other, [SPAN], {"t": Timbre()})
    assert report.similarities[0].after < report.similarities[0].before
    assert report.similarities[0].rank < 0.999


def test_a_leak_outweighs_everything_else(tmp_path: Path) -> None:
    sound = speech()
    source, out = write(tmp_path / "in.wav", sound), write(tmp_path / "out.wav", sound)
    report, _ = check(source, out, [SPAN], {"t": Timbre()})
    assert report.outcome is Outcome.LEAKS
    assert report.worst[0].what == "leak"


def test_words_are_counted_against_the_originals(tmp_path: Path) -> None:
    sound = speech()
    half = np.where(np.arange(len(sound)) < len(sound) // 2, disguised(sound), 0.0)
    source, out = write(tmp_path / "in.wav", sound), write(tmp_path / "out.wav", half)
    report, _ = check(source, out, [SPAN], {}, listener=Ear())
    assert report.words > 20
    assert report.words_lost == pytest.approx(0.5, abs=0.1)
    assert not report.understood
    report, _ = check(source, source, [SPAN], {}, listener=Ear())
    assert report.words_lost == 0


def test_moments_are_taken_from_the_loudest_channel_and_leave_pauses_out(tmp_path: Path) -> None:
    sound = speech(24.0)
    sound[6 * RATE : 12 * RATE] = 0
    source = write(tmp_path / "in.wav", 0.1 * sound, sound)
    found = moments(source, source, [Span(0.0, 24.0)])
    assert [moment.start for moment in found] == [0.0, 12.0, 18.0]
    assert np.allclose(found[1].heard, sound[12 * RATE : 18 * RATE], atol=1e-6)


def test_too_little_speech_is_said(tmp_path: Path) -> None:
    source = write(tmp_path / "in.wav", speech(2.0))
    with pytest.raises(TooLittleSpeechError, match="at least 12 s"):
        check(source, source, [Span(0.0, 2.0)], {"t": Timbre()})


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    source = write(tmp_path / "in.wav", speech())
    out = write(tmp_path / "out.wav", disguised(speech()))
    report, found = check(source, out, [SPAN], {"t": Timbre()})
    draw(tmp_path / "p.png", report, found, lambda text: text)
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "p.png").stat().st_size > 20_000


def test_the_crowd_holds_nobodys_own_print() -> None:
    path = Path(similarity.__file__).parent / "data" / "strangers.npz"
    with np.load(path, allow_pickle=False) as table:
        for name, dimension in (("campplus", 192), ("ge2e", 256)):
            assert table[f"{name}_mean"].shape == (dimension,)
            assert table[f"{name}_covariance"].shape == (dimension, dimension)
            assert len(str(table[f"{name}_sha256"])) == 64
        assert len(table.files) == 6
