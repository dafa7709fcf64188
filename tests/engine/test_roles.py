"""Roles in three languages."""

from __future__ import annotations

from hattama.engine.roles import ROLES, infer_kind, role_name


def test_every_role_has_a_name_of_its_own_in_every_language() -> None:
    for language in ("kk", "ru", "en"):
        names = [role_name(key, language) for key in ROLES]
        assert all(names)
        assert len(set(names)) == len(names)


def test_the_defendant_is_named_by_the_kind_of_the_case() -> None:
    assert role_name("defendant", "ru") == "подсудимый"
    assert role_name("defendant", "kk", "criminal") == "сотталушы"
    assert role_name("defendant", "ru", "civil") == "ответчик"
    assert role_name("defendant", "kk", "administrative") == "жауапкер"


def test_an_unknown_role_stays_as_it_was_given() -> None:
    assert role_name("медиатор", "kk") == "медиатор"
    assert role_name("", "ru") == ""


def test_the_kind_shows_in_the_roles() -> None:
    assert infer_kind(["judge", "claimant", "defendant"]) == "civil"
    assert infer_kind(["judge", "prosecutor", "defendant"]) == "criminal"
    assert infer_kind(["judge", "witness"]) is None
