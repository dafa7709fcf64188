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
from hattama.disguise.check import CheckReport, Outcome, check
from hattama.disguise.errors import TooLittleSpeechError
from hattama.disguise.fake import FakeStream
from hattama.disguise.leak import LeakReport, coherence, search
from hattama.disguise.moments import Moment, moments, others_moments
from hattama.disguise.picture import draw
from hattama.disguise.similarity import Crowd, Place, Similarity, Verdict, know
from hattama.disguise.spans import Span
from hattama.disguise.undo import TurnedBack

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

    def words(self, heard: np.ndarray, said: np.ndarray, /) -> tuple[list[str], list[str]]:
        return self._count(heard), self._count(said)

    def _count(self, signal: np.ndarray) -> list[str]:
        parts = np.array_split(signal, max(1, 3 * len(signal) // RATE))
        return [f"w{i}" for i, part in enumerate(parts) if np.abs(part).max() > 0.02]


@pytest.fixture(autouse=True)
def _crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"t": Timbre.dimension, "a": Angle.dimension}
    monkeypatch.setattr(
        similarity, "crowd", lambda name: Crowd(np.zeros(sizes[name]), 0.09 * np.eye(sizes[name]))
    )


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


class Angle:
    """A stand-in for an embedding: the mean of the sound is the voice's angle in a plane."""

    dimension = 2

    def embed(self, signals: Sequence[np.ndarray]) -> np.ndarray:
        angles = np.array([float(np.mean(signal)) for signal in signals])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def at(*angles: float) -> list[Moment]:
    """Pieces of 6 s at these angles, before and after."""
    sounds = [np.full(100, angle, np.float32) for angle in angles]
    return [Moment(6.0 * i, 6.0 * (i + 1), sound, sound) for i, sound in enumerate(sounds)]


def test_strangers_who_share_the_room_set_the_limit_where_they_are_more_alike() -> None:
    witness = [moment._replace(said=at(1.0)[0].said) for moment in at(0.0, 0.0)]
    at_large = know("a", Angle(), witness).compare(witness)
    assert (at_large.others, at_large.stranger, at_large.spread) == (0, 0.0, pytest.approx(0.3))
    room = at(0.6, 0.7, 0.65, 0.7, 0.6, 0.65)
    here = know("a", Angle(), witness, room).compare(witness)
    assert here.others == 6
    assert here.stranger == pytest.approx(np.mean(np.cos([0.6, 0.7, 0.65, 0.7, 0.6, 0.65])))
    assert here.limit > at_large.limit
    assert here.excess < 0 <= know("a", Angle(), at(0.0, 0.0), room).compare(at(0.0, 0.0)).excess
    assert know("a", Angle(), witness, room[:5]).compare(witness) == at_large
    unlike = at(1.5, 1.5, 1.6, 1.6, 1.5, 1.6)
    assert know("a", Angle(), witness, unlike).compare(witness).limit == at_large.limit


def test_the_witness_outside_the_spans_is_told_and_makes_no_stranger() -> None:
    witness = [moment._replace(said=at(1.0)[0].said) for moment in at(0.0, 0.0)]
    room = at(1.2, 1.3, 0.05, 1.25, 1.3, 1.2, 1.25, 0.02)
    found = know("a", Angle(), witness, room).compare(witness)
    assert [(place.start, place.end) for place in found.elsewhere] == [(12, 18), (42, 48)]
    assert found.limit == know("a", Angle(), witness).compare(witness).limit


def test_the_witness_is_heard_elsewhere_where_every_embedding_hears_him() -> None:
    leak = LeakReport(1, 1, 4.0, ())

    def similarity_at(*starts: float) -> Similarity:
        places = tuple(Place(start, start + 6.0, 0.9) for start in starts)
        return Similarity("t", 0.9, 0.1, 0.1, 0.0, 0.1, 0, places, ())

    both = (similarity_at(12.0, 30.0, 48.0), similarity_at(30.0, 12.0))
    report = CheckReport(leak, TurnedBack(0.0, 0.0), both, None, 0, ())
    assert report.elsewhere == [Span(12.0, 18.0), Span(30.0, 36.0)]
    assert report.outcome is Outcome.HIDDEN
    assert CheckReport(leak, TurnedBack(0.0, 0.0), (), None, 0, ()).elsewhere == []


def test_other_people_are_sought_outside_of_the_spans(tmp_path: Path) -> None:
    source = write(tmp_path / "in.wav", speech(30.0))
    found = others_moments(source, [Span(10.0, 22.0)])
    assert found
    assert all(moment.end <= 9.5 or moment.start >= 22.5 for moment in found)
    assert others_moments(source, [Span(0.0, 30.0)]) == []


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
