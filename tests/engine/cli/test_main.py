from __future__ import annotations

import errno
import logging
from collections.abc import Iterator

import pytest
from cyclopts import App

from hattama.engine.cli import main as command
from hattama.models.errors import HattamaError


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> App:
    """A command whose one sub-command raises what a test puts there."""
    app = App(suppress_keyboard_interrupt=command.app.suppress_keyboard_interrupt)
    monkeypatch.setattr(command, "app", app)
    monkeypatch.setattr(logging, "basicConfig", lambda **_options: None)
    return app


def fails_with(app: App, error: BaseException) -> list[str]:
    @app.command
    def work() -> None:
        raise error

    return ["work"]


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (HattamaError("{what} is wrong.", what="This"), 1, "This is wrong."),
        (OSError(errno.ENOSPC, "No space left on device", "a.docx"), 1, "a.docx: No space left"),
        (ZeroDivisionError("division by zero"), 1, "ZeroDivisionError: division by zero"),
        (KeyboardInterrupt(), 130, "what was done is kept"),
    ],
)
def test_whatever_goes_wrong_is_one_line_and_a_status(
    failing: App,
    error: BaseException,
    status: int,
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.run(fails_with(failing, error)) == status
    errors = capsys.readouterr().err
    assert told in errors
    assert errors.count("\n") == 1


def test_debug_shows_where(failing: App) -> None:
    with pytest.raises(ZeroDivisionError):
        command.run([*fails_with(failing, ZeroDivisionError()), "--debug"])


def test_an_unknown_option_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["probe", "x.mp4", "--depp"]) == 2
    assert "--deep" in capsys.readouterr().err


def commands(app: App, path: str = "") -> Iterator[tuple[str, App]]:
    if app.default_command is not None:
        yield path, app
    for name in app:
        if not name.startswith("-"):
            yield from commands(app[name], f"{path} {name}".strip())


def test_every_parameter_of_every_command_is_explained() -> None:
    unexplained = [
        f"{path}: {argument.name}"
        for path, app in commands(command.app)
        for argument in app.assemble_argument_collection(parse_docstring=True)
        if argument.show and not argument.parameter.help
    ]
    assert unexplained == []
