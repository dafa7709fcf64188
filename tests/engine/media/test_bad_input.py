"""What cannot be used is refused in one line; what can be used in part is, and that is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import wave
from errno import ENOSPC
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hattama.engine.errors import BadInputError
from hattama.engine.media import writer
from hattama.engine.media.decode import decode
from hattama.engine.media.errors import (
    MediaNotFoundError,
    NoAudioError,
    NotMediaError,
    UnreadableMediaError,
    WorkFolderError,
)
from hattama.engine.media.info import shown
from hattama.engine.media.probe import probe

TIMES = (0.5, 1.25, 2.0, 3.1)


def refused(path: Path, folder: Path, kind: type[BadInputError], line: str) -> None:
    with pytest.raises(kind, match=line) as error:
        decode(path, folder)
    assert error.value.exit_code == 2
    assert "\n" not in str(error.value)
    assert shown(path) in str(error.value)
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_missing_file(tmp_path: Path) -> None:
    refused(tmp_path / "gone.mp4", tmp_path / "w", MediaNotFoundError, "no file gone.mp4; check")


def test_a_folder(tmp_path: Path) -> None:
    refused(tmp_path, tmp_path / "w", MediaNotFoundError, "is a folder; give one recording")


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.touch()
    refused(path, tmp_path / "w", NotMediaError, r"empty \(0 bytes\); copy it")


@pytest.mark.parametrize("name", ["a.txt", "a.mp4", "a.wav", "a.srt"])
def test_text_under_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("Протокол судебного заседания. Сот отырысының хаттамасы.\n" * 50, "utf-8")
    refused(path, tmp_path / "w", NotMediaError, "not a recording that can be read; give a video")


def test_a_picture_file(tmp_path: Path) -> None:
    import av  # noqa: PLC0415  only this test needs it

    path = tmp_path / "scan.png"
    with av.open(str(path), "w", format="image2") as out:
        stream = out.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "rgb24"
        out.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), "rgb24")))
        out.mux(stream.encode(None))
    refused(path, tmp_path / "w", BadInputError, "no sound")


def test_noise_that_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(np.random.default_rng(1).bytes(20_000))
    refused(path, tmp_path / "w", BadInputError, "a.mp4")


def test_an_mp4_without_its_index(kit: Any, tmp_path: Path) -> None:
    whole = kit.encode(tmp_path / "whole.mp4", [kit.Sound(kit.chirps(4.0, TIMES), codec="aac")])
    path = tmp_path / "a.mp4"
    path.write_bytes(whole.read_bytes()[:8000])
    refused(path, tmp_path / "w", NotMediaError, "without its index: the copy was cut off")


def test_a_video_without_sound(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(tmp_path / "a.mp4", [], kit.Picture(1.0))
    refused(path, tmp_path / "w", NoAudioError, "a picture and no sound; give the recording that")


def test_sound_of_no_length(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
    refused(path, tmp_path / "w", NoAudioError, "has no length: nothing was recorded")


def test_a_file_that_may_not_be_read(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(kit.chirps(1.0, [0.5]))])
    path.chmod(0)
    if os.geteuid() != 0:
        refused(path, tmp_path / "w", UnreadableMediaError, r"cannot be read .*; ask for the right")
        return
    # Root may read everything, so the process becomes somebody else for a moment.
    os.seteuid(65534)
    try:
        with pytest.raises(UnreadableMediaError, match=r"cannot be read .*; ask for the right"):
            probe(path)
    finally:
        os.seteuid(0)


def test_a_work_folder_that_is_a_file(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(kit.chirps(1.0, [0.5]))])
    with pytest.raises(WorkFolderError, match=r"cannot be written to .*: free space there") as said:
        decode(path, path)
    assert said.value.exit_code == 2


def test_a_work_folder_that_is_read_only(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(kit.chirps(1.0, [0.5]))])
    folder = tmp_path / "w"
    folder.mkdir()
    if os.geteuid() == 0:
        for parent in (tmp_path, *tmp_path.parents[:2]):
            parent.chmod(0o755)
        os.seteuid(65534)
    else:
        folder.chmod(0o500)
    try:
        with pytest.raises(WorkFolderError, match="Permission denied") as said:
            decode(path, folder)
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
    assert said.value.exit_code == 2


def test_a_full_disk_leaves_nothing_behind(
    kit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(kit.chirps(1.0, [0.5]))])

    class FullDisk:
        def __init__(self, file: Any) -> None:
            self.file = file

        def write(self, _data: bytes) -> int:
            raise OSError(ENOSPC, os.strerror(ENOSPC))

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

    class FullTrack(writer.TrackFile):
        def __init__(self, *values: Any) -> None:
            super().__init__(*values[:4], FullDisk(values[4]))  # type: ignore[arg-type]

    monkeypatch.setattr("hattama.engine.media.decode.TrackFile", FullTrack)
    with pytest.raises(WorkFolderError, match="No space left on device") as said:
        decode(path, tmp_path / "w")
    assert said.value.exit_code == 2
    assert list((tmp_path / "w").iterdir()) == []


def full_device() -> Path | None:
    """Give a small file system of its own where this machine allows to make one."""
    folder = Path("/dev/shm") / f"hattama-test-{os.getpid()}"  # noqa: S108  a real file system is the point
    if os.geteuid() != 0 or shutil.which("mount") is None or not folder.parent.is_dir():
        return None
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        folder.rmdir()
        return None
    return folder


def test_a_really_full_disk(kit: Any, tmp_path: Path) -> None:
    folder = full_device()
    if folder is None:
        pytest.skip("only root can mount a small file system")
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(kit.chirps(20.0, [0.5]))])
    try:
        with pytest.raises(WorkFolderError, match="No space left on device"):
            decode(path, folder)
        assert list(folder.iterdir()) == []
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def test_a_cut_off_recording_is_used_as_far_as_it_goes(kit: Any, tmp_path: Path) -> None:
    sound = kit.Sound(kit.chirps(20.0, TIMES), 48_000)
    whole = kit.encode(tmp_path / "whole.mkv", [sound], kit.Picture(20.0))
    path = tmp_path / "a.mkv"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    recording = decode(path, tmp_path / "w")
    assert kit.found(recording.mix, TIMES) == pytest.approx(list(TIMES), abs=0.001)
    assert 8 < recording.duration < 12
    assert any("it was cut off; what is there is used" in str(said) for said in recording.warnings)


def test_a_whole_recording_is_not_called_cut_off(kit: Any, tmp_path: Path) -> None:
    for name, codec in (
        ("a.mkv", "flac"),
        ("a.mp4", "aac"),
        ("a.mp3", "libmp3lame"),
        ("a.ts", "aac"),
    ):
        path = kit.encode(tmp_path / name, [kit.Sound(kit.chirps(5.0, TIMES), codec=codec)])
        said = " ".join(str(notice) for notice in decode(path, tmp_path / "w").warnings)
        assert "cut off" not in said, name
        assert "damaged" not in said, name


def test_damaged_packets_are_skipped_and_the_times_of_the_rest_are_kept(
    kit: Any, tmp_path: Path
) -> None:
    sound = kit.Sound(kit.chirps(20.0, (0.5, 18.0)), codec="flac")
    whole = kit.encode(tmp_path / "whole.mkv", [sound], kit.Picture(20.0))
    content = bytearray(whole.read_bytes())
    rng = np.random.default_rng(11)
    third = len(content) // 3
    for start in rng.integers(third, 2 * third, 60):
        content[start : start + 40] = rng.bytes(40)
    path = tmp_path / "a.mkv"
    path.write_bytes(bytes(content))
    recording = decode(path, tmp_path / "w")
    assert kit.found(recording.mix, (0.5, 18.0)) == pytest.approx([0.5, 18.0], abs=0.002)
    assert any("damaged pieces" in str(notice) for notice in recording.warnings)


def test_silence_is_a_warning_and_no_error(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(np.zeros(48_000, np.float32))])
    recording = decode(path, tmp_path / "w")
    assert recording.tracks[0].levels.is_silent
    assert any("silent on every channel" in str(notice) for notice in recording.warnings)


def test_a_dead_microphone_is_named(kit: Any, tmp_path: Path) -> None:
    signal = np.stack([kit.chirps(2.0, [0.5]), np.zeros(96_000, np.float32)], axis=1)
    recording = decode(kit.encode(tmp_path / "a.wav", [kit.Sound(signal)]), tmp_path / "w")
    assert any(str(notice).startswith("Silent channels: 2;") for notice in recording.warnings)


def test_8_khz_is_decoded_with_a_plain_warning(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(kit.chirps(2.0, [0.5], 8000), 8000)])
    recording = decode(path, tmp_path / "w")
    assert len(recording.mix) == 32_000
    assert any("recognition will be poor" in str(notice) for notice in recording.warnings)


@pytest.mark.parametrize("name", ["a.txt", "a.jpg", "a", "a.wav.docx"])
def test_the_name_does_not_matter(kit: Any, tmp_path: Path, name: str) -> None:
    good = kit.encode(tmp_path / "good.mp4", [kit.Sound(kit.chirps(4.0, TIMES), codec="aac")])
    path = good.rename(tmp_path / name)
    assert kit.found(decode(path, tmp_path / "w").mix, TIMES) == pytest.approx(
        list(TIMES), abs=0.004
    )


@pytest.mark.parametrize(
    "name",
    [
        b"12:00 sud.wav",
        b"pipe:0.wav",
        b"100%d.wav",
        b"a?b#c&d.wav",
        "Сот отырысы №5 «ҚӘҒҢӨ».wav".encode(),
        b"\xd1\xd3\xc4 5.wav",
    ],
)
def test_names_of_every_kind(kit: Any, tmp_path: Path, name: bytes) -> None:
    good = kit.encode(tmp_path / "good.wav", [kit.Sound(kit.chirps(1.0, [0.5]))])
    path = tmp_path / os.fsdecode(name)
    try:
        good.rename(path)
    except OSError:
        pytest.skip("this file system refuses the name")
    assert kit.found(decode(path, tmp_path / "w").mix, [0.5]) == pytest.approx([0.5], abs=0.001)
    shown(path).encode("utf-8")
    missing = Path(str(path) + "x")
    with pytest.raises(MediaNotFoundError) as error:
        probe(missing)
    str(error.value).encode("utf-8")
