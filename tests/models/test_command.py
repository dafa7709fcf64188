"""`hattama models` as people call it."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

from hattama.engine.cli.main import run
from hattama.models.catalog import Catalog, default_catalog
from hattama.models.store import ModelStore

REPOSITORY = Path(__file__).parent.parent.parent
LOCALES = REPOSITORY / "engine" / "cli" / "locale"


@pytest.fixture
def user(
    filled: ModelStore, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> ModelStore:
    """The store that the command finds; offline, in English."""
    monkeypatch.setattr("hattama.models.store.default_catalog", lambda: catalog)
    monkeypatch.setenv("HATTAMA_MODELS", str(filled.root))
    monkeypatch.setenv("HATTAMA_OFFLINE", "1")
    monkeypatch.setenv("HATTAMA_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return filled


def test_list_shows_what_is_there_and_what_is_not(
    user: ModelStore, capsys: pytest.CaptureFixture[str]
) -> None:
    (user.path("other")).mkdir()
    assert run(["models", "list"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"tiny\s+embedding\s+yes\s+1\.3 MB\s+MIT\s+any\s+for tests", out)
    assert re.search(r"other\s+embedding\s+no", out)


def test_list_shows_damage(user: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    (user.path("tiny") / "sub/config.json").write_bytes(b"{}")
    assert run(["models", "list"]) == 0
    assert re.search(r"tiny\s+embedding\s+damaged", capsys.readouterr().out)


@pytest.mark.parametrize(("language", "head"), [("ru", "В хранилище"), ("kk", "Қоймада")])
def test_list_speaks_the_users_language(
    user: ModelStore,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    head: str,
) -> None:
    assert user.has("tiny")
    monkeypatch.setenv("HATTAMA_LANG", language)
    run(["models", "list"])
    assert head in capsys.readouterr().out


def test_pull_of_what_is_there_says_so(
    user: ModelStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "pull", "tiny"]) == 0
    assert capsys.readouterr().out == f"tiny was there already, in {user.path('tiny')}.\n"


def test_pull_takes_from_a_folder(
    user: ModelStore, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "stick" / "other").mkdir(parents=True)
    (tmp_path / "stick" / "other" / "model.bin").write_bytes(b"other weights")
    (tmp_path / "stick" / "other" / "extra.txt").write_bytes(b"x")
    assert run(["models", "pull", "other", "--from", "stick"]) == 0
    assert user.has("other")
    assert "other is in" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["pull", "tiny", "nothing"], "There is no model nothing; the catalogue has: tiny, other."),
        (["pull", "other"], "other is not in the store and HATTAMA_OFFLINE forbids"),
        (["export", "b.tar", "other"], "The model other is not in"),
        (["import", "none.tar"], "There is no file none.tar."),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    user: ModelStore, capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert user.has("tiny")
    assert run(["models", *arguments]) == 2
    err = capsys.readouterr().err
    assert line in err
    assert err.count("\n") == 1


def test_verify_passes_what_is_right_and_fails_what_is_not(
    user: ModelStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "verify"]) == 0
    assert capsys.readouterr().out == "tiny: every file is right.\n"
    (user.path("tiny") / "sub/config.json").write_bytes(b'{"layers": 3}')
    assert run(["models", "verify", "tiny"]) == 1
    assert "sub/config.json of tiny" in capsys.readouterr().out


def test_a_bundle_goes_out_and_comes_in(
    user: ModelStore,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    catalog: Catalog,
) -> None:
    assert user.has("tiny")
    assert run(["models", "export", "b.tar", "tiny"]) == 0
    monkeypatch.setenv("HATTAMA_MODELS", str(tmp_path / "court"))
    assert run(["models", "verify"]) == 0
    assert run(["models", "import", "b.tar"]) == 0
    assert ModelStore(tmp_path / "court", catalog).has("tiny")
    out = capsys.readouterr().out
    assert "b.tar is written (1.3 MB)" in out
    assert "court is empty" in out
    assert "tiny is in" in out


def _messages() -> set[str]:
    """Every text of the models folder and its command that people read."""
    files = [*(REPOSITORY / "models").rglob("*.py"), REPOSITORY / "engine" / "cli" / "models.py"]
    found = {entry.task for entry in default_catalog().values()}
    for node in (n for path in files for n in ast.walk(ast.parse(path.read_text("utf-8")))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "translate" or name.endswith("Error"):
                found.add(str(node.args[0].value))
    return found


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_every_message_is_translated_with_the_same_fields(language: str) -> None:
    table = tomllib.loads((LOCALES / f"{language}.toml").read_text("utf-8"))
    messages = _messages()
    assert len(messages) > 40
    for message in messages:
        assert message in table, f"{language}.toml lacks: {message}"
        assert _fields(table[message]) == _fields(message), message


def _fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}
