"""Rooms from lists of roles and from TOML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hattama.diarization.room import (
    BadRoomError,
    Microphone,
    Room,
    parse_room,
    read_room,
    room_of_roles,
)


def test_roles_name_channels_in_order_and_a_dash_skips_one() -> None:
    room = room_of_roles(["judge", "-", " claimant "])
    assert room.microphones == (Microphone(0, "judge"), Microphone(2, "claimant"))


def test_a_room_file_says_who_sits_where(tmp_path: Path) -> None:
    file = tmp_path / "room.toml"
    file.write_text(
        '[[microphone]]\nchannel = 1\nrole = "төраға"\nname = "Ахметова А. С."\nseats = 2\n',
        "utf-8",
    )
    assert read_room(file).microphones == (Microphone(1, "төраға", "Ахметова А. С.", 2),)


def test_labels_lead_back_to_the_microphone() -> None:
    room = Room((Microphone(0, "defence"), Microphone(1, "judge"), Microphone(2, "defence")))
    assert list(room.labels) == ["defence", "judge", "defence-2"]
    assert room.microphone("defence-2") == Microphone(2, "defence")
    assert room.microphone("judge-2") == Microphone(1, "judge")
    assert room.microphone("SPEAKER_00") is None


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "no microphone"),
        ({"microphone": []}, "no microphone"),
        ({"microphones": []}, "and nothing else"),
        ({"microphone": {"channel": 0}}, "and nothing else"),
        ({"microphone": [{"channel": 0}]}, "needed are channel and role"),
        ({"microphone": ["judge"]}, "needed are channel and role"),
        ({"microphone": [{"channel": 0, "role": "judge", "chair": 1}]}, "channel, role, chair"),
        ({"microphone": [{"channel": -1, "role": "judge"}]}, "channel -1"),
        ({"microphone": [{"channel": True, "role": "judge"}]}, "channel True"),
        ({"microphone": [{"channel": 0, "role": "a"}, {"channel": 0, "role": "b"}]}, "each once"),
        ({"microphone": [{"channel": 0, "role": "judge", "seats": 0}]}, "seats 0"),
        ({"microphone": [{"channel": 0, "role": ""}]}, "needs a role"),
        ({"microphone": [{"channel": 0, "role": 5}]}, "needs a role"),
    ],
)
def test_what_a_room_cannot_be_is_said(table: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRoomError, match=message):
        parse_room(table)


def test_an_empty_list_of_roles_is_refused() -> None:
    with pytest.raises(BadRoomError, match="no microphone"):
        room_of_roles(["-", ""])


@pytest.mark.parametrize("content", [b"channel =", b"\xff\xfe", None])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "room.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadRoomError, match="cannot be read"):
        read_room(file)
