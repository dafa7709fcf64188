"""Who speaks when in a recording with one channel a microphone."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hattama.diarization.bleed import FRAME_S, FRAME_SAMPLES, frame_levels, spoken_into
from hattama.diarization.channels import Channels, compare_channels
from hattama.diarization.room import BadRoomError, Microphone, Room, free_label
from hattama.diarization.seats import who_sits
from hattama.diarization.spans import bridged, spans
from hattama.diarization.turns import Diarization, Turn
from hattama.models.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from hattama.diarization.protocols import Diarizer, Embedder, Progress, Samples
    from hattama.diarization.spans import Span

logger = logging.getLogger(__name__)

SHORTEST_TURN_S = 0.2
"""Shorter sounds at a microphone are no turns."""
SHORTEST_PAUSE_S = 0.4
"""Shorter pauses do not end a turn at a microphone."""
LEVELS_SHARE = 0.6
"""Part of the progress that reading the levels takes."""


@dataclass(frozen=True, slots=True)
class _Seat:
    label: str
    turns: tuple[Turn, ...]


class MicrophoneDiarizer:
    """Speakers by the microphone they speak into.

    Parameters
    ----------
    room
        Microphones and roles.
    embedder
        Hears voices, to tell people at one microphone apart. With None a microphone is one person.
    mix_diarizer
        Makes the diarizer for recordings whose channels are copies of one sound; called only then.
        With None such a recording is refused.
    """

    def __init__(
        self,
        room: Room,
        embedder: Embedder | None = None,
        mix_diarizer: Callable[[], Diarizer] | None = None,
    ) -> None:
        self.room = room
        self._embedder = embedder
        self._mix_diarizer = mix_diarizer

    def diarize(self, tracks: Sequence[Samples], progress: Progress | None = None) -> Diarization:
        """Turns labelled by role: `judge`, and `judge-2` for the second person at that microphone.

        Two people at two microphones at once overlap. Microphones nobody speaks into give no turn.
        Where every channel is a copy of one sound, roles cannot be known: the sound is diarized as
        a mix, the labels are `SPEAKER_00`, …, and a notice says so.

        Parameters
        ----------
        tracks
            Channels of the recording, all of one length; the room's channels index them.
        progress
            Called with the share that is done; an exception that it raises cancels.

        Raises
        ------
        BadRoomError
            The room names a channel that the recording does not have, or all channels are one
            sound and there is no diarizer for mixes.
        """
        self._check(len(tracks))
        used = [tracks[microphone.channel] for microphone in self.room.microphones]
        channels = compare_channels(used)
        if len(used) > 1 and channels.all_the_same:
            return self._as_mix(used, channels, progress)
        found, notices = self._without_copies(channels)
        seats = self._seats(found, [tracks[m.channel] for _, m in found], progress)
        turns = tuple(sorted(turn for seat in seats for turn in seat.turns))
        return Diarization(turns, one_at_a_time(turns), notices)

    def _check(self, channels: int) -> None:
        for microphone in self.room.microphones:
            if microphone.channel >= channels:
                raise BadRoomError(
                    "The room has a microphone on channel {channel} ({role}), but the recording "
                    "has {channels} channels, counted from 0; correct --microphones or the room.",
                    channel=microphone.channel,
                    role=microphone.role,
                    channels=channels,
                )

    def _as_mix(
        self, used: Sequence[Samples], channels: Channels, progress: Progress | None
    ) -> Diarization:
        if self._mix_diarizer is None:
            raise BadRoomError(
                "All channels carry the same sound, so microphones cannot be told apart; "
                "leave --microphones out."
            )
        live = next(index for index in range(len(used)) if index not in channels.dead)
        found = self._mix_diarizer().diarize(used[live], progress)
        notice = Notice(
            "All channels carry the same sound: speakers are told apart by voice, without roles."
        )
        return replace(found, notices=(*found.notices, notice))

    def _without_copies(
        self, channels: Channels
    ) -> tuple[list[tuple[str, Microphone]], tuple[Notice, ...]]:
        """Labels and microphones that carry a sound of their own, and what was left out."""
        named = list(self.room.labels.items())
        notices = [
            Notice("Microphone {role} is silent and was left out.", {"role": named[index][0]})
            for index in channels.dead
        ]
        extra = {index: group[0] for group in channels.copies for index in group[1:]}
        notices += [
            Notice(
                "Microphone {role} carries the same sound as {other} and was left out.",
                {"role": named[index][0], "other": named[other][0]},
            )
            for index, other in extra.items()
        ]
        gone = {*channels.dead, *extra}
        return [pair for index, pair in enumerate(named) if index not in gone], tuple(notices)

    def _seats(
        self,
        found: Sequence[tuple[str, Microphone]],
        tracks: Sequence[Samples],
        progress: Progress | None,
    ) -> list[_Seat]:
        if not found:
            return []
        levels = frame_levels(tracks, _part(progress, 0.0, LEVELS_SHARE))
        active = spoken_into(levels)
        labels = dict(found)
        seats: list[_Seat] = []
        for number, (label, microphone) in enumerate(found):
            runs = turns_at(active[:, number])
            people = self._people(tracks[number], runs, active, number, microphone)
            for person in np.unique(people):
                name = label if person == 0 else free_label(label, labels)
                labels[name] = microphone
                seats.append(_Seat(name, _turns(runs, people == person, name)))
            done = LEVELS_SHARE + (1 - LEVELS_SHARE) * (number + 1) / len(found)
            if progress is not None:
                progress(done)
        return seats

    def _people(
        self,
        track: Samples,
        runs: Sequence[Span],
        active: NDArray[np.bool_],
        number: int,
        microphone: Microphone,
    ) -> NDArray[np.int64]:
        if self._embedder is None:
            return np.zeros(len(runs), np.int64)
        logger.debug("%d turns at microphone %s", len(runs), microphone.role)
        others: NDArray[np.bool_] = np.any(np.delete(active, number, axis=1), axis=1)
        heard = [(a * FRAME_SAMPLES, b * FRAME_SAMPLES) for a, b in clean_parts(runs, others)]
        return who_sits(track, heard, self._embedder, microphone.seats)


def turns_at(active: NDArray[np.bool_]) -> list[Span]:
    """Frames (first, after last) of each turn at a microphone."""
    runs = bridged(spans(active), SHORTEST_PAUSE_S / FRAME_S)
    return [(a, b) for a, b in runs if (b - a) * FRAME_S >= SHORTEST_TURN_S]


def clean_parts(runs: Sequence[Span], others: NDArray[np.bool_]) -> list[Span]:
    """The longest part of each run in which no other microphone is spoken into; whole if none."""
    parts = []
    for start, end in runs:
        clean = spans(~others[start:end])
        a, b = max(clean, key=lambda part: part[1] - part[0], default=(0, end - start))
        parts.append((start + a, start + b))
    return parts


def one_at_a_time(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Turns cut so that none overlap: who began first speaks on, the rest of the other follows."""
    alone: list[Turn] = []
    until = 0.0
    for turn in sorted(turns):
        start = max(turn.start, until)
        if turn.end > start:
            alone.append(replace(turn, start=start))
            until = turn.end
    return tuple(alone)


def _turns(runs: Sequence[Span], chosen: NDArray[np.bool_], label: str) -> tuple[Turn, ...]:
    picked = (run for run, keep in zip(runs, chosen, strict=True) if keep)
    return tuple(Turn(start * FRAME_S, end * FRAME_S, label) for start, end in picked)


def _part(progress: Progress | None, start: float, end: float) -> Progress | None:
    if progress is None:
        return None
    return lambda share: progress(start + (end - start) * share)
