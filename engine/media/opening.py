"""Open a recording, or say in one line why it cannot be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hattama.engine.media.errors import MediaNotFoundError, NotMediaError, UnreadableMediaError
from hattama.engine.media.info import shown

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer

TEXT_FORMATS = frozenset({"tty", "bin", "xbin", "adf", "idf", "sbg", "txd", "ffmetadata"})
"""Formats that FFmpeg sees in plain text by the name of the file alone."""
MP4_ATOMS = frozenset({b"ftyp", b"mdat", b"wide", b"free", b"skip", b"moov"})


def open_media(path: Path) -> InputContainer:
    """Open `path` by its content, whatever its name.

    Raises
    ------
    MediaNotFoundError
        There is no file, or it is a folder.
    UnreadableMediaError
        It may not be read.
    NotMediaError
        It is empty, is no recording, or lacks the part without which it cannot be opened.
    """
    import av  # noqa: PLC0415  importing the engine must not load FFmpeg

    head = _head(path)
    try:
        # `file:` keeps a colon in the name from being read as a protocol.
        container = av.open(f"file:{path.absolute()}", mode="r", metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        raise _cannot_open(path, head) from error
    if not (set(container.format.name.split(",")) - TEXT_FORMATS):
        container.close()
        raise _cannot_open(path, head)
    return container


def _head(path: Path) -> bytes:
    if _is_folder(path):
        raise MediaNotFoundError(
            "{name} is a folder; give one recording (a video or sound file) inside it.",
            name=shown(path),
        )
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError as error:
        raise MediaNotFoundError(
            "There is no file {name}; check the name and the folder.", name=shown(path)
        ) from error
    except OSError as error:
        raise UnreadableMediaError(
            "{name} cannot be read ({reason}); ask for the right to read it or copy it elsewhere.",
            name=shown(path),
            reason=error.strerror or type(error).__name__,
        ) from error
    if not head:
        raise NotMediaError(
            "{name} is empty (0 bytes); copy it from the recorder again.", name=shown(path)
        )
    return head


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _cannot_open(path: Path, head: bytes) -> NotMediaError:
    if head[4:8] in MP4_ATOMS:
        return NotMediaError(
            "{name} is an MP4 or MOV file without its index: the copy was cut off or the recorder"
            " was not stopped; copy it again or repair it with the recorder's own tool.",
            name=shown(path),
        )
    return NotMediaError(
        "{name} is not a recording that can be read; give a video or sound file (MP4, MKV, MOV,"
        " MXF, AVI, WMV, WAV, MP3, FLAC, OGG and others).",
        name=shown(path),
    )
