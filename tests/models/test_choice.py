from __future__ import annotations

from pathlib import Path

import pytest

from hattama.models.catalog import Catalog, default_catalog
from hattama.models.choice import best_recogniser, ranked_recognisers
from hattama.models.errors import ModelMissingError
from hattama.models.sources.fake import FakeSource
from hattama.models.store import ModelStore

WEIGHTS = {"model.bin": b"weights"}


@pytest.fixture
def recognisers(tmp_path: Path, entries: type) -> ModelStore:
    """Three recognisers: a small one, one better in Russian, one in Kazakh."""
    ranks = {
        "small": {"kk": 1, "ru": 1},
        "russian": {"ru": 6},
        "kazakh": {"kk": 5, "ru": 4},
        "late": {"kk": 5, "ru": 4},
    }
    folder = [{"kind": "folder", "path": "nowhere"}]
    text = "".join(
        entries.toml(name, WEIGHTS, folder, task="recognition", rank=rank)
        for name, rank in ranks.items()
    )
    text += entries.toml("voice", WEIGHTS, folder)
    return ModelStore(tmp_path / "store", Catalog.parse(text))


def fill(store: ModelStore, *names: str) -> None:
    for name in names:
        store.pull(name, sources=[FakeSource(WEIGHTS)])


@pytest.mark.parametrize(
    ("languages", "best"),
    [(["ru"], "russian"), (["kk"], "kazakh"), (["kk", "ru"], "kazakh"), (["ru", "kk"], "kazakh")],
)
def test_the_best_for_the_hearings_languages_is_taken(
    recognisers: ModelStore, languages: list[str], best: str
) -> None:
    fill(recognisers, "small", "russian", "kazakh", "late", "voice")
    assert best_recogniser(recognisers, languages).name == best


def test_what_is_not_in_the_store_is_passed_over(recognisers: ModelStore) -> None:
    fill(recognisers, "small")
    assert best_recogniser(recognisers, ["kk", "ru"]).name == "small"


def test_what_is_damaged_in_the_store_is_passed_over(recognisers: ModelStore) -> None:
    fill(recognisers, "small", "kazakh")
    (recognisers.path("kazakh") / "model.bin").write_bytes(b"WEIGHTS")
    assert best_recogniser(recognisers, ["kk", "ru"]).name == "small"


def test_an_empty_store_says_what_to_pull(recognisers: ModelStore) -> None:
    with pytest.raises(ModelMissingError, match="hattama models pull small"):
        best_recogniser(recognisers, ["kk", "ru"])


def test_a_language_that_nobody_knows_is_told(recognisers: ModelStore) -> None:
    fill(recognisers, "small")
    with pytest.raises(ModelMissingError, match="No recogniser of de"):
        best_recogniser(recognisers, ["de"])


def test_the_installed_catalogue_prefers_gigaam_and_of_whisper_turbo_for_kazakh() -> None:
    store = ModelStore(Path("nowhere"), default_catalog())
    both = [entry.name for entry in ranked_recognisers(store, ["kk", "ru"])]
    assert both[:2] == ["gigaam-multilingual-large", "gigaam-multilingual"]
    assert both[-1] == "whisper-base"
    russian = [entry.name for entry in ranked_recognisers(store, ["ru"])]
    assert russian[:2] == ["gigaam-multilingual-large", "whisper-large-v3"]
    kazakh = [entry.name for entry in ranked_recognisers(store, ["kk"])]
    assert kazakh.index("whisper-large-v3-turbo") < kazakh.index("whisper-large-v3")
