"""Folders in the real forms of FLEURS, Common Voice and STM, with what goes wrong in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.speech_sets import BadSetError, SpeechSet, read_folder

COMMON_VOICE = (
    "client_id\tpath\tsentence_id\tsentence\tsentence_domain\tup_votes\tdown_votes\tage\tgender\t"
    "accents\tvariant\tlocale\tsegment"
)
OLD_COMMON_VOICE = (
    "client_id\tpath\tsentence\tup_votes\tdown_votes\tage\tgender\taccent\tlocale\tsegment"
)


def voice(path: str, sentence: str, locale: str = "kk") -> str:
    """A line of Common Voice's test.tsv, as releases since 17 have it."""
    return f"a3f0\t{path}\t9c1e\t{sentence}\t\t2\t0\ttwenties\tfemale_feminine\t\t\t{locale}\t"


def common_voice(folder: Path, *lines: str, head: str = COMMON_VOICE) -> Path:
    """A release's folder of one language, with a clip for each name that begins with `there`."""
    (folder / "clips").mkdir()
    for line in lines:
        name = line.split("\t")[1]
        if name.startswith("there"):
            (folder / "clips" / name).write_bytes(b"mp3")
    (folder / "test.tsv").write_text("\n".join((head, *lines)) + "\n", "utf-8")
    return folder


def fleurs_line(number: int, name: str, raw: str) -> str:
    """Id, file, text as written, text, its letters, samples, gender: FLEURS has no head."""
    plain = raw.lower().replace(",", "").replace('"', "")
    letters = " | ".join(" ".join(word) for word in plain.split())
    return f"{number}\t{name}\t{raw}\t{plain}\t{letters} |\t103680\tFEMALE"


def fleurs(folder: Path, *lines: str, sounds: str = "audio/test") -> Path:
    (folder / sounds).mkdir(parents=True, exist_ok=True)
    for line in lines:
        (folder / sounds / line.split("\t")[1]).write_bytes(b"wav")
    (folder / "test.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def only(folder: Path, language: str = "", most: int = 500) -> SpeechSet:
    (found,) = read_folder(folder, language, most)
    return found


def texts(found: SpeechSet) -> list[str]:
    return [" ".join(w.text for w in spoken.reference.words) for spoken in found.recordings]


def test_common_voice_is_read_with_the_language_of_its_locale(tmp_path: Path) -> None:
    folder = common_voice(
        tmp_path,
        voice("there_kk_1.mp3", "Бүгін күн жылы."),
        voice("there_kk_2.mp3", "«Жоқ», — деді ол."),
    )
    found = only(folder)
    assert (found.name, found.language, found.hearing) == ("Common Voice kk", "kk", False)
    assert texts(found) == ["Бүгін күн жылы.", "«Жоқ», — деді ол."]
    assert {w.language for spoken in found.recordings for w in spoken.reference.words} == {"kk"}
    assert found.recordings[0].sound == folder / "clips" / "there_kk_1.mp3"
    assert found.notes == ()


def test_old_common_voice_without_sentence_ids_or_endings_is_read(tmp_path: Path) -> None:
    line = "a3f0\tthere_ru_1\tКак дела?\t2\t0\t\t\t\tru\t"
    folder = common_voice(tmp_path, line, head=OLD_COMMON_VOICE)
    (folder / "clips" / "there_ru_1").rename(folder / "clips" / "there_ru_1.mp3")
    found = only(folder)
    assert found.language == "ru"
    assert found.recordings[0].sound.name == "there_ru_1.mp3"


def test_missing_clips_and_empty_sentences_are_left_out_and_counted(tmp_path: Path) -> None:
    folder = common_voice(
        tmp_path,
        voice("there_1.mp3", "Иә"),
        voice("gone_1.mp3", "Жоқ"),
        voice("gone_2.mp3", "Мүмкін"),
        voice("there_2.mp3", "  "),
    )
    found = only(folder)
    assert texts(found) == ["Иә"]
    assert found.notes == (
        "Common Voice kk: 2 of 4 recordings are missing, gone_1.mp3 first; left out.",
        "Common Voice kk: 1 of 4 texts are empty, there_2.mp3 first; left out.",
    )


def test_quotes_in_a_table_are_part_of_the_text(tmp_path: Path) -> None:
    folder = common_voice(
        tmp_path, voice("there_1.mp3", '"Алматы'), voice("there_2.mp3", 'қаласы"')
    )
    assert texts(only(folder)) == ['"Алматы', 'қаласы"']


def test_windows_line_ends_and_a_byte_order_mark_are_no_text(tmp_path: Path) -> None:
    folder = common_voice(tmp_path, voice("there_1.mp3", "Иә"))
    table = folder / "test.tsv"
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes().replace(b"\n", b"\r\n"))
    assert texts(only(folder)) == ["Иә"]


def test_fleurs_gives_the_text_as_it_was_written(tmp_path: Path) -> None:
    folder = fleurs(
        tmp_path,
        fleurs_line(1904, "10001.wav", 'Ол: "Мен 3 рет бардым", деді.'),
        fleurs_line(1904, "10002.wav", 'Ол: "Мен 3 рет бардым", деді.'),
    )
    found = only(folder, "kk")
    assert (found.name, found.language) == ("FLEURS kk", "kk")
    assert texts(found) == ['Ол: "Мен 3 рет бардым", деді.'] * 2
    assert found.recordings[1].sound == folder / "audio" / "test" / "10002.wav"


@pytest.mark.parametrize("sounds", ["test", "audio", "."])
def test_fleurs_sound_is_found_wherever_the_archive_was_unpacked(
    tmp_path: Path, sounds: str
) -> None:
    folder = fleurs(tmp_path, fleurs_line(1, "1.wav", "Иә"), sounds=sounds)
    assert only(folder, "kk").recordings[0].sound.exists()


def test_another_table_of_the_folder_can_be_given(tmp_path: Path) -> None:
    folder = fleurs(tmp_path, fleurs_line(1, "1.wav", "Да"), sounds="audio/dev")
    (folder / "test.tsv").rename(folder / "dev.tsv")
    assert texts(only(folder / "dev.tsv", "ru")) == ["Да"]


def test_no_more_than_the_wanted_recordings_are_taken_and_a_note_says_so(tmp_path: Path) -> None:
    folder = fleurs(tmp_path, *(fleurs_line(n, f"{n}.wav", f"сөз {n}") for n in range(5)))
    found = only(folder, "kk", most=2)
    assert texts(found) == ["сөз 0", "сөз 1"]
    assert found.notes == ("FLEURS kk: the first 2 of 5 recordings.",)


def test_each_stm_beside_a_recording_is_a_hearing_of_its_own(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.stm").write_text(f"{name} 1 judge 0.5 1.5 <ru> Тишина!\n", "utf-8")
    (tmp_path / "a.wav").write_bytes(b"")
    (tmp_path / "b.mp4").write_bytes(b"")
    (tmp_path / "b.rttm").write_text("SPEAKER b 1 0.6 0.8 <NA> <NA> judge <NA> <NA>\n", "utf-8")
    first, second = read_folder(tmp_path)
    assert (first.name, second.name, first.hearing) == ("a", "b", True)
    assert first.recordings[0].reference.turns[0].start == 0.5
    assert second.recordings[0].reference.turns[0].start == 0.6
    assert first.notes == ("c.stm has no recording beside it and was left out.",)


def test_a_bad_stm_is_left_out_and_the_others_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.stm").write_text("a 1 judge later 1.5 Тишина!\n", "utf-8")
    (tmp_path / "b.stm").write_text("b 1 judge 0.5 1.5 Тишина!\n", "utf-8")
    (tmp_path / "c.stm").write_text("c 1 judge 0.5 1.5 <ru>\n", "utf-8")
    (tmp_path / "d.stm").write_bytes("d 1 judge 0.5 1.5 Тишина!".encode("cp1251"))
    for name in "abcd":
        (tmp_path / f"{name}.wav").write_bytes(b"")
    (found,) = read_folder(tmp_path)
    assert found.name == "b"
    assert [note.split(":")[0] for note in found.notes] == [
        "a.stm was left out", "c.stm has no words and was left out.", "d.stm was left out",
    ]  # fmt: skip
    assert "is not UTF-8 (byte 18)" in found.notes[2]


def test_phrases_take_their_text_from_the_readme_above_them(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Phrases: `kk-a` «Сәлем бе», `kk-b` «Иә».", "utf-8")
    folder = tmp_path / "speech"
    folder.mkdir()
    for name in ("kk-a.mp3", "ru-x.flac"):
        (folder / name).write_bytes(b"")
    found = only(folder, "kk")
    assert (found.name, texts(found)) == ("phrases kk", ["Сәлем бе"])
    assert found.notes == ("No text to compare with: ru-x.",)


def _not_utf_8(folder: Path) -> None:
    common_voice(folder, voice("there_1.mp3", "Иә"))
    (folder / "test.tsv").write_bytes((COMMON_VOICE + "\nа").encode("cp1251"))


@pytest.mark.parametrize(
    ("make", "language", "line"),
    [
        (lambda _: None, "kk", "is no set; allowed are FLEURS and Common Voice"),
        (lambda f: f.rmdir(), "kk", "there is no such folder"),
        (lambda f: fleurs(f, fleurs_line(1, "1.wav", "Иә")), "", "its language: set=kk or set=ru"),
        (lambda f: fleurs(f, fleurs_line(1, "1.wav", "Иә")), "en", "allowed languages are kk, ru"),
        (lambda f: common_voice(f, voice("there_1.mp3", "Yes", "en")), "", "give its language"),
        (lambda f: common_voice(f, voice("gone.mp3", "Иә")), "kk", "1 of 1 recordings are missing"),
        (lambda f: common_voice(f, head=COMMON_VOICE), "kk", "has no recordings"),
        (lambda f: common_voice(f, head=COMMON_VOICE.replace("\tsentence\t", "\ttext\t")), "kk",
         "has no column sentence"),
        (lambda f: fleurs(f, "1\t1.wav\tИә"), "kk", "test.tsv, line 1: 3 columns where 7"),
        (lambda f: common_voice(f, voice("there_1.mp3", "Иә\tжоқ")), "kk",
         "test.tsv, line 2: 14 columns where 13"),
        (lambda f: (f / "test.tsv").write_text("\n"), "kk", "test.tsv is empty"),
        (_not_utf_8, "kk", "test.tsv is not UTF-8 (byte "),
    ],
)  # fmt: skip
def test_a_folder_that_cannot_be_measured_is_refused_in_one_line(
    tmp_path: Path, make: object, language: str, line: str
) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    assert callable(make)
    make(folder)
    with pytest.raises(BadSetError) as caught:
        read_folder(folder, language)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)
