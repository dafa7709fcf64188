"""Silence leaves a pipe while a sound check listens, and nothing is lost of its pace."""

from __future__ import annotations

import io
import queue
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from disguise_seams import alikeness, voice

from hattama.disguise.errors import AudioFormatError, TooLittleSpeechError
from hattama.disguise.fake import FakeStream
from hattama.disguise.hush import Hush
from hattama.disguise.pcm import to_bytes, to_floats
from hattama.disguise.pipe import Pipe, PipeOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

FREE, LIVE = PipeOptions(pace="free"), PipeOptions(pace="live")
LATENCY = FakeStream().input_latency + FakeStream().output_latency
BLOCK = LIVE.block_size * LIVE.frame_bytes


class Microphone(io.RawIOBase):
    """Gives a block a call, as soon as somebody feeds it; ends with the first empty one."""

    def __init__(self) -> None:
        super().__init__()
        self.fed: queue.Queue[bytes] = queue.Queue()

    def read(self, size: int = -1) -> bytes:
        """Wait for the next block."""
        data = self.fed.get(timeout=30)
        assert len(data) <= size
        return data

    def feed(self, *sounds: bytes) -> None:
        """Let so much be heard; the end where it is empty."""
        for sound in sounds:
            for at in range(0, len(sound) or 1, BLOCK):
                self.fed.put(sound[at : at + BLOCK])


class Speaker(io.BytesIO):
    """Keeps what is written, and tells of every block."""

    def __init__(self) -> None:
        super().__init__()
        self.played: queue.Queue[int] = queue.Queue()

    def write(self, data: bytes) -> int:
        """Take a block."""
        written = super().write(data)
        self.played.put(written)
        return written


class Gone(io.BytesIO):
    """A reader that goes away after so many bytes."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def write(self, data: bytes) -> int:
        """Break, or take them."""
        if self.tell() >= self._after:
            raise BrokenPipeError
        return super().write(data)


def samples(data: bytes, channels: int = 1) -> NDArray[np.float32]:
    return to_floats(data, "s16le", channels)


def test_what_comes_in_is_heard_and_as_much_silence_leaves() -> None:
    sound, sink, told = voice(0.5), io.BytesIO(), []
    with Hush(FREE, io.BytesIO(to_bytes(sound, "s16le")), sink) as hush:
        heard = hush.listen(0.3, told.append)
    np.testing.assert_array_equal(heard, samples(to_bytes(sound, "s16le"))[: len(heard), 0])
    assert heard.shape == (14_400,)
    assert sink.getvalue() == bytes(2 * 14_400)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_every_channel_is_heard() -> None:
    sound = np.stack([voice(0.2), 0.5 * voice(0.2)], axis=1)
    options = PipeOptions(pace="free", channels=2)
    heard = Hush(options, io.BytesIO(to_bytes(sound, "s16le")), io.BytesIO()).listen(0.1)
    assert heard.shape == (4800, 2)
    np.testing.assert_allclose(heard, sound[:4800], atol=1e-4)


def test_the_pipe_behind_it_goes_on_where_it_ended() -> None:
    sound, sink = voice(1.0), io.BytesIO()
    source = io.BytesIO(to_bytes(sound, "s16le"))
    with Hush(FREE, source, sink) as hush:
        hush.listen(0.4)
        outcome = Pipe(FakeStream, FREE, ready=hush.end).run(source, sink)
    left = samples(sink.getvalue())[:, 0]
    assert len(left) == len(sound) + LATENCY
    assert not left[:19_200].any()
    assert left[19_200:].any()
    assert alikeness(sound, left) < 0.3
    assert outcome.fault is None


def test_a_live_pipe_keeps_its_pace_while_a_voice_is_chosen() -> None:
    """Until the core has proved itself; then not a block is missing between silence and voice."""
    sound = to_bytes(voice(1.0), "s16le")
    microphone, speaker = Microphone(), Speaker()
    with Hush(LIVE, microphone, speaker) as hush:
        microphone.feed(sound[: 30 * BLOCK])
        hush.listen(0.3)
        microphone.feed(sound[30 * BLOCK : 60 * BLOCK])
        for _ in range(60):
            assert speaker.played.get(timeout=30) == BLOCK
        rest = threading.Timer(0.2, microphone.feed, [sound[60 * BLOCK :], b""])

        def ready() -> None:
            rest.start()  # the hush waits for the next block when it is told to end
            hush.end()

        Pipe(FakeStream, FREE, ready=ready).run(microphone, speaker)
    left = samples(speaker.getvalue())[:, 0]
    assert len(left) == len(sound) // 2 + LATENCY
    assert not left[: 60 * LIVE.block_size].any()
    assert left[60 * LIVE.block_size :].any()
    assert alikeness(samples(sound)[:, 0], left) < 0.3


def test_a_live_pipe_is_listened_to_again_where_no_voice_was_found() -> None:
    """The thread that gives silence in between took every other block of the second listening."""
    sound = to_bytes(voice(1.0), "s16le")
    microphone, speaker = Microphone(), Speaker()
    with Hush(LIVE, microphone, speaker) as hush:
        microphone.feed(sound[: 30 * BLOCK])
        hush.listen(0.3)
        rest = threading.Timer(0.2, microphone.feed, [sound[30 * BLOCK :], b"", b""])
        rest.start()  # of its blocks the hush has the first, for which it was waiting
        heard = hush.listen(0.3)
    np.testing.assert_array_equal(heard, samples(sound[31 * BLOCK : 61 * BLOCK])[:, 0])
    assert not any(speaker.getvalue())


def test_a_free_pipe_waits_while_a_voice_is_chosen() -> None:
    source = io.BytesIO(bytes(100 * BLOCK))
    with Hush(FREE, source, io.BytesIO()) as hush:
        hush.listen(0.1)
        assert hush.listen(0.1).shape == (4800,)
    assert source.tell() == 20 * BLOCK


def test_a_sound_that_ends_too_soon_is_told() -> None:
    sink = io.BytesIO()
    hush = Hush(FREE, io.BytesIO(bytes(25 * BLOCK + 1)), sink)
    with pytest.raises(TooLittleSpeechError, match=r"ended after 0\.2 s"):
        hush.listen(40.0)
    assert sink.getvalue() == bytes(25 * BLOCK)


def test_a_reader_that_goes_away_ends_the_listening() -> None:
    with pytest.raises(BrokenPipeError):
        Hush(FREE, io.BytesIO(bytes(100 * BLOCK)), Gone(10 * BLOCK)).listen(0.5)


def test_a_reader_that_goes_away_while_a_voice_is_chosen_is_found_by_the_pipe() -> None:
    microphone, gone = Microphone(), Gone(5 * BLOCK)
    microphone.feed(bytes(20 * BLOCK))
    with Hush(LIVE, microphone, gone) as hush:
        hush.listen(0.05)
        outcome = Pipe(FakeStream, FREE, ready=hush.end).run(microphone, gone)
    assert outcome.broken


def test_an_impossible_format_is_refused_before_anything_is_heard() -> None:
    with pytest.raises(AudioFormatError, match="at least one channel"):
        Hush(PipeOptions(channels=0), io.BytesIO(), io.BytesIO())
