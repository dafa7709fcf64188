"""The whole diarizer on the project's hearing and on pyannote's own conversation."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from pyannote.core import Annotation, Segment
from pyannote.metrics.diarization import DiarizationErrorRate

from hattama.diarization.diarizer import PyannoteDiarizer
from hattama.diarization.fake import FakeSamples
from hattama.diarization.options import DiarizationOptions
from hattama.diarization.rttm import read_rttm
from hattama.diarization.turns import Diarization, Turn
from hattama.models.store import ModelStore

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def diarizer(store: ModelStore) -> PyannoteDiarizer:
    return PyannoteDiarizer(store)


def sound(path: Path) -> FakeSamples:
    signal, rate = sf.read(path, dtype="float32")
    assert rate == 16_000
    return FakeSamples(signal)


def annotation(turns: list[Turn] | tuple[Turn, ...]) -> Annotation:
    made = Annotation()
    for number, turn in enumerate(turns):
        made[Segment(turn.start, turn.end), number] = turn.speaker
    return made


def error_rate(found: Diarization, reference: Path) -> float:
    """DER without collar, overlap scored."""
    return float(DiarizationErrorRate()(annotation(read_rttm(reference)), annotation(found.turns)))


@pytest.mark.parametrize("speakers", [None, 5])
def test_the_sample_hearing_is_within_eight_percent(
    diarizer: PyannoteDiarizer, samples: Path, speakers: int | None
) -> None:
    diarizer.options = DiarizationOptions(speakers=speakers)
    found = diarizer.diarize(sound(samples / "civil-ru-kk.flac"))
    assert len(found.speakers) == 5
    assert error_rate(found, samples / "civil-ru-kk.rttm") <= 0.08


def test_pyannotes_own_conversation_is_within_six_percent(diarizer: PyannoteDiarizer) -> None:
    package = find_spec("pyannote.audio")
    assert package is not None
    assert package.origin is not None
    wav = Path(package.origin).parent / "sample" / "sample.wav"
    diarizer.options = DiarizationOptions()
    shares: list[float] = []
    found = diarizer.diarize(sound(wav), shares.append)
    assert len(found.speakers) == 2
    assert error_rate(found, wav.with_suffix(".rttm")) <= 0.06
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_noise_silence_and_nothing_have_no_speaker(diarizer: PyannoteDiarizer) -> None:
    noise = 1e-3 * np.random.default_rng(3).standard_normal(16_000 * 12)
    for signal in (noise, np.zeros(16_000 * 3), np.zeros(100), np.zeros(0)):
        assert diarizer.diarize(FakeSamples(signal.astype(np.float32))) == Diarization((), ())


def test_an_exception_from_progress_cancels(diarizer: PyannoteDiarizer) -> None:
    def cancel(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        diarizer.diarize(FakeSamples(np.zeros(16_000 * 12, np.float32)), cancel)
