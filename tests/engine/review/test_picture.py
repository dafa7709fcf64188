"""The picture that is made where a browser cannot show the recording's own."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from starlette.testclient import TestClient

from hattama.engine.document.json import read, write
from hattama.engine.media.decode import decode
from hattama.engine.media.digest import sha256
from hattama.engine.media.errors import UnreadableMediaError
from hattama.engine.media.probe import probe
from hattama.engine.media.recording import Recording
from hattama.engine.review import picture, sound
from hattama.engine.review.desk import Desk, open_desk
from hattama.engine.review.options import ReviewOptions
from hattama.engine.review.picture import PictureRoom
from hattama.engine.review.picture_pieces import join, write_piece
from hattama.engine.review.picture_shape import Shape, Shaper, shape_of
from hattama.engine.review.picture_source import PictureSource
from hattama.engine.review.sound import SoundRoom

sys.path.insert(0, str(Path(__file__).parent))
import recordings  # importlib mode adds no path

SECONDS = 70
PIECES = "[0-9]" * 5 + ".webm"
"""The pieces alone; the whole begins with a digest, which may begin with any digit."""


@pytest.fixture(scope="session", params=sorted(recordings.FORMS))
def container(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording in each container."""
    form = recordings.FORMS[request.param]
    folder = tmp_path_factory.mktemp("containers")
    return recordings.write(folder / f"hearing{form.suffix}", form, SECONDS)


@pytest.fixture(scope="session")
def mxf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mxf")
    return recordings.write(folder / "hearing.mxf", recordings.FORMS["mxf"], SECONDS)


@pytest.fixture(scope="session")
def recording(mxf: Path, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return decode(mxf, tmp_path_factory.mktemp("tracks"))


def shown(path: Path) -> list[tuple[float, int]]:
    """Time and number of each frame of a made picture."""
    with av.open(str(path)) as source:
        return [
            (float(frame.time or 0.0), recordings.number_of(frame))
            for frame in source.decode(video=0)
        ]


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_pieces_in_any_order_show_the_frames_of_their_times(
    container: Path, tmp_path: Path
) -> None:
    source = PictureSource(probe(container))
    shape = source.shape
    total = round(SECONDS * shape.rate)
    pieces = [tmp_path / f"{number}.webm" for number in range(3)]
    for number in (1, 2, 0):
        first = number * shape.piece_frames
        count = min(shape.piece_frames, total - first)
        write_piece(pieces[number], source.frames(first, count), shape)
    join(tmp_path / "whole.webm", pieces, shape)
    frames = shown(tmp_path / "whole.webm")
    assert len(frames) == total
    for moment, number in frames:
        assert abs(number / recordings.RATE - moment) <= 0.5 / recordings.RATE
    source.close()


def test_the_made_picture_is_one_that_browsers_play(mxf: Path, tmp_path: Path) -> None:
    source = PictureSource(probe(mxf))
    write_piece(tmp_path / "0.webm", source.frames(0, 10), source.shape)
    with av.open(str(tmp_path / "0.webm")) as made:
        assert made.streams.video[0].codec_context.name == "vp8"
        assert made.streams.video[0].codec_context.pix_fmt == "yuv420p"


def stream(aspect: Fraction | None = None, rate: Fraction | None = None) -> Any:
    return SimpleNamespace(sample_aspect_ratio=aspect, average_rate=rate, guessed_rate=None)


@pytest.mark.parametrize(
    ("size", "aspect", "rate", "expected"),
    [
        ((1920, 1080), None, Fraction(25), Shape(640, 360, Fraction(25, 2))),
        ((720, 576), Fraction(64, 45), Fraction(25), Shape(640, 360, Fraction(25, 2))),
        ((320, 180), None, Fraction(10), Shape(320, 180, Fraction(10))),
        ((1440, 1080), Fraction(4, 3), Fraction(30_000, 1001),
         Shape(640, 360, Fraction(15_000, 1001))),
        ((1080, 1920), None, Fraction(60), Shape(202, 360, Fraction(15))),
        ((640, 480), None, None, Shape(480, 360, Fraction(25, 2))),
        ((640, 480), None, Fraction(90_000), Shape(480, 360, Fraction(25, 2))),
    ],
)  # fmt: skip
def test_the_shape_is_modest_and_keeps_the_aspect(
    size: tuple[int, int], aspect: Fraction | None, rate: Fraction | None, expected: Shape
) -> None:
    frame = av.VideoFrame(*size, "yuv420p")
    assert shape_of(frame, stream(aspect, rate)) == expected


def test_interlaced_frames_are_shown_without_combs() -> None:
    image = np.zeros((96, 192), np.uint8)
    image[::2] = 200  # the top field is bright, the bottom field is dark
    frame = av.VideoFrame.from_ndarray(np.stack([image] * 3, axis=-1), format="rgb24")
    frame = frame.reformat(format="yuv420p")
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    woven = Shaper(Shape(64, 32, Fraction(25)))(frame).reformat(format="gray").to_ndarray()
    assert abs(int(woven.mean()) - 100) < 20, "both fields, where nothing says interlaced"
    marked = interlaced(frame)
    field = Shaper(Shape(64, 32, Fraction(25)))(marked).reformat(format="gray").to_ndarray()
    assert field.mean() > 180, "one field alone"


def interlaced(frame: av.VideoFrame) -> av.VideoFrame:
    """The same frame after an interlaced MPEG-2 encoding, which marks it."""
    encoder = av.CodecContext.create("mpeg2video", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuv420p"
    encoder.time_base, encoder.bit_rate = Fraction(1, 25), 8_000_000
    encoder.options = {"flags": "+ildct+ilme"}
    packets = [*encoder.encode(frame), *encoder.encode()]
    decoder = av.CodecContext.create("mpeg2video", "r")
    found = [*(f for packet in packets for f in decoder.decode(packet)), *decoder.decode()]
    assert found[0].interlaced_frame
    found[0].pts, found[0].time_base = 0, Fraction(1, 25)
    return found[0]


def test_the_piece_that_is_looked_at_is_made_next(recording: Recording, tmp_path: Path) -> None:
    room = PictureRoom(tmp_path)
    room.start(recording)
    wait_until(lambda: room.piece_s)
    assert room.piece(2) is None or room.piece(2)
    wait_until(lambda: room.piece(2))
    room.close()
    folder = next(path for path in tmp_path.iterdir() if path.is_dir())
    made = sorted(folder.glob("*.webm"), key=lambda path: path.stat().st_mtime_ns)
    assert made.index(folder / "00002.webm") <= 1, "at most the piece under way came before"


def test_a_stopped_picture_goes_on_where_it_was(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = PictureRoom(tmp_path)

    def write_one(path: Path, *given: Any) -> None:
        write_piece(path, *given)
        room._stop.set()

    with monkeypatch.context() as patched:
        patched.setattr(picture, "write_piece", write_one)
        room.start(recording)
        assert room._thread is not None
        room._thread.join()
    room.close()
    assert room.state == "making"
    assert not list(tmp_path.rglob("*.part")), "nothing that is not complete stays"
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.rglob(PIECES)}
    assert kept
    again = PictureRoom(tmp_path)
    again.start(recording)
    wait_until(lambda: again.state == "ready")
    assert {name: next(tmp_path.rglob(name)).stat().st_mtime_ns for name in kept} == kept
    assert again.whole is not None
    assert len(shown(again.whole)) == round(SECONDS * 12.5)
    again.close()
    third = PictureRoom(tmp_path)
    third.start(recording)
    wait_until(lambda: third.state == "ready")
    # The whole is shown at once; the pieces go as soon as no other desk holds the folder.
    wait_until(lambda: not list(tmp_path.rglob(PIECES)))
    third.close()


def test_two_desks_do_not_make_it_twice(recording: Recording, tmp_path: Path) -> None:
    rooms = [PictureRoom(tmp_path), PictureRoom(tmp_path)]
    for room in rooms:
        room.start(recording)
    wait_until(lambda: all(room.state == "ready" for room in rooms))
    assert rooms[0].whole == rooms[1].whole
    for room in rooms:
        room.close()


def test_a_folder_that_cannot_be_written_is_told(recording: Recording, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    room = PictureRoom(blocked)
    room.start(recording)
    wait_until(lambda: room.state == "failed")
    assert "file" in str(room.fault)


def test_a_picture_that_cannot_be_decoded_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.avi"
    recordings.write(broken, recordings.FORMS["avi"], 2)
    info = probe(broken)
    content = bytearray(broken.read_bytes())
    start = content.index(b"movi")
    place = start
    while (place := content.find(b"00dc", place + 1)) > 0:
        size = int.from_bytes(content[place + 4 : place + 8], "little")
        content[place + 8 : place + 8 + size] = bytes(size)
    broken.write_bytes(content)
    with pytest.raises(UnreadableMediaError):
        PictureSource(info)


@pytest.fixture
def mxf_desk(record_file: Path, mxf: Path, tmp_path: Path) -> Any:
    """A desk on a recording that no browser plays."""
    record = read(record_file)
    media = replace(record.media, name=mxf.name, sha256=sha256(mxf), duration=float(SECONDS))
    write(record_file, replace(record, media=media))
    options = ReviewOptions(
        author="Омарова", media=mxf, work=tmp_path / "work", port=0, browser=False
    )
    with open_desk(record_file, options, tmp_path / "preferences.json") as opened:
        yield opened


def test_the_sound_comes_first_and_then_the_picture(mxf_desk: Desk) -> None:
    base = f"http://127.0.0.1:{mxf_desk.gate.port}"
    client = TestClient(mxf_desk.app, base_url=base)
    client.get(mxf_desk.address)
    told = client.get("/api/sound").json()
    assert not told["picture"]
    assert told["made"]["state"] in {"waiting", "making"}
    assert client.get("/picture.webm").status_code == 425

    def made() -> Any:
        told = client.get("/api/sound").json()
        assert told["ready"] or told["made"]["state"] == "waiting"
        return told["made"]

    wait_until(lambda: made()["state"] == "ready")
    assert made()["share"] == 1.0
    whole = client.get("/picture.webm")
    assert whole.headers["content-type"] == "video/webm"
    part = client.get("/picture.webm", headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole.content[100:200]
    assert client.get("/picture/99.webm").status_code == 404


@pytest.fixture
def held_decoding(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Decoding waits until this is set."""
    let_go = threading.Event()

    def decode_once_let_go(*given: Any) -> Recording:
        let_go.wait(60)
        return decode(*given)

    monkeypatch.setattr(sound, "decode", decode_once_let_go)
    return let_go


def test_sound_that_comes_while_it_is_asked_for_is_not_told_after_its_picture(
    held_decoding: threading.Event, mxf_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = mxf_desk.room.sound
    assert room is not None

    def looked_at_just_before(self: SoundRoom) -> bool:
        before = self.wait(0)
        held_decoding.set()
        wait_until(lambda: self.picture.state != "none")
        return before

    monkeypatch.setattr(SoundRoom, "ready", property(looked_at_just_before))
    client = TestClient(mxf_desk.app, base_url=f"http://127.0.0.1:{mxf_desk.gate.port}")
    client.get(mxf_desk.address)
    told = client.get("/api/sound").json()
    assert not told["ready"]
    assert told["made"]["state"] == "waiting"


def test_a_picture_that_the_browser_refused_is_made(
    desk: Desk, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()

    def write_once_answered(*given: Any) -> None:
        answered.wait(60)
        write_piece(*given)

    # So short a picture might be ready before the answer is.
    monkeypatch.setattr(picture, "write_piece", write_once_answered)
    assert client.get("/api/sound").json()["made"]["state"] == "none"
    assert client.get("/picture/0.webm").status_code == 404
    assert client.post("/api/picture").json()["state"] in {"waiting", "making"}
    answered.set()
    assert not client.get("/api/sound").json()["picture"]
    assert desk.room.sound is not None
    made = desk.room.sound.picture
    wait_until(lambda: made.state == "ready")
    assert client.get("/picture/0.webm").status_code in {200, 425}
