"""docs/record.md says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hattama.engine.document.json import from_json, to_json
from hattama.engine.document.model import Doubt
from hattama.engine.exports.registry import FORMATS
from hattama.engine.hearing import loads
from hattama.engine.roles import ROLES

PAGE = Path(__file__).parents[3] / "docs" / "record.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text("utf-8")


def _block(page: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", page, re.DOTALL)
    assert found
    return found.group(1)


def test_the_example_is_a_record_in_the_form_that_is_written(page: str) -> None:
    example = _block(page, "json")
    assert to_json(from_json(example)) == example


def test_the_example_of_a_hearing_file_is_read(page: str) -> None:
    hearing = loads(_block(page, "toml"))
    assert [person.role for person in hearing.people] == [
        "judge", "secretary", "claimant", "witness",
    ]  # fmt: skip


def test_every_role_doubt_and_form_is_named(page: str) -> None:
    for name in (*ROLES, *Doubt, *FORMATS):
        assert f"`{name}`" in page, name


def test_the_files_that_the_page_points_to_are_there(page: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page):
        assert (PAGE.parent / target).is_file(), target
