"""The recording at the desk: what the browser plays itself, and the decoded sound for the rest."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hattama.engine.media.decode import decode
from hattama.engine.media.probe import probe
from hattama.engine.media.writer import explained
from hattama.engine.review.alone import StoppedError, alone
from hattama.engine.review.peaks import peaks_of
from hattama.engine.review.picture import PictureRoom
from hattama.engine.review.wav import VirtualWav
from hattama.models.errors import HattamaError

if TYPE_CHECKING:
    from hattama.engine.media.info import MediaInfo
    from hattama.engine.media.recording import Recording

_LOG = logging.getLogger(__name__)

_CONTAINERS = frozenset({"mov", "mp4", "m4a", "webm", "matroska", "ogg", "wav", "flac", "mp3"})
_PICTURES = frozenset({"h264", "vp8", "vp9", "av1"})
_SOUNDS = frozenset({"aac", "mp3", "opus", "vorbis", "flac", "pcm_s16le", "pcm_u8", "pcm_f32le"})


@dataclass(frozen=True, slots=True)
class Playing:
    """How the page may play the recording."""

    moving: bool
    """Whether it has a picture at all."""
    picture: bool
    """Whether a browser may be able to show that picture itself."""
    sound: bool
    """Whether a browser may be able to play all of its sound: one stream, one or two channels."""
    offset: float
    """Seconds to add to media time for the browser's clock, which begins with the first stream."""


def how_to_play(info: MediaInfo) -> Playing:
    """What browsers can do with a recording, by container and codecs.

    A browser plays the first stream of sound alone, so several microphones need the mix.
    """
    known = bool(set(info.container.split(",")) & _CONTAINERS)
    picture = known and bool(info.video) and info.video[0].codec in _PICTURES
    one = len(info.audio) == 1 and info.audio[0].channels <= 2  # noqa: PLR2004  mono or stereo
    sound = known and one and info.audio[0].codec in _SOUNDS
    earliest = min((stream.start for stream in info.audio), default=0.0)
    heard = sound and (picture or not info.video)
    return Playing(bool(info.video), picture, heard, max(0.0, -earliest))


class SoundRoom:
    """Decodes the recording beside the desk's work.

    Parameters
    ----------
    media
        The recording.
    work
        Folder for the decoded sound.
    sha256
        Digest that the record names; another file is said to be another.
    """

    def __init__(self, media: Path, work: Path, sha256: str) -> None:
        self.media = media
        self._work = work
        self._sha256 = sha256
        self.playing: Playing | None = None
        self.share = 0.0
        self.fault: HattamaError | None = None
        self.other = False
        self.picture = PictureRoom(work)
        self.picture_asked = False
        self._recording: Recording | None = None
        self._peaks = b""
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sound-room", daemon=True)
        try:
            self.playing = how_to_play(probe(media))
        except HattamaError as error:
            self.fault = error

    def start(self) -> None:
        """Begin to decode, unless the recording cannot be read."""
        if self.fault is None:
            self._thread.start()

    def close(self) -> None:
        """Stop decoding; what is not complete is removed."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5.0)
        self.picture.close()

    def ask_picture(self) -> None:
        """Have a picture made: the browser cannot show the recording's own."""
        self.picture_asked = True
        self._start_picture()

    @property
    def picture_wanted(self) -> bool:
        """Whether there is a picture that the browser cannot show."""
        playing = self.playing
        return bool(playing and playing.moving and (self.picture_asked or not playing.picture))

    def _start_picture(self) -> None:
        """Make a picture where one is needed; after the sound, which the clerk needs first."""
        if self.picture_wanted and self._recording is not None:
            self.picture.start(self._recording)

    def wait(self, timeout_s: float) -> bool:
        """Wait until the sound is there; whether it is."""
        return self._ready.wait(timeout_s)

    @property
    def ready(self) -> bool:
        """Whether the decoded sound is there."""
        return self._ready.is_set()

    @property
    def recording(self) -> Recording | None:
        """The decoded recording, once it is there."""
        return self._recording

    @property
    def peaks(self) -> bytes:
        """Loudest sample of each 20 ms of the mix, 0 to 255."""
        return self._peaks

    def wav(self, channel: int | None) -> VirtualWav | None:
        """The mix, or one channel counted from 0; None where there is none (yet)."""
        recording = self._recording
        if recording is None:
            return None
        if channel is None:
            return VirtualWav(recording.mix)
        return VirtualWav(recording.tracks[channel]) if channel < len(recording.tracks) else None

    def _run(self) -> None:
        try:
            with explained(self._work), alone(self._lock, self._stop):
                recording = decode(self.media, self._work, self._report)
                self._peaks = peaks_of(recording, self._work, self._check)
        except HattamaError as error:
            self.fault = error
        except StoppedError:
            _LOG.debug("decoding stopped")
        else:
            self.other = recording.sha256 != self._sha256
            self._recording = recording
            self.share = 1.0
            self._ready.set()
            self._start_picture()

    @property
    def _lock(self) -> Path:
        """Held while this file is decoded: two desks would write the same tracks."""
        name = hashlib.sha256(os.fsencode(self.media.absolute())).hexdigest()[:16]
        return self._work / f".{name}.lock"

    def _check(self) -> None:
        if self._stop.is_set():
            raise StoppedError

    def _report(self, share: float) -> None:
        self._check()
        self.share = 0.95 * share
