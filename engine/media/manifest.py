"""The manifest beside decoded tracks: only a complete decoding has one."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hattama.engine.document.model import Gap
from hattama.engine.media.levels import Levels
from hattama.engine.media.recording import SAMPLE_BYTES, Recording, Track
from hattama.engine.media.writer import explained, part_of
from hattama.models.notice import Notice

if TYPE_CHECKING:
    from pathlib import Path

    from hattama.engine.media.info import MediaInfo

VERSION = 1
"""Grows whenever the same media would decode to other tracks."""


def track_path(folder: Path, sha256: str, stream: int, channel: int) -> Path:
    """Where the samples of one channel lie; recordings may share a folder."""
    return folder / f"{sha256[:16]}-{stream}-{channel}.s16"


def save(folder: Path, recording: Recording) -> None:
    """Write the manifest, after which the tracks count as complete."""
    path = _path(folder, recording.sha256)
    content = {
        "version": VERSION,
        "sha256": recording.sha256,
        "tracks": [_track(track) for track in recording.tracks],
        "gaps": [asdict(gap) for gap in recording.gaps],
        "warnings": [[notice.template, dict(notice.fields)] for notice in recording.warnings],
    }
    with explained(folder):
        part_of(path).write_text(json.dumps(content, indent=1), "utf-8")
        part_of(path).replace(path)


def load(folder: Path, sha256: str, info: MediaInfo) -> Recording | None:
    """Return the recording that was decoded here before; None where nothing complete is there."""
    try:
        content = json.loads(_path(folder, sha256).read_text("utf-8"))
        if content["version"] != VERSION or content["sha256"] != sha256:
            return None
        recording = _recording(folder, content, info)
        whole = all(
            track.path.stat().st_size == track.length * SAMPLE_BYTES for track in recording.tracks
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return recording if whole and recording.tracks else None


def forget(folder: Path, sha256: str) -> None:
    """Remove the manifest, so that tracks about to be written do not count as complete."""
    with explained(folder):
        _path(folder, sha256).unlink(missing_ok=True)


def _path(folder: Path, sha256: str) -> Path:
    return folder / f"{sha256[:16]}.json"


def _track(track: Track) -> dict[str, Any]:
    content = asdict(track)
    del content["path"]
    return content


def _recording(folder: Path, content: dict[str, Any], info: MediaInfo) -> Recording:
    sha256 = content["sha256"]
    tracks = tuple(
        Track(
            **entry
            | {
                "path": track_path(folder, sha256, entry["stream"], entry["channel"]),
                "levels": Levels(**entry["levels"]),
                "gaps": tuple(Gap(**gap) for gap in entry["gaps"]),
            }
        )
        for entry in content["tracks"]
    )
    return Recording(
        info,
        sha256,
        tracks,
        tuple(Gap(**gap) for gap in content["gaps"]),
        tuple(Notice(template, fields) for template, fields in content["warnings"]),
    )
