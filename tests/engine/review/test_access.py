"""Who may talk to the desk."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from hattama.engine.review.desk import Desk

Visit = Callable[[], TestClient]

EDIT = {
    "base": 0,
    "operation": {"kind": "RenameSpeaker", "speaker": "judge", "name": "Чужой"},
}


def assert_refused(client: TestClient, desk: Desk, **headers: str) -> None:
    for method, path in (
        ("GET", "/"),
        ("GET", "/api/record"),
        ("GET", "/media"),
        ("GET", "/static/main.js"),
        ("POST", "/api/edit"),
        ("POST", "/api/undo"),
        ("PUT", "/api/preferences"),
        ("GET", "/api/export/txt"),
    ):
        body = None if method == "GET" else EDIT
        answer = client.request(method, path, json=body, headers=headers)
        assert answer.status_code == 403, (method, path)
        assert "Сейтқали" not in answer.text
    assert desk.room.record.version == 0
    assert not desk.room.record.journal.entries


def test_who_has_no_session_gets_nothing(desk: Desk, visit: Visit) -> None:
    assert_refused(visit(), desk)


@pytest.mark.parametrize("token", ["", "wrong", "ж", "a" * 5000])
def test_a_wrong_token_opens_nothing_and_spends_nothing(
    desk: Desk, visit: Visit, token: str
) -> None:
    guest = visit()
    assert guest.get("/open", params={"token": token}).status_code == 403
    assert_refused(guest, desk)
    assert visit().get(desk.address).status_code == 200


def test_the_address_works_once(desk: Desk, visit: Visit) -> None:
    address = desk.address
    assert visit().get(address).status_code == 200
    second = visit()
    assert second.get(address).status_code == 403
    assert_refused(second, desk)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:1"},
        {"Host": "127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_foreign_page_gets_nothing_even_with_the_session(
    client: TestClient, desk: Desk, headers: dict[str, str]
) -> None:
    assert_refused(client, desk, **headers)


@pytest.mark.parametrize("cookie", ["=", "hattama=1", "hattama-{port}=wrong", 'x="'])
def test_a_made_up_cookie_is_refused(desk: Desk, visit: Visit, cookie: str) -> None:
    assert_refused(visit(), desk, Cookie=cookie.format(port=desk.gate.port))


@pytest.mark.parametrize(
    "path",
    [
        "/static/../access.py",
        "/static/%2e%2e/access.py",
        "/static/..%2f..%2f..%2fetc/passwd",
        "/static//etc/passwd",
        "/static/locale",
        "/static/",
    ],
)
def test_a_path_outside_the_page_is_refused(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in {403, 404}
    assert "Gate" not in answer.text
    assert "root:" not in answer.text


def test_every_answer_forbids_the_outside(client: TestClient) -> None:
    for path in ("/", "/api/record", "/nowhere", "/static/none"):
        answer = client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_page_asks_for_nothing_outside(client: TestClient, desk: Desk) -> None:
    from hattama.engine.review.app import _shipped  # noqa: PLC0415  the list of what is shipped

    for name in _shipped():
        text = client.get(f"/static/{name}").text
        outside = [part for part in ("https://", "//cdn", "@import") if part in text]
        assert not outside, name
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", ""), name
    del desk


def test_the_session_cookie_is_for_this_site_alone(desk: Desk, visit: Visit) -> None:
    answer = visit().get(desk.address, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert answer.headers["location"] == "/"


def test_the_desk_listens_on_this_machine_alone(desk: Desk) -> None:
    assert desk.listener.getsockname()[0] == "127.0.0.1"


def test_small_answers_are_sent_at_once(desk: Desk) -> None:
    # asyncio sets TCP_NODELAY where the protocol is named; else each edit waits 40 ms.
    assert desk.listener.proto == socket.IPPROTO_TCP
