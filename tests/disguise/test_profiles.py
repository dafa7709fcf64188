"""Profiles."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path

import pytest

from hattama.disguise.errors import ProfileError
from hattama.disguise.profiles import PROFILES, STRONG, Profile, profile, read_profile


def test_a_profile_is_found_by_name_and_passed_through() -> None:
    assert profile("strong") is STRONG
    own = Profile(name="mine", warp=0.05)
    assert profile(own) is own
    for name, value in PROFILES.items():
        assert value.name == name


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(ProfileError, match="natural, strong, whisper"):
        profile("stronk")


def test_a_profile_of_one_s_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "clear.toml"
    path.write_text("voiced = false\nwarp = 0\ncepstra = 20\n")
    read = profile(str(path))
    assert (read.name, read.voiced, read.warp, read.cepstra) == ("clear", False, 0, 20)
    assert read.pitch_contour == STRONG.pitch_contour


def test_every_setting_survives_the_file(tmp_path: Path) -> None:
    path = tmp_path / "all.toml"
    lines = []
    for key, value in asdict(STRONG).items():
        lines.append(f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}")
    path.write_text("\n".join(lines))
    assert read_profile(path) == STRONG


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("wrap = 0.1", "unknown setting 'wrap'"),
        ("warp = 0.7", "between"),
        ("warp = true", "of type float"),
        ("voiced = 1", "of type bool"),
        ("cepstra = 20.5", "of type int"),
        ("warp = nan", "between"),
        ("lowest_pitch_hz = 200\nhighest_pitch_hz = 100", "above"),
        ("warp = ", "cannot be read"),
        ('name = ""', "characters"),
    ],
)
def test_a_wrong_profile_is_refused(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(ProfileError, match=word):
        read_profile(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read"):
        read_profile(tmp_path / "none.toml")


def test_every_field_is_documented() -> None:
    source = Path(__file__).parents[2] / "disguise" / "profiles.py"
    text = source.read_text(encoding="utf-8")
    for field in fields(Profile):
        after = text.split(f"    {field.name}: ", 1)[1].split("\n")[1]
        assert after.strip().startswith('"""')
