"""The API: it does what its own document says, and nothing else."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from hattama.engine.document.model import Word
from hattama.engine.editing.operations import OPERATIONS
from hattama.engine.editing.record import journal_path, read_current
from hattama.engine.exports import FORMATS
from hattama.engine.recognisers.protocol import Recognition, Window
from hattama.engine.review.app import ENDPOINTS
from hattama.engine.review.desk import Desk

Json = dict[str, Any]


@pytest.fixture
def spec(client: TestClient) -> Json:
    return dict(client.get("/api/openapi.json").json())


def edit(client: TestClient, base: int, **operation: object) -> Json:
    answer = client.post("/api/edit", json={"base": base, "operation": operation})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def wait_for_sound(desk: Desk) -> None:
    assert desk.room.sound is not None
    assert desk.room.sound.wait(60), desk.room.sound.fault


def check_answer(spec: Json, method: str, path: str, answer: Any) -> None:
    """An answer's status is documented, and its body is of the documented form."""
    operation = spec["paths"][path][method.lower()]
    status = str(answer.status_code)
    assert status in operation["responses"], (method, path, status, answer.text[:200])
    content = operation["responses"][status].get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema and status == "200":
        Draft202012Validator(schema).validate(answer.json())
    elif schema:
        Draft202012Validator(spec["components"]["schemas"]["Error"]).validate(answer.json())


def test_the_document_names_every_endpoint_and_every_operation(spec: Json) -> None:
    assert {(e.method.lower(), e.path) for e in ENDPOINTS} == {
        (method, path) for path, methods in spec["paths"].items() for method in methods
    }
    body = spec["paths"]["/api/edit"]["post"]["requestBody"]["content"]["application/json"]
    kinds = {kind["title"] for kind in body["schema"]["properties"]["operation"]["oneOf"]}
    assert kinds == set(OPERATIONS) - {"Sign"}


def test_every_schema_of_the_document_is_a_schema(spec: Json) -> None:
    for methods in spec["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                Draft202012Validator.check_schema(parameter["schema"])
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    Draft202012Validator.check_schema(content.get("schema", {}))


def test_reading_answers_as_documented(client: TestClient, desk: Desk, spec: Json) -> None:
    wait_for_sound(desk)
    edit(client, 0, kind="Protect", speaker="claimant")
    for path in (
        "/api/record", "/api/journal", "/api/comparison", "/api/protection", "/api/sound",
        "/api/preferences", "/api/peaks", "/media",
    ):  # fmt: skip
        check_answer(spec, "GET", path, client.get(path))
    check_answer(spec, "GET", "/api/changes", client.get("/api/changes?since=0"))
    found = client.post("/api/find", json={"pattern": "истец", "replacement": "истица"})
    check_answer(spec, "POST", "/api/find", found)
    assert found.json()["total"] > 0


def test_the_defendant_of_a_civil_case_is_no_accused(client: TestClient) -> None:
    roles = {role["key"]: role for role in client.get("/api/record").json()["roles"]}
    assert roles["defendant"]["ru"] == "ответчик"
    assert roles["defendant"]["kk"] == "жауапкер"


def test_an_edit_is_answered_with_a_patch_and_is_in_the_journal(
    client: TestClient, desk: Desk, spec: Json, record_file: Path
) -> None:
    answer = client.post(
        "/api/edit",
        json={
            "base": 0,
            "operation": {"kind": "ReplaceWords", "segment": "1", "first": 0, "last": 4,
                          "text": "Судебное разбирательство объявляется открытым."},
        },
    )  # fmt: skip
    check_answer(spec, "POST", "/api/edit", answer)
    splice = answer.json()["patches"][0]["splices"][0]
    assert splice["at"] == 0
    assert splice["insert"][0]["words"][1][0] == "разбирательство"
    lines = journal_path(record_file).read_text("utf-8").splitlines()
    entry = json.loads(lines[-1])
    assert entry["author"] == "Омарова"
    assert entry["content"]["text"] == "разбирательство", "only what changed is written down"
    assert read_current(record_file) == desk.room.record.transcript


def test_undo_redo_and_going_back_answer_as_documented(client: TestClient, spec: Json) -> None:
    edit(client, 0, kind="RenameSpeaker", speaker="judge", name="Сейтқали")
    undone = client.post("/api/undo", json={"base": 1})
    check_answer(spec, "POST", "/api/undo", undone)
    assert undone.json()["state"] == "draft"
    check_answer(spec, "POST", "/api/redo", client.post("/api/redo", json={"base": 2}))
    nothing = client.post("/api/redo", json={"base": 3})
    assert nothing.status_code == 409
    check_answer(spec, "POST", "/api/redo", nothing)
    back = client.post("/api/roll-back", json={"base": 3, "version": 0})
    check_answer(spec, "POST", "/api/roll-back", back)


def test_an_edit_of_an_earlier_version_is_refused(client: TestClient, spec: Json) -> None:
    edit(client, 0, kind="RenameSpeaker", speaker="judge", name="Сейтқали")
    operation = {"kind": "RenameSpeaker", "speaker": "judge", "name": "Ли"}
    late = client.post("/api/edit", json={"base": 0, "operation": operation})
    assert late.status_code == 409
    check_answer(spec, "POST", "/api/edit", late)


def test_faults_are_told_in_the_clerks_language(client: TestClient) -> None:
    operation = {"kind": "DeleteTurn", "segment": "none"}
    told = {
        language: client.post(
            "/api/edit", json={"base": 0, "operation": operation}, headers={"X-Language": language}
        ).json()["message"]
        for language in ("kk", "ru", "en")
    }
    assert len(set(told.values())) == 3
    assert all("none" in message for message in told.values())


def test_a_second_page_may_look_and_take_over(client: TestClient, spec: Json) -> None:
    first = client.post("/api/desk", json={"desk": "first"})
    check_answer(spec, "POST", "/api/desk", first)
    assert first.json()["writable"]
    assert not client.post("/api/desk", json={"desk": "second"}).json()["writable"]
    operation = {"kind": "RenameSpeaker", "speaker": "judge", "name": "Ли"}
    body = {"base": 0, "operation": operation}
    refused = client.post("/api/edit", json=body, headers={"X-Desk": "second"})
    assert refused.status_code == 423
    check_answer(spec, "POST", "/api/edit", refused)
    assert client.post("/api/desk", json={"desk": "second", "take": True}).json()["writable"]
    assert client.post("/api/edit", json=body).status_code == 423
    assert client.post("/api/edit", json=body, headers={"X-Desk": "second"}).status_code == 200
    client.post("/api/desk", json={"desk": "second", "leave": True})
    assert client.post("/api/desk", json={"desk": "first"}).json()["writable"]


def test_every_export_gives_the_edited_text_and_not_the_drafts(client: TestClient) -> None:
    edit(client, 0, kind="ReplaceWords", segment="1", first=1, last=2, text="разбирательство")
    edit(client, 1, kind="RenameSpeaker", speaker="judge", name="Сейтқали")
    for form in (*FORMATS, "json"):
        answer = client.get(f"/api/export/{form}")
        assert answer.status_code == 200, form
        text = unpacked(answer.content)
        if form == "rttm":  # has no words: the turn itself must be there
            assert "SPEAKER civil-ru-kk 1 1.600" in text
            continue
        assert "разбирательство" in text, form
        assert "Судебное заседание" not in text, form


def unpacked(content: bytes) -> str:
    """Text of a file, of a DOCX too: its words without the marks between them."""
    import io  # noqa: PLC0415
    import re  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(re.sub("<[^>]+>", "", archive.read(n).decode("utf-8", "replace"))
                       for n in archive.namelist())  # fmt: skip


def test_the_rttm_export_reads_the_edited_turns(client: TestClient) -> None:
    edit(client, 0, kind="SetSpeaker", segments=["1"], speaker="interpreter")
    first = client.get("/api/export/rttm").text.splitlines()[0]
    assert "interpreter" in first


def test_the_public_copy_of_a_protected_speaker_holds_no_trace(client: TestClient) -> None:
    edit(client, 0, kind="RenameSpeaker", speaker="claimant", name="Ахметова Г. С.")
    edit(client, 1, kind="Protect", speaker="claimant", protected=True, pseudonym="Лицо А")
    edit(client, 2, kind="ReplaceWords", segment="3", first=0, last=1, text="Хатшы,")
    for form in (*FORMATS, "json"):
        text = unpacked(client.get(f"/api/export/{form}?public=true").content)
        for trace in ("Ахмет", "Ахмед", "Секретарь, доложите", "claimant"):
            if trace == "claimant" and form == "json":
                continue  # the role's key
            assert trace not in text, (form, trace)
    assert "Лицо А" in client.get("/api/export/txt?public=true").text
    some = client.get("/api/export/txt?public=true&masked=").text
    assert "Ахмедовой" in some, "what the clerk unticked stays"


def test_the_comparison_is_exported(client: TestClient) -> None:
    edit(client, 0, kind="ReplaceWords", segment="1", first=1, last=2, text="<b>слушание</b>")
    text = client.get("/api/export/comparison-txt").text
    assert "[-заседание-] {+<b>слушание</b>+}" in text
    html = client.get("/api/export/comparison-html").text
    assert "<del>заседание</del> <ins>&lt;b&gt;слушание&lt;/b&gt;</ins>" in html
    assert "<script" not in html


def test_the_masking_command_names_the_witnesss_time(client: TestClient, record_file: Path) -> None:
    assert client.get("/api/protection").json()["command"] == ""
    edit(client, 0, kind="Protect", speaker="claimant")
    told = client.get("/api/protection").json()
    assert told["command"].startswith("hattama disguise file ")
    assert str(record_file.with_name("civil-ru-kk.mp4")) in told["command"]
    turns = [s for s in client.get("/api/record").json()["segments"] if s["speaker"] == "claimant"]
    for turn in turns:
        assert any(s["start"] <= turn["start"] and turn["end"] <= s["end"] for s in told["spans"])
    assert told["command"].count("--span") == len(told["spans"])


def test_signing_freezes_the_record_and_names_its_digest(
    client: TestClient, spec: Json, record_file: Path
) -> None:
    import hashlib  # noqa: PLC0415

    edit(client, 0, kind="RenameSpeaker", speaker="judge", name="Сейтқали")
    answer = client.post("/api/sign", json={"base": 1, "name": "Омарова"})
    check_answer(spec, "POST", "/api/sign", answer)
    signed = record_file.with_name("civil-ru-kk.signed.json").read_bytes()
    assert hashlib.sha256(signed).hexdigest() == answer.json()["digest"]
    for path, body in (
        ("/api/edit", {"operation": {"kind": "DeleteTurn", "segment": "1"}}),
        ("/api/undo", {}),
        ("/api/roll-back", {"version": 0}),
        ("/api/sign", {"name": "Ли"}),
    ):
        late = client.post(path, json={"base": 2, **body})
        assert late.status_code == 409, path
        assert late.json()["error"] == "signed"


def test_a_signature_cannot_be_made_up_through_an_edit(client: TestClient) -> None:
    operation = {"kind": "Sign", "name": "Ли", "digest": "0" * 64}
    answer = client.post("/api/edit", json={"base": 0, "operation": operation})
    assert answer.status_code == 422
    assert client.get("/api/record").json()["state"] == "draft"


@pytest.mark.parametrize("asked", ["bytes=0-99", "bytes=40-47", "bytes=1001-2003", "bytes=-5"])
def test_a_part_of_the_sound_is_that_part_of_the_whole(
    client: TestClient, desk: Desk, asked: str
) -> None:
    wait_for_sound(desk)
    whole = client.get("/sound/mix.wav")
    assert whole.status_code == 200
    assert len(whole.content) == int(whole.headers["content-length"])
    part = client.get("/sound/mix.wav", headers={"Range": asked})
    assert part.status_code == 206
    first, last = asked.removeprefix("bytes=").split("-")
    expected = whole.content[int(first) : int(last) + 1] if first else whole.content[-int(last) :]
    assert part.content == expected


def test_the_made_sound_is_the_recording(client: TestClient, desk: Desk) -> None:
    wait_for_sound(desk)
    recording = desk.room.sound.recording  # type: ignore[union-attr]
    assert recording is not None
    samples = np.frombuffer(client.get("/sound/1.wav").content[44:], "<i2")
    expected = recording.tracks[0].read(0, len(recording.tracks[0]))
    assert np.array_equal(samples, np.rint(expected * 32768).astype(np.int16))
    assert client.get("/sound/9.wav").status_code == 404
    assert client.get("/sound/mix.wav", headers={"Range": "bytes=9999999999-"}).status_code == 416


def test_the_video_is_given_in_parts(client: TestClient, record_file: Path) -> None:
    part = client.get("/media", headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == record_file.with_suffix(".mp4").read_bytes()[100:200]


class Echo:
    """A recogniser that says what it was asked."""

    name = "echo"

    def recognise(self, windows: tuple[Window, ...]) -> tuple[Recognition, ...]:
        return tuple(
            Recognition((Word(f"{w.language}-{w.alternative}", w.start, w.end, 0.5, w.language),))
            for w in windows
        )


def test_a_turn_is_heard_again_and_its_words_can_be_taken(
    client: TestClient, desk: Desk, spec: Json
) -> None:
    wait_for_sound(desk)
    desk.room.reruns.load = lambda _name: Echo()  # type: ignore[assignment,return-value]
    desk.room.reruns.names = lambda: ("echo",)
    body = {"segment": "1", "recogniser": "echo", "language": "kk"}
    started = client.post("/api/rerun", json=body)
    check_answer(spec, "POST", "/api/rerun", started)
    heard: Json = {"done": False}
    for _ in range(100):
        answer = client.get(f"/api/rerun/{started.json()['job']}")
        check_answer(spec, "GET", "/api/rerun/{job}", answer)
        heard = answer.json()
        if heard["done"]:
            break
        time.sleep(0.05)
    assert [word["text"] for word in heard["words"]] == ["kk-None"]
    edit(client, 0, kind="TakeHearing", segment="1", source="echo", words=heard["words"])
    words = client.get("/api/record").json()["segments"][0]["words"]
    assert words[0][0] == "kk-None"
    assert words[0][1] >= 1.6, "the margin before the turn is not the turn's"
    unknown = client.post("/api/rerun", json={**body, "recogniser": "none"})
    assert unknown.status_code == 404


def test_choices_are_kept(client: TestClient, spec: Json) -> None:
    values = {"language": "kk", "keys": {"play": "F4"}, "speed": 1.15, "follow": False}
    check_answer(
        spec, "PUT", "/api/preferences", client.put("/api/preferences", json={"values": values})
    )
    assert client.get("/api/preferences").json() == {"values": values}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)
_KINDS = st.sampled_from([*OPERATIONS, "None"])
_VALUES = {
    "segment": st.sampled_from(["1", "s", "5", "", "x"]),
    "speaker": st.sampled_from(["judge", "x"]),
    "first": st.integers(-2, 9), "last": st.integers(-2, 9), "word": st.integers(-2, 9),
    "at": st.integers(-2, 9), "reading": st.integers(-2, 9), "text": st.text(max_size=20),
    "name": st.text(max_size=20), "role": st.text(max_size=20), "into": st.just("judge"),
    "start": st.floats(), "end": st.floats(), "segments": st.just(["1", "2"]),
    "protected": st.booleans(), "pseudonym": st.text(max_size=9), "source": st.text(max_size=9),
    "words": st.just([]), "items": st.just([]),
}  # fmt: skip


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_request_makes_the_server_fail(
    client: TestClient, spec: Json, data: st.DataObject
) -> None:
    endpoint = data.draw(st.sampled_from(ENDPOINTS))
    path = endpoint.path
    for name in ("format", "channel", "job"):
        value = data.draw(
            st.sampled_from(["txt", "1", "0", "-1", "x", "json", "99999999999999999"])
        )
        path = path.replace(f"{{{name}}}", value)
    query = data.draw(
        st.dictionaries(st.sampled_from([*endpoint.query, "x"]), st.text(max_size=9), max_size=2)
    )
    body: Any = None
    if endpoint.body is not None:
        body = data.draw(_JSON)
        if data.draw(st.booleans()):
            version = client.get("/api/changes?since=0").json()["version"]
            fields = data.draw(st.fixed_dictionaries({}, optional=_VALUES))
            body = {
                "base": version,
                "operation": {"kind": data.draw(_KINDS), **fields},
            }
            if endpoint.path != "/api/edit":
                body = {"base": version} | data.draw(
                    st.dictionaries(st.sampled_from(["version", "pattern", "x"]), _JSON, max_size=2)
                )
    content = None if body is None else json.dumps(body, ensure_ascii=True).encode()
    answer = client.request(endpoint.method, path, params=query, content=content)
    assert answer.status_code < 500, (path, query, body, answer.text)
    check_answer(spec, endpoint.method, endpoint.path, answer)
