from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("models", "diarization", "disguise", "engine")
MAY_IMPORT = {
    "models": {"models"},
    "diarization": {"diarization", "models"},
    "disguise": {"disguise", "models"},
    "engine": {"engine", "diarization", "disguise", "models"},
}
HEAVY = ("torch", "pyannote.audio", "faster_whisper", "ctranslate2", "numba", "docx", "av", "scipy")


def modules() -> list[Path]:
    return sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name for name in names if name.startswith("hattama.")}


def test_every_package_of_the_tree_is_installed_and_nothing_else() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(settings["tool"]["setuptools"]["packages"])
    there = {
        "hattama." + ".".join(path.parent.relative_to(ROOT).parts)
        for path in modules()
        if path.name == "__init__.py"
    }
    assert listed == there


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_go_one_way(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        if path.relative_to(ROOT).parts[0] == folder
        for name in imported(path)
        if name.split(".")[1] not in MAY_IMPORT[folder]
    ]
    assert wrong == []


def test_importing_the_command_loads_nothing_heavy() -> None:
    program = (
        "import sys; import hattama.engine.cli.main; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_the_stream_of_the_disguise_needs_no_network_and_no_torch() -> None:
    program = (
        "import sys; import hattama.disguise.stream; "
        "print([n for n in ('torch', 'av', 'requests', 'huggingface_hub') if n in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_every_module_has_a_docstring_and_none_is_a_second_subject() -> None:
    for path in modules():
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), f"{path} does not say what it is"
        assert text.count("\n") <= 420, f"{path} is long: look for the second subject"


def test_nothing_in_the_project_names_the_machine_it_was_made_on() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    for name in listed:
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".md", ".txt", ""} and path.is_file():
            if path.resolve() == Path(__file__).resolve():
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            assert "/work/" not in text, f"{name} names a folder of one machine"
