"""Rooms: which microphone is recorded on which channel, and who sits at it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hattama.diarization.errors import DiarizationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KEYS = frozenset({"channel", "role", "name", "seats"})
"""Keys of a `[[microphone]]` table."""
EMPTY_ROLES = frozenset({"", "-"})
"""Roles in a list that stand for a channel without a microphone."""


class BadRoomError(DiarizationError, ValueError):
    """A room cannot be understood, or does not fit the recording."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Microphone:
    """One microphone in the room."""

    channel: int
    """Channel of the recording, counted from 0 over all its audio streams."""
    role: str
    """Who sits there: `judge`, `secretary`, `claimant`, …; not empty."""
    name: str = ""
    """Name of the person, where it is known."""
    seats: int | None = None
    """People that share the microphone, at least 1; found by their voices where it is None."""


@dataclass(frozen=True, slots=True)
class Room:
    """The microphones of a recording."""

    microphones: tuple[Microphone, ...]
    """At least one; no two on the same channel."""

    def __post_init__(self) -> None:
        channels = [microphone.channel for microphone in self.microphones]
        if not channels:
            raise BadRoomError("The room has no microphone; name at least one role.")
        for microphone in self.microphones:
            _check(microphone, twice=channels.count(microphone.channel) > 1)

    @property
    def labels(self) -> dict[str, Microphone]:
        """Label of the first person at each microphone: its role, numbered where it is taken."""
        labels: dict[str, Microphone] = {}
        for microphone in self.microphones:
            labels[free_label(microphone.role, labels)] = microphone
        return labels

    def microphone(self, label: str) -> Microphone | None:
        """Microphone of a label that `MicrophoneDiarizer` gave; None where it gave none such."""
        known = self.labels
        while label not in known and "-" in label:
            label = label.rpartition("-")[0]
        return known.get(label)


def room_of_roles(roles: Sequence[str]) -> Room:
    """Room of a list of roles, the first for the first channel; `-` or nothing skips a channel."""
    return Room(
        tuple(
            Microphone(channel, role.strip())
            for channel, role in enumerate(roles)
            if role.strip() not in EMPTY_ROLES
        )
    )


def read_room(path: Path) -> Room:
    """Room of a TOML file.

    ::

        [[microphone]]
        channel = 0
        role = "judge"
        name = "Ахметова А. С."  # optional
        seats = 1                # optional: people who share it

    Raises
    ------
    BadRoomError
        The file is missing, is no TOML, or says something else.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRoomError(
            "The room file {path} cannot be read: {reason}. It must be TOML in UTF-8.",
            path=path,
            reason=error,
        ) from error
    return parse_room(table)


def parse_room(table: dict[str, Any]) -> Room:
    """Room of the content of a TOML file; see `read_room`."""
    entries = table.get("microphone", [])
    if set(table) - {"microphone"} or not isinstance(entries, list):
        raise BadRoomError("A room file holds [[microphone]] tables and nothing else.")
    return Room(tuple(_microphone(entry) for entry in entries))


def free_label(wanted: str, taken: dict[str, Microphone]) -> str:
    """The label, or it with -2, -3, … where it is taken."""
    label, number = wanted, 1
    while label in taken:
        number += 1
        label = f"{wanted}-{number}"
    return label


def _microphone(entry: Any) -> Microphone:
    if not isinstance(entry, dict) or not {"channel", "role"} <= set(entry) <= KEYS:
        raise BadRoomError(
            "A [[microphone]] of the room file has {given}; needed are channel and role, "
            "allowed as well are name and seats.",
            given=", ".join(map(str, entry)) or "nothing",
        )
    return Microphone(**entry)


def _check(microphone: Microphone, *, twice: bool) -> None:
    channel, seats = microphone.channel, microphone.seats
    if type(channel) is not int or channel < 0 or twice:
        raise BadRoomError(
            "Microphone channel {channel} of the room: channels are whole numbers from 0, "
            "each once.",
            channel=channel,
        )
    if seats is not None and (type(seats) is not int or seats < 1):
        raise BadRoomError(
            "Microphone channel {channel} has seats {seats}; allowed is 1 or more.",
            channel=channel,
            seats=seats,
        )
    texts = (microphone.role, microphone.name)
    if not microphone.role or not all(isinstance(text, str) for text in texts):
        raise BadRoomError(
            "Microphone channel {channel} of the room needs a role in quotes, such as judge.",
            channel=channel,
        )
