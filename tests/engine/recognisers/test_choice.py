from __future__ import annotations

from pathlib import Path

import pytest

from hattama.engine.recognisers.choice import UnusableModelError, choose
from hattama.models.catalog import Catalog
from hattama.models.errors import ModelMissingError
from hattama.models.sources.fake import FakeSource
from hattama.models.store import ModelStore

ENTRY = """
[{name}]
task = "{task}"
architecture = "{architecture}"
licence = "MIT"
languages = ["kk", "ru"]
revision = "1"
description = "for tests"
main = "model.bin"
files = [{{ name = "model.bin" }}]
sources = [{{ kind = "folder", path = "nowhere" }}]
{more}
"""


def entry(name: str, rank: int, architecture: str, errors: str = "") -> str:
    more = f"rank = {{ kk = {rank}, ru = {rank} }}\n"
    more += f"word_errors = {{ {errors} }}\n" if errors else ""
    return ENTRY.format(name=name, task="recognition", architecture=architecture, more=more)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    text = (
        entry("base", 1, "whisper-ct2")
        + entry("turbo", 3, "whisper-ct2", "kk = 20.5, ru = 5.2")
        + entry("giga", 5, "gigaam-ctc", "kk = 5.2, ru = 4.4")
        + ENTRY.format(name="voice", task="embedding", architecture="campplus", more="")
    )
    return ModelStore(tmp_path, Catalog.parse(text))


def fill(store: ModelStore, *names: str) -> None:
    for name in names:
        store.pull(name, sources=[FakeSource({"model.bin": name.encode()})])


def told(store: ModelStore) -> list[str]:
    return [str(notice) for notice in choose(store, "auto", ["kk", "ru"]).notices]


def test_auto_says_what_it_took_and_what_would_be_better(store: ModelStore) -> None:
    fill(store, "base")
    assert told(store) == [
        "Recogniser: base, the best in the store for kk, ru.",
        (
            "Better for this hearing is giga, wrong words in read speech as published: kk 5.2 %, "
            "ru 4.4 %. `hattama models pull giga`."
        ),
    ]


def test_published_rates_are_set_against_each_other_where_both_are_known(store: ModelStore) -> None:
    fill(store, "base", "turbo")
    assert "kk 5.2 %, ru 4.4 % against kk 20.5 %, ru 5.2 % of turbo" in told(store)[1]


def test_a_ctc_model_is_given_the_best_whisper_as_a_second_opinion(store: ModelStore) -> None:
    fill(store, "base", "turbo", "giga")
    choice = choose(store, "auto", ["kk", "ru"])
    assert [e.name for e in choice.entries] == ["giga", "turbo"]
    assert told(store) == [
        "Recogniser: giga, the best in the store for kk, ru.",
        "Second opinion: turbo; words on which the two differ are marked.",
    ]


def test_a_ctc_model_alone_has_no_second_opinion(store: ModelStore) -> None:
    fill(store, "giga")
    choice = choose(store, "auto", ["kk", "ru"])
    assert [e.name for e in choice.entries] == ["giga"]


def test_who_names_a_recogniser_gets_that_one_alone_and_no_advice(store: ModelStore) -> None:
    fill(store, "base", "giga")
    choice = choose(store, "giga", ["kk", "ru"])
    assert ([e.name for e in choice.entries], choice.notices) == (["giga"], ())


def test_a_ctc_model_leads_even_where_whisper_ranks_higher_since_whisper_lends_what_it_lacks(
    tmp_path: Path,
) -> None:
    text = entry("large", 9, "whisper-ct2") + entry("giga", 5, "gigaam-ctc")
    store = ModelStore(tmp_path, Catalog.parse(text))
    fill(store, "large", "giga")
    choice = choose(store, "auto", ["ru"])
    assert [e.name for e in choice.entries] == ["giga", "large"]
    assert [str(notice) for notice in choice.notices] == [
        "Recogniser: giga, the best in the store for ru that writes every word as it sounds.",
        "Second opinion: large; words on which the two differ are marked.",
    ]


def test_the_words_of_a_named_whisper_are_placed_by_the_ctc_model_in_the_store(
    store: ModelStore,
) -> None:
    fill(store, "base")
    assert choose(store, "base", ["kk", "ru"]).aligner is None
    fill(store, "giga")
    choice = choose(store, "base", ["kk", "ru"])
    assert choice.aligner is not None
    assert [e.name for e in choice.entries] == ["base", "giga"]
    assert choose(store, "base", ["kk", "ru"], "none").aligner is None
    assert choose(store, "giga", ["kk", "ru"]).aligner is None


def test_only_a_ctc_model_can_place_words(store: ModelStore) -> None:
    fill(store, "base")
    with pytest.raises(UnusableModelError, match=r"turbo cannot find.*allowed: giga, auto or none"):
        choose(store, "base", ["kk", "ru"], "turbo")


def test_a_model_that_is_no_recogniser_is_refused_with_those_that_are(store: ModelStore) -> None:
    with pytest.raises(UnusableModelError, match=r"voice is no recogniser.*base, turbo, giga"):
        choose(store, "voice", ["ru"])


def test_an_empty_store_says_what_to_pull(store: ModelStore) -> None:
    with pytest.raises(ModelMissingError, match="models pull base"):
        choose(store, "auto", ["ru"])
