"""Roles in a hearing: keys, and their names in Kazakh, Russian and English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

HearingKind = Literal["civil", "criminal", "administrative"]
"""Kind of the proceedings."""

RoleLanguage = Literal["kk", "ru", "en"]


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody is in the hearing."""

    key: str
    """As it stands in records and hearing files."""
    kk: str
    """Name in Kazakh, lower case."""
    ru: str
    """Name in Russian, lower case."""
    en: str
    """Name in English, lower case."""


ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role("judge", "төрағалық етуші", "председательствующий", "presiding judge"),
        Role("secretary", "сот отырысының хатшысы", "секретарь судебного заседания", "secretary"),
        Role("prosecutor", "прокурор", "прокурор", "prosecutor"),
        Role("private-prosecutor", "жекеше айыптаушы", "частный обвинитель", "private prosecutor"),
        Role("defender", "қорғаушы", "защитник", "defence counsel"),
        Role("defendant", "сотталушы", "подсудимый", "defendant"),
        Role("victim", "жәбірленуші", "потерпевший", "victim"),
        Role("claimant", "талапкер", "истец", "claimant"),
        Role("respondent", "жауапкер", "ответчик", "respondent"),
        Role("applicant", "өтініш беруші", "заявитель", "applicant"),
        Role("third-party", "үшінші тұлға", "третье лицо", "third party"),
        Role("interested-party", "мүдделі тұлға", "заинтересованное лицо", "interested party"),
        Role("representative", "өкіл", "представитель", "representative"),
        Role("claimant-representative", "талапкердің өкілі", "представитель истца",
             "claimant's representative"),
        Role("respondent-representative", "жауапкердің өкілі", "представитель ответчика",
             "respondent's representative"),
        Role("victim-representative", "жәбірленушінің өкілі", "представитель потерпевшего",
             "victim's representative"),
        Role("legal-representative", "заңды өкіл", "законный представитель",
             "legal representative"),
        Role("administrative-offender", "әкімшілік жауаптылыққа тартылып отырған тұлға",
             "лицо, привлекаемое к административной ответственности", "administrative offender"),
        Role("witness", "куә", "свидетель", "witness"),
        Role("expert", "сарапшы", "эксперт", "expert"),
        Role("specialist", "маман", "специалист", "specialist"),
        Role("interpreter", "аудармашы", "переводчик", "interpreter"),
        Role("juror", "алқаби", "присяжный заседатель", "juror"),
        Role("psychologist", "психолог", "психолог", "psychologist"),
        Role("bailiff", "сот приставы", "судебный пристав", "bailiff"),
        Role("audience", "залдағы адам", "лицо в зале", "person in the audience"),
    )
}  # fmt: skip
"""Every known role by key."""

_CIVIL_ROLES = {"claimant", "respondent", "claimant-representative", "respondent-representative"}
_CRIMINAL_ROLES = {"prosecutor", "private-prosecutor", "victim", "defender"}


def role_name(key: str, language: RoleLanguage, kind: HearingKind | None = None) -> str:
    """Name of a role in a language, lower case.

    `defendant` is the accused of a criminal case and the respondent of any other; a key that is
    not in `ROLES` is a role in its giver's own words and comes back as it is.
    """
    if key == "defendant" and kind in ("civil", "administrative"):
        key = "respondent"
    role = ROLES.get(key)
    return getattr(role, language) if role else key


def infer_kind(roles: Iterable[str]) -> HearingKind | None:
    """Kind of a hearing from the roles that speak in it; None where they do not tell."""
    present = set(roles)
    if present & _CRIMINAL_ROLES:
        return "criminal"
    if "administrative-offender" in present:
        return "administrative"
    return "civil" if present & _CIVIL_ROLES else None
