"""The disguise made again, and held against what was handed out."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from hattama.disguise.errors import MediaError, ProofError
from hattama.disguise.file import FileOptions, FileReport, disguise_file
from hattama.disguise.profiles import NATURAL
from hattama.disguise.proof import ALIKE_DB, Proof, ProofVerdict, distance_db, prove
from hattama.disguise.secret import Secret, fingerprint
from hattama.disguise.sidecar import Logged, Sealed
from hattama.disguise.spans import Span
from hattama.disguise.stream import DisguiseStream
from hattama.models.hashing import sha256_of

if TYPE_CHECKING:
    from pathlib import Path

SECRET = Secret(bytes(range(32)))
SPANS = (Span(20.0, 23.0 + 1 / 3),)
BEEPS = (Span(40.0, 40.5),)


@pytest.fixture(scope="module")
def original(samples: Path) -> Path:
    return samples / "civil-ru-kk.mp4"


@pytest.fixture(scope="module")
def handed_out(
    original: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Logged, Sealed]:
    """A disguised recording, its log and its sealed secret."""
    output = tmp_path_factory.mktemp("handed") / "out.mp4"
    report = disguised(original, output, SECRET.bound(fingerprint(original)))
    logged = Logged(
        report.input_sha256, report.output_sha256, SPANS, BEEPS, NATURAL, FileOptions(), (2,)
    )
    return output, logged, Sealed(SECRET, bound=True, output_sha256=report.output_sha256)


def disguised(original: Path, output: Path, secret: Secret) -> FileReport:
    return disguise_file(
        original,
        output,
        SPANS,
        lambda rate, channels: DisguiseStream(rate, NATURAL, secret, channels=channels),
        beeps=BEEPS,
    )


def encoded_again(source: Path, target: Path, rate: int, change: float = 0.0) -> Path:
    """The same recording with its sound encoded once more, and a tone put into a second of it."""
    with av.open(str(source)) as before, av.open(str(target), "w") as after:
        picture, sound = before.streams.video[0], before.streams.audio[0]
        copy = after.add_stream_from_template(picture)
        anew = after.add_stream("aac", rate=sound.rate, layout=sound.layout.name)
        anew.bit_rate = rate
        for packet in before.demux(picture, sound):
            if packet.stream is picture and packet.size:
                packet.stream = copy
                after.mux(packet)
            elif packet.stream is sound:
                for frame in packet.decode():
                    after.mux(anew.encode(with_tone(frame, change)))
        after.mux(anew.encode(None))
    return target


def with_tone(frame: av.AudioFrame, height: float) -> av.AudioFrame:
    samples = frame.to_ndarray()
    if 60.0 < frame.time < 61.0:
        samples[:] += height * np.sin(0.4 * np.arange(samples.shape[1]), dtype=np.float32)
    changed = av.AudioFrame.from_ndarray(samples, frame.format.name, frame.layout.name)
    changed.sample_rate, changed.pts, changed.time_base = (
        frame.sample_rate,
        frame.pts,
        frame.time_base,
    )
    return changed


def test_what_was_handed_out_is_made_again_bit_for_bit(
    original: Path, handed_out: tuple[Path, Logged, Sealed]
) -> None:
    told: list[float] = []
    proof = prove(original, *handed_out, progress=told.append)
    assert proof == Proof(unchanged=True, copied=True, sound=(True,), distance_db=(-math.inf,))
    assert proof.verdict is ProofVerdict.SAME
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_another_secret_makes_something_else(
    original: Path, handed_out: tuple[Path, Logged, Sealed]
) -> None:
    output, logged, sealed = handed_out
    proof = prove(original, output, logged, replace(sealed, secret=Secret(bytes(32))))
    assert proof.verdict is ProofVerdict.OTHER
    assert proof.copied
    assert max(proof.distance_db) > ALIKE_DB + 6.0


def test_the_secret_alone_without_its_original_makes_something_else(
    original: Path, handed_out: tuple[Path, Logged, Sealed]
) -> None:
    output, logged, sealed = handed_out
    proof = prove(original, output, logged, replace(sealed, bound=False))
    assert proof.verdict is ProofVerdict.OTHER


def test_an_envelope_from_before_secrets_were_bound_still_proves(
    original: Path, tmp_path: Path, handed_out: tuple[Path, Logged, Sealed]
) -> None:
    output = tmp_path / "out.mp4"
    report = disguised(original, output, SECRET)
    logged = replace(handed_out[1], output_sha256=report.output_sha256)
    sealed = Sealed(SECRET, bound=False, output_sha256=report.output_sha256)
    assert prove(original, output, logged, sealed).verdict is ProofVerdict.SAME


def test_a_secret_that_was_sealed_with_another_output_is_told(
    original: Path, handed_out: tuple[Path, Logged, Sealed]
) -> None:
    output, logged, sealed = handed_out
    with pytest.raises(ProofError, match="of another output than the log"):
        prove(original, output, logged, replace(sealed, output_sha256="0" * 64))


def test_a_recording_that_the_log_does_not_name_is_refused(
    original: Path, tmp_path: Path, handed_out: tuple[Path, Logged, Sealed]
) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(original.read_bytes() + b"\0")
    with pytest.raises(ProofError, match=sha256_of(original)):
        prove(other, *handed_out)


@pytest.mark.parametrize(
    ("height", "verdict"), [(0.0, ProofVerdict.ALIKE), (0.3, ProofVerdict.OTHER)]
)
def test_a_copy_encoded_again_is_alike_and_a_sound_put_in_is_found(
    original: Path,
    tmp_path: Path,
    handed_out: tuple[Path, Logged, Sealed],
    height: float,
    verdict: ProofVerdict,
) -> None:
    """The tone lies outside of the span: the whole recording is compared."""
    output, logged, sealed = handed_out
    copy = encoded_again(output, tmp_path / "copy.mp4", 64_000, height)
    proof = prove(original, copy, logged, sealed)
    assert proof.verdict is verdict
    assert proof.copied
    assert not proof.unchanged


def test_another_picture_is_found(
    original: Path, tmp_path: Path, handed_out: tuple[Path, Logged, Sealed]
) -> None:
    """A picture left out of the stream, the sound as it was."""
    output, logged, sealed = handed_out
    copy = tmp_path / "copy.mp4"
    with av.open(str(output)) as before, av.open(str(copy), "w") as after:
        streams = before.streams.video[0], before.streams.audio[0]
        copies = {s.index: after.add_stream_from_template(s) for s in streams}
        left = 500
        for packet in before.demux(*streams):
            if not packet.size:
                continue
            if packet.stream.index == streams[0].index:
                left -= 1
                if left == 0:
                    continue
            packet.stream = copies[packet.stream.index]
            after.mux(packet)
    proof = prove(original, copy, logged, sealed)
    assert not proof.copied
    assert proof.sound == (True,)
    assert proof.verdict is ProofVerdict.OTHER


def test_a_stream_too_many_is_refused(
    original: Path, tmp_path: Path, handed_out: tuple[Path, Logged, Sealed]
) -> None:
    """Somebody may have put the undisguised voice beside the disguised one."""
    output, logged, sealed = handed_out
    copy = tmp_path / "copy.mp4"
    with (
        av.open(str(output)) as before,
        av.open(str(original)) as raw,
        av.open(str(copy), "w") as after,
    ):
        streams = [before.streams.video[0], before.streams.audio[0], raw.streams.audio[0]]
        copies = [after.add_stream_from_template(s) for s in streams]
        for stream, target in zip(streams, copies, strict=True):
            container = raw if stream is streams[2] else before
            container.seek(0)
            for packet in container.demux(stream):
                if packet.size:
                    packet.stream = target
                    after.mux(packet)
    with pytest.raises(ProofError, match="or others too"):
        prove(original, copy, logged, sealed)


def test_what_is_no_recording_is_refused_in_one_line(
    original: Path, tmp_path: Path, handed_out: tuple[Path, Logged, Sealed]
) -> None:
    _, logged, sealed = handed_out
    broken = tmp_path / "out.mp4"
    broken.write_bytes(b"nothing")
    with pytest.raises(MediaError, match=r"out\.mp4 cannot be read"):
        prove(original, broken, logged, sealed)


def written(path: Path, sound: np.ndarray, rate: int = 16_000) -> tuple[Path, int]:
    """The first stream of a recording of samples, shape (n, channels)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_f32le", rate=rate, layout=f"{sound.shape[1]}c")
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), "flt", stream.layout.name)
        frame.sample_rate = rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path, 0


def test_the_distance_is_that_of_the_worst_two_seconds(tmp_path: Path) -> None:
    """A tenth of the amplitude is 20 dB; silence on both sides is no distance."""
    rate = 16_000
    noise = np.random.default_rng(1).normal(0.0, 0.1, (6 * rate, 1)).astype(np.float32)
    noise[4 * rate :] = 0.0
    other = noise.copy()
    other[2 * rate : 4 * rate] *= 1.1
    one, two = written(tmp_path / "a.wav", noise), written(tmp_path / "b.wav", other)
    assert distance_db(one, one) == -math.inf
    assert distance_db(two, one) == pytest.approx(-20.0, abs=0.1)


def test_a_change_in_one_channel_is_not_hidden_by_the_others(tmp_path: Path) -> None:
    """The mean over five channels lay 7 dB lower, and a loud one hid a faint one altogether."""
    noise = np.random.default_rng(1).normal(0.0, 0.1, (64_000, 5)).astype(np.float32)
    noise[:, 1] *= 0.01
    other = noise.copy()
    other[:, 1] *= 1.5
    one, two = written(tmp_path / "a.wav", noise), written(tmp_path / "b.wav", other)
    assert distance_db(two, one) == pytest.approx(-6.0, abs=0.1)
