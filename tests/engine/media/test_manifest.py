"""A complete decoding is taken up again, an incomplete one never."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hattama.engine.media.decode import decode

if TYPE_CHECKING:
    from pathlib import Path


def recorded(kit: Any, path: Path, time: float = 0.5) -> Path:
    return kit.encode(path, [kit.Sound(kit.chirps(1.0, [time]))])


def test_two_recordings_share_a_folder(kit: Any, tmp_path: Path) -> None:
    first = decode(recorded(kit, tmp_path / "a.wav", 0.2), tmp_path / "w")
    second = decode(recorded(kit, tmp_path / "b.wav", 0.7), tmp_path / "w")
    assert kit.found(first.mix, [0.2]) == pytest.approx([0.2], abs=0.001)
    assert kit.found(second.mix, [0.7]) == pytest.approx([0.7], abs=0.001)


def test_the_same_content_under_another_name_is_not_decoded_again(
    kit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = recorded(kit, tmp_path / "a.wav")
    first = decode(path, tmp_path / "w")
    monkeypatch.setattr("hattama.engine.media.decode.packets", None)
    again = decode(path.rename(tmp_path / "b.wav"), tmp_path / "w")
    assert again.tracks == first.tracks
    assert again.info.path.name == "b.wav"


def test_changed_content_under_the_same_name_is_decoded_anew(kit: Any, tmp_path: Path) -> None:
    path = recorded(kit, tmp_path / "a.wav", 0.2)
    decode(path, tmp_path / "w")
    recorded(kit, path, 0.7)
    assert kit.found(decode(path, tmp_path / "w").mix, [0.7]) == pytest.approx([0.7], abs=0.001)


@pytest.mark.parametrize("left", ["no manifest", "half a manifest", "another version", "a part"])
def test_what_a_killed_run_leaves_does_not_count(kit: Any, tmp_path: Path, left: str) -> None:
    path, work = recorded(kit, tmp_path / "a.wav"), tmp_path / "w"
    (track,) = decode(path, work).tracks
    whole = track.path.read_bytes()
    (manifest,) = work.glob("*.json")
    content = manifest.read_text("utf-8")
    if left == "no manifest":
        manifest.unlink()
    elif left == "half a manifest":
        manifest.write_text(content[: len(content) // 2], "utf-8")
    elif left == "another version":
        manifest.write_text(json.dumps(json.loads(content) | {"version": 0}), "utf-8")
    else:
        manifest.unlink()
        track.path.rename(f"{track.path}.part")
    if left != "a part":
        track.path.write_bytes(bytes(len(whole)))
    decode(path, work)
    assert track.path.read_bytes() == whole
    assert sorted(file.suffix for file in work.iterdir()) == [".json", ".s16"]


def test_a_failure_while_decoding_anew_takes_the_old_claim_away(kit: Any, tmp_path: Path) -> None:
    path, work = recorded(kit, tmp_path / "a.wav"), tmp_path / "w"
    (track,) = decode(path, work).tracks
    track.path.unlink()

    def stop(share: float) -> None:
        if share > 0.2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decode(path, work, stop)
    assert list(work.iterdir()) == []
