from __future__ import annotations

import hashlib
import json as plain_json
from pathlib import Path

import pytest

from hattama.disguise.audition import Choice
from hattama.disguise.secret import Secret
from hattama.engine.cli import disguise_file
from hattama.engine.cli.disguise_places import PlaceError, Places, read_beeps
from hattama.engine.cli.main import run
from hattama.engine.document import json
from hattama.engine.document.model import Media, Provenance, Segment, Speaker, Transcript, Word


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HATTAMA_LANG", "en")


@pytest.fixture
def record(tmp_path: Path, samples: Path) -> Path:
    digest = hashlib.sha256((samples / "civil-ru-kk.mp4").read_bytes()).hexdigest()
    transcript = Transcript(
        Media("civil-ru-kk.mp4", digest, 106.0, 1),
        (Speaker("1", "Айгуль Ахметова", channel=0), Speaker("2", "Судья")),
        (
            Segment("a", 20.0, 24.0, "1", (Word("Ахметова", 21.0, 21.6, 0.9),)),
            Segment("b", 30.0, 32.0, "2", (Word("Ахметовой", 30.5, 31.0, 0.9),)),
        ),
        Provenance("hattama 0", "2026-01-01T00:00:00Z"),
    )
    path = tmp_path / "in.record.json"
    json.write(path, transcript)
    return path


def test_a_span_in_timecode_is_disguised_and_logged(
    tmp_path: Path, samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, sealed = tmp_path / "out.mp4", tmp_path / "sealed.json"
    arguments = ["disguise", "file", str(samples / "civil-ru-kk.mp4"), "-o", str(out), "-q"]
    span = ["--span", "10:02:35:00-10:02:41:12", "--unproven"]
    assert run([*arguments, *span, "--seal", str(sealed)]) == 0
    told = capsys.readouterr().out
    assert "6.5 s disguised in every channel" in told
    assert f"hattama disguise check {arguments[2]} {out}" in told
    log = plain_json.loads((tmp_path / "out.disguise.json").read_text("utf-8"))
    assert log["output"]["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert log["spans"][0]["start_timecode"] == "10:02:35:00"
    assert log["spans"][0]["end_timecode"] == "10:02:41:12"
    secret = plain_json.loads(sealed.read_text("ascii"))["secret"]
    assert len(secret) == 64
    assert secret not in (tmp_path / "out.disguise.json").read_text("utf-8")
    assert sealed.stat().st_mode & 0o777 == 0o600
    assert run([*arguments, *span, "--seal", str(sealed)]) == 2
    assert "never replaced" in capsys.readouterr().err


def test_too_little_speech_to_compare_voices_is_refused_before_any_work(
    tmp_path: Path, samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    media, out = str(samples / "civil-ru-kk.mp4"), tmp_path / "out.mp4"
    arguments = ["disguise", "file", media, "-o", str(out), "--span", "20-26", "--no-listen", "-q"]
    assert run(arguments) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "at least 12 s, or --unproven" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.weights
def test_a_voice_is_chosen_and_proven_before_the_result_is_handed_out(
    tmp_path: Path,
    samples: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The claimant, whose last turn is left out of the spans: that is told."""
    seeds = iter(range(1, 100))
    monkeypatch.setattr(Secret, "fresh", lambda: Secret(bytes([next(seeds)]) * 32))
    media, out, picture = samples / "civil-ru-kk.mp4", tmp_path / "out.mp4", tmp_path / "p.png"
    arguments = ["disguise", "file", str(media), "-o", str(out), "--span", "45.7-58.1"]
    assert run([*arguments, "--no-listen", "--picture", str(picture), "-q"]) == 0
    told = capsys.readouterr().out
    assert "was not found in this recording" in told or "more like the witness" in told
    assert "outside the spans" in told
    assert picture.read_bytes().startswith(b"\x89PNG")
    checked = plain_json.loads((tmp_path / "out.disguise.json").read_text("utf-8"))["voice_check"]
    assert checked["outcome"] in {"hidden", "doubtful"}
    assert set(checked["voice_prints"]) == {"campplus", "ge2e"}
    assert any(abs(start - 69.0) < 6.0 for start, _end in checked["heard_elsewhere"])
    assert run(["disguise", "check", str(media), str(out), "--no-listen", "-q"]) == 0


@pytest.mark.weights
def test_a_profile_that_leaves_the_voice_recognisable_hands_nothing_out(
    tmp_path: Path,
    samples: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the secret: one is as good as eight, and choosing has tests of its own."""
    choice = Choice(Secret(bytes(32)), [])
    monkeypatch.setattr(disguise_file, "choose_secret", lambda *_, **__: choice)
    mild = tmp_path / "mild.toml"
    mild.write_text(
        "mapping = 0.0\nmapping_high = 0.0\nremainder = 0.0\nbias = 0.0\nnormalisation = 0.0\n"
        "twist = 0.0\ntilt = 0.0\ncolour = 0.0\nwarp = 0.0\n"
        "shade = 0.0\nbass = 0.0\nbass_from_hz = 0.0\n"
        "bend = 0.0\ndynamics = 1.0\nlowest_pitch_hz = 120.0\nhighest_pitch_hz = 125.0\n"
    )
    media, out = samples / "civil-ru-kk.mp4", tmp_path / "out.mp4"
    arguments = ["disguise", "file", str(media), "-o", str(out), "--span", "78-91.4"]
    assert run([*arguments, "--profile", str(mild), "--no-listen", "-q"]) == 1
    told = capsys.readouterr().err
    assert "do not hand this recording out" in told
    assert "nothing was handed out" in told
    assert [path.name for path in tmp_path.iterdir()] == ["mild.toml"]


def test_without_a_seal_the_secret_is_nowhere(tmp_path: Path, samples: Path) -> None:
    out = tmp_path / "out.mp4"
    media = str(samples / "civil-ru-kk.mp4")
    assert (
        run(["disguise", "file", media, "-o", str(out), "--span", "20-22", "-q", "--unproven"]) == 0
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.disguise.json", "out.mp4"]


def test_a_speaker_of_the_record_becomes_a_pseudonym_in_voice_and_text(
    tmp_path: Path, samples: Path, record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, beeps = tmp_path / "out.mp4", tmp_path / "beeps.txt"
    beeps.write_text("# names\n\nАхметова\n", "utf-8")
    media = str(samples / "civil-ru-kk.mp4")
    speaker = ["--speaker", "Айгуль Ахметова", "--record", str(record), "--pseudonym", "Куә А"]
    arguments = ["disguise", "file", media, "-o", str(out), *speaker, "--unproven", "-q"]
    arguments += ["--beep", str(beeps)]
    assert run(arguments) == 0
    changed = json.read(tmp_path / "out.record.json")
    assert changed.speakers[0].pseudonym == "Куә А"
    assert changed.speakers[0].protected
    assert changed.media.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    text = (tmp_path / "out.record.json").read_text("utf-8")
    assert "Айгуль" not in text
    assert changed.segments[0].text == "[…]"
    warned = capsys.readouterr().err
    assert "10:02:45:12 Ахметовой" in warned
    assert "Ахметова" not in warned.replace("Ахметовой", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "one of --span, --speaker or --all"),
        (["--all", "--span", "1-2"], "one of --span, --speaker or --all"),
        (["--speaker", "X"], "needs --record"),
        (["--span", "1"], "no span"),
        (["--span", "a-b"], "no span"),
        (["--span", "5-4"], "empty"),
        (["--span", "500-600"], "outside the recording"),
        (["--span", "1-2", "--profile", "loud"], "loud"),
    ],
)
def test_bad_wishes_end_with_one_line_and_status_2(
    tmp_path: Path,
    samples: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    media = str(samples / "civil-ru-kk.mp4")
    code = run(["disguise", "file", media, "-o", str(tmp_path / "o.mp4"), "-q", *arguments])
    error = capsys.readouterr().err
    assert code == 2
    assert message in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_list_of_tones_takes_timecodes_seconds_and_words(
    tmp_path: Path, samples: Path, record: Path
) -> None:
    places = Places.of(samples / "civil-ru-kk.mp4")
    path = tmp_path / "beeps.txt"
    path.write_text("10:02:16:00-10:02:16:12\n2.5-3\nахметов*\n", "utf-8")
    spans = read_beeps(path, places, json.read(record))
    assert [(round(s.start, 2), round(s.end, 2)) for s in spans] == [
        (1.0, 1.48),
        (2.5, 3.0),
        (20.92, 21.68),
        (30.42, 31.08),
    ]
    with pytest.raises(PlaceError, match="--record"):
        read_beeps(path, places, None)
