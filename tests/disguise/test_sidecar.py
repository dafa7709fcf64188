"""What stands beside a disguised recording, written and read again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hattama.disguise.errors import LogError, MediaError
from hattama.disguise.file import FileOptions, FileReport
from hattama.disguise.leak import LeakReport
from hattama.disguise.profiles import NATURAL
from hattama.disguise.secret import Secret
from hattama.disguise.sidecar import (
    Sealed,
    log,
    read_log,
    read_seal,
    read_spans,
    seal,
    write_log,
)
from hattama.disguise.spans import Span

if TYPE_CHECKING:
    from pathlib import Path

REPORT = FileReport(
    input_sha256="a" * 64,
    output_sha256="b" * 64,
    spans=(Span(1.0 / 3.0, 2.0 / 3.0), Span(5.0, 6.1)),
    beeps=(Span(7.0, 7.25),),
    copied={0: "c" * 64},
    left_out=(2,),
    filled=0,
    leak=LeakReport(windows=2, channels=1, total=4.0, worst=()),
    check=None,
)
OPTIONS = FileOptions(profile="natural", others="mute", microphone=1, margin=0.5)


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    path = tmp_path / "out.disguise.json"
    write_log(path, log(tmp_path / "in.mp4", tmp_path / "out.mp4", REPORT, OPTIONS, str))
    return path


def test_a_log_gives_back_what_it_was_given_to_the_last_digit(logged: Path) -> None:
    """A span that is rounded may begin a sample later when the disguise is made again."""
    found = read_log(logged)
    assert (found.spans, found.beeps) == (REPORT.spans, REPORT.beeps)
    assert (found.input_sha256, found.output_sha256) == ("a" * 64, "b" * 64)
    assert found.profile == NATURAL
    assert found.options == replace(OPTIONS, profile=FileOptions().profile)
    assert found.left_out == (2,)
    assert read_spans(logged) == REPORT.spans


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": "x", "spans": []}',
        '{"format": "hattama-disguise", "spans": 1}',
        '{"format": "hattama-disguise", "version": 1, "spans": [{"start": 2, "end": 1}]}',
        "\ufeff{",
    ],
)
def test_what_is_no_log_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "out.disguise.json"
    path.write_text(text, "utf-8")
    for read in (read_log, read_spans):
        with pytest.raises(LogError, match=r"^out\.disguise\.json cannot be read as a log"):
            read(path)


def test_a_log_of_another_version_is_refused_but_its_spans_are_read(logged: Path) -> None:
    content = json.loads(logged.read_text("utf-8"))
    logged.write_text(json.dumps(content | {"version": 2}), "utf-8")
    with pytest.raises(LogError):
        read_log(logged)
    assert read_spans(logged) == REPORT.spans


def test_a_setting_that_this_version_does_not_know_is_refused(logged: Path) -> None:
    content = json.loads(logged.read_text("utf-8"))
    content["profile"]["magic"] = 1.0
    logged.write_text(json.dumps(content), "utf-8")
    with pytest.raises(LogError):
        read_log(logged)


@pytest.mark.parametrize("bound", [True, False])
def test_a_sealed_secret_is_opened_again(tmp_path: Path, *, bound: bool) -> None:
    secret, path = Secret(bytes(range(32))), tmp_path / "sealed.json"
    sealed = Sealed(secret, bound=bound, output_sha256="b" * 64)
    seal(path, sealed)
    found = read_seal(path)
    assert found.secret == secret
    assert found.bound is bound
    assert found.output_sha256 == "b" * 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret.reveal().hex() not in repr(found)
    with pytest.raises(MediaError, match="never replaced"):
        seal(path, sealed)


def test_an_envelope_from_before_secrets_were_bound_says_so(tmp_path: Path) -> None:
    path = tmp_path / "sealed.json"
    path.write_text(json.dumps({"secret": "00" * 32, "output_sha256": "b" * 64}), "ascii")
    assert not read_seal(path).bound


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"secret": "12", "output_sha256": ""}', '{"secret": "xy"}', "ключ"]
)
def test_what_is_no_sealed_secret_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sealed.json"
    path.write_text(text, "utf-8")
    with pytest.raises(LogError) as error:
        read_seal(path)
    assert str(error.value).startswith("sealed.json cannot be read as a sealed secret")
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
