"""Open a record's desk: the room, the socket on this machine, and the server."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from hattama.engine.editing.record import EditedRecord
from hattama.engine.errors import EngineError
from hattama.engine.hearing import load
from hattama.engine.review.access import Gate
from hattama.engine.review.app import make_app
from hattama.engine.review.options import ReviewOptions
from hattama.engine.review.placing import WordPlacing
from hattama.engine.review.preferences import Preferences, default_path
from hattama.engine.review.rerun import Reruns
from hattama.engine.review.room import Room
from hattama.engine.review.sound import SoundRoom

if TYPE_CHECKING:
    from starlette.applications import Starlette

HOST = "127.0.0.1"
PORTS_TRIED = 20


class NoPortError(EngineError):
    """No port on this machine is free."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that is ready to be served."""

    app: Starlette
    """The ASGI application."""
    gate: Gate
    """Whom it lets in."""
    room: Room
    """What it serves."""
    listener: socket.socket
    """Bound to this machine alone."""

    @property
    def address(self) -> str:
        """Where the page is, with the one-time token."""
        return self.gate.address()

    def serve(self) -> None:
        """Serve until interrupted."""
        import uvicorn  # noqa: PLC0415  importing the desk must stay light

        config = uvicorn.Config(
            self.app, log_level="warning", access_log=False, server_header=False,
            timeout_graceful_shutdown=2, lifespan="off",
        )  # fmt: skip
        uvicorn.Server(config).run(sockets=[self.listener])


@contextmanager
def open_desk(
    record: Path, options: ReviewOptions | None = None, preferences: Path | None = None
) -> Iterator[Desk]:
    """Open the desk of a record; it is closed, and the record free, at the end of the block.

    Parameters
    ----------
    record
        The JSON that `transcribe` wrote.
    options
        How to open it.
    preferences
        File of the clerk's choices; the account's own by default.

    Raises
    ------
    hattama.models.errors.HattamaError
        The record, its journal or the hearing file cannot be used, or no port is free.
    """
    chosen = options or ReviewOptions()
    hearing = load(chosen.hearing) if chosen.hearing else None
    author = chosen.author or getpass.getuser()
    with EditedRecord(record, author, write=not chosen.look) as edited:
        edited.write_signed()
        media = _media(edited, chosen)
        work = chosen.work or user_cache_path("hattama") / "sound"
        sound = SoundRoom(media, work, edited.draft.media.sha256) if media else None
        placing = WordPlacing() if sound and edited.writable else None
        room = Room(
            edited, sound, Reruns(), Preferences(preferences or default_path()), hearing, media,
            placing,
        )  # fmt: skip
        listener = _listen(chosen.port)
        gate = Gate(listener.getsockname()[1])
        try:
            if sound:
                sound.start()
            if placing:
                placing.start()
            yield Desk(make_app(room, gate), gate, room, listener)
        finally:
            listener.close()
            room.reruns.close()
            if sound:
                sound.close()


def _media(record: EditedRecord, options: ReviewOptions) -> Path | None:
    """The recording: as given, else the file of its name beside the record."""
    if options.media is not None:
        return options.media
    beside = record.path.parent / Path(record.draft.media.name).name
    return beside if beside.is_file() else None


def _listen(wanted: int) -> socket.socket:
    for port in [0] if wanted == 0 else range(wanted, min(wanted + PORTS_TRIED, 65_536)):
        # The protocol has to be named: asyncio sends small answers at once on such sockets alone,
        # on others each would wait 40 ms for the browser's delayed acknowledgement.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen()  # a browser may come before the server is ready
        except OSError:
            listener.close()
        else:
            return listener
    raise NoPortError(
        "No port from {first} on is free on this machine; give another with --port.", first=wanted
    )
