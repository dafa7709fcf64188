"""The hearing file: read strictly, matched to speakers one to one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hattama.engine.document.model import Media, Provenance, Speaker, Transcript
from hattama.engine.errors import BadInputError
from hattama.engine.hearing import Hearing, Participant, load, loads, name_speakers


def test_the_sample_is_read_as_it_stands(samples: Path) -> None:
    hearing = load(samples / "hearing.toml")
    assert hearing.date == date(2026, 3, 5)
    assert hearing.kind == "civil"
    assert hearing.languages == ("ru", "kk")
    assert [person.role for person in hearing.people] == [
        "judge", "secretary", "claimant", "respondent-representative", "interpreter",
    ]  # fmt: skip


def test_judge_and_secretary_may_be_named_at_the_top() -> None:
    hearing = loads('judge = "Ким"\n[[participants]]\nrole = "witness"\nprotected = true')
    assert hearing.people == (Participant("judge", "Ким"), Participant("witness", protected=True))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('cuort = "А"', "unknown key cuort; did you mean court?"),
        ("court = 5", "court is 5; it must be string"),
        ('date = "завтра"', "date is 'завтра'; it must be a date such as 2026-03-05"),
        ('kind = "penal"', "kind is 'penal'; it must be civil | criminal | administrative"),
        ('languages = ["en"]', "languages[0] is 'en'; it must be kk | ru"),
        ('[[participants]]\nname = "Ли"', "participants[0].role is missing"),
        (
            '[[participants]]\nrole = "judge"\nmic = 1',
            "unknown key participants[0].mic; did you mean mic",
        ),
        ('[[participants]]\nrole = "judge"\nmicrophone = 0', "participants[0].microphone is 0"),
        ('[[participants]]\nrole = ""', "participants[0].role is ''"),
        ('[[participants]]\nrole = "w"\nprotected = "yes"', "participants[0].protected is 'yes'"),
        ('judge = "Ким"\n[[participants]]\nrole = "judge"', "names the judge twice"),
        ('court = "А', "is not TOML"),
    ],
)
def test_each_fault_has_one_line_that_names_its_place(text: str, line: str) -> None:
    with pytest.raises(BadInputError) as caught:
        loads(text, "hearing.toml")
    message = str(caught.value)
    assert line in message
    assert message.startswith("hearing.toml")
    assert "\n" not in message


def test_a_missing_file_and_another_encoding_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"none\.toml cannot be read \(No such file"):
        load(tmp_path / "none.toml")
    (tmp_path / "h.toml").write_bytes('court = "Суд"'.encode("cp1251"))
    with pytest.raises(BadInputError, match=r"h\.toml is not UTF-8 \(byte 9\)"):
        load(tmp_path / "h.toml")


def _named(hearing: Hearing, *speakers: Speaker) -> list[str]:
    record = Transcript(Media("a", "", 1.0, 1), speakers, (), Provenance("", ""))
    return [speaker.name for speaker in name_speakers(record, hearing).speakers]


def test_the_explicit_id_is_surest_then_the_microphone_then_the_role() -> None:
    hearing = Hearing(
        participants=(
            Participant("witness", "по роли"),
            Participant("expert", "по микрофону", microphone=2),
            Participant("claimant", "по имени", id="S9"),
        )
    )
    speakers = (
        Speaker("S9", channel=1),
        Speaker("S2", role="judge", channel=1),
        Speaker("witness"),
    )
    assert _named(hearing, *speakers) == ["по имени", "по микрофону", "по роли"]


def test_nobody_is_guessed_where_two_fit() -> None:
    hearing = Hearing(participants=(Participant("witness", "А"), Participant("witness", "Б")))
    assert _named(hearing, Speaker("S1", role="witness"), Speaker("S2", role="witness")) == ["", ""]
    one = Hearing(participants=(Participant("witness", "А", microphone=1),))
    assert _named(one, Speaker("S1", channel=0), Speaker("S2", channel=0)) == ["", ""]


def test_two_people_whose_entries_are_alike_are_still_two() -> None:
    hearing = Hearing(participants=(Participant("w", "А", microphone=1), Participant("w", "А")))
    assert _named(hearing, Speaker("S1", channel=0), Speaker("S2", role="w")) == ["А", "А"]


def test_the_civil_defendant_is_the_respondent() -> None:
    hearing = Hearing(kind="civil", participants=(Participant("respondent", "Ли"),))
    assert _named(hearing, Speaker("S1", role="defendant")) == ["Ли"]
    accused = Hearing(kind="criminal", participants=(Participant("respondent", "Ли"),))
    assert _named(accused, Speaker("S1", role="defendant")) == [""]


def test_a_protected_speaker_stays_protected_whatever_the_file_says() -> None:
    record = Transcript(
        Media("a", "", 1.0, 1),
        (Speaker("w", role="witness", protected=True),),
        (),
        Provenance("", ""),
    )
    named = name_speakers(record, Hearing(participants=(Participant("witness", "Ли"),)))
    assert named.speakers[0].protected
    assert named.speakers[0].name == ""
