"""The words that exports print of their own, in every language of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ExportLanguage = Literal["kk", "ru", "en"]
"""Language of headings and labels; the words of the hearing stay as they were said."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's words."""

    draft: str
    """Mark of a record that nobody has signed."""
    draft_note: str
    """What the mark means, one sentence."""
    edited_note: str
    """The same once somebody has edited it."""
    title: str
    court: str
    case: str
    day: str
    place: str
    recording: str
    participants: str
    unintelligible: str
    """Stands for speech in which no word was recognised."""
    overlap: str
    """Stands before words that others talk over."""
    gap: str
    """With `{start}` and `{end}`."""
    unknown_speaker: str
    speaker: str
    """A speaker of whom nothing is known but the number."""
    protected_person: str
    """A protected speaker without a known role."""
    legend: str
    doubt_example: str
    """A word that shows how a doubtful one looks."""
    legend_doubt: str
    legend_unintelligible: str
    legend_overlap: str
    legend_written: str
    """Says that digits stand for words."""
    legend_time: str
    """With `{source}`."""
    sources: dict[str, str]
    """Where the timecode was found, by `ClockInfo.timecode_source`."""
    media_times: str
    proceedings: str
    """Heading of the words themselves."""
    provenance: str
    program: str
    created: str
    model: str
    task: str
    digest: str
    file: str
    length: str
    page: str
    months: tuple[str, ...]
    day_format: str
    """With `{day}`, `{month}`, `{year}`."""


TEXTS: dict[ExportLanguage, Texts] = {
    "kk": Texts(
        draft="ЖОБА",
        draft_note="Машина жасаған, әлі хаттама емес: жазбамен салыстырып тексеру қажет.",
        edited_note="Түзетілген, әлі хаттама емес: қол қойылмаған.",
        title="Сот отырысының хаттамасы",
        court="Сот",
        case="Істің нөмірі",
        day="Күні",
        place="Орны",
        recording="Жазба",
        participants="Қатысушылар",
        unintelligible="анық емес",
        overlap="бір мезгілде сөйлейді",
        gap="Жазба {start} – {end} аралығында үзілген",
        unknown_speaker="Сөйлеуші анықталмады",
        speaker="Сөйлеуші",
        protected_person="Қорғалатын адам",
        legend="Белгілер",
        doubt_example="сөз",
        legend_doubt="күмәнді сөз, жазбамен салыстырып тексеріңіз",
        legend_unintelligible="сөйлеу естіледі, бірақ сөздері танылмады",
        legend_overlap="бірнеше адам қатар сөйлейді",
        legend_written="Сандар цифрмен жазылған; сөзбе-сөз айтылғаны хаттаманың JSON файлында.",
        legend_time="Сол жақта – уақыт коды (сағат:минут:секунд:кадр), көзі: {source}.",
        sources={"option": "хатшы берген", "tmcd": "жазба файлы (tmcd)", "mxf": "жазба файлы (MXF)",
                 "tag": "жазба файлының белгісі", "bwf": "жазба файлы (BWF)",
                 "zero": "жазбаның басынан (файлда уақыт коды жоқ)"},
        media_times="Сол жақта – жазба басынан есептелген уақыт (сағат:минут:секунд).",
        proceedings="Отырыстың барысы",
        provenance="Жобаның шығу тегі",
        program="Бағдарлама",
        created="Жасалған уақыты",
        model="Модель",
        task="Міндеті",
        digest="SHA-256",
        file="Файл",
        length="Ұзақтығы",
        page="бет",
        months=("қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз",
                "қыркүйек", "қазан", "қараша", "желтоқсан"),
        day_format="{year} жылғы {day} {month}",
    ),
    "ru": Texts(
        draft="ЧЕРНОВИК",
        draft_note="Составлен машиной, ещё не протокол: подлежит сверке с записью.",
        edited_note="Отредактирован, ещё не протокол: не подписан.",
        title="Протокол судебного заседания",
        court="Суд",
        case="Номер дела",
        day="Дата",
        place="Место",
        recording="Запись",
        participants="Участники",
        unintelligible="неразборчиво",
        overlap="говорят одновременно",
        gap="Запись прервана с {start} по {end}",
        unknown_speaker="Говорящий не установлен",
        speaker="Говорящий",
        protected_person="Защищаемое лицо",
        legend="Обозначения",
        doubt_example="слово",
        legend_doubt="сомнительное слово, сверьте с записью",
        legend_unintelligible="речь слышна, слова не распознаны",
        legend_overlap="говорят несколько человек сразу",
        legend_written="Числа записаны цифрами; дословно сказанное – в файле JSON этого протокола.",
        legend_time="Слева – тайм-код (часы:минуты:секунды:кадры), источник: {source}.",
        sources={"option": "задан при составлении", "tmcd": "файл записи (tmcd)",
                 "mxf": "файл записи (MXF)", "tag": "метка в файле записи",
                 "bwf": "файл записи (BWF)", "zero": "от начала записи (в файле тайм-кода нет)"},
        media_times="Слева – время от начала записи (часы:минуты:секунды).",
        proceedings="Ход заседания",
        provenance="Происхождение черновика",
        program="Программа",
        created="Составлен",
        model="Модель",
        task="Назначение",
        digest="SHA-256",
        file="Файл",
        length="Длительность",
        page="стр.",
        months=("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа",
                "сентября", "октября", "ноября", "декабря"),
        day_format="{day} {month} {year} года",
    ),
    "en": Texts(
        draft="DRAFT",
        draft_note="Made by a machine, not the record of the court: compare it with the recording.",
        edited_note="Edited, not the record of the court: nobody has signed it.",
        title="Record of the hearing",
        court="Court",
        case="Case number",
        day="Date",
        place="Place",
        recording="Recording",
        participants="Participants",
        unintelligible="unintelligible",
        overlap="speaking at the same time",
        gap="The recording breaks off from {start} to {end}",
        unknown_speaker="Speaker not identified",
        speaker="Speaker",
        protected_person="Protected person",
        legend="Marks",
        doubt_example="word",
        legend_doubt="doubtful word, compare with the recording",
        legend_unintelligible="somebody speaks, no word was recognised",
        legend_overlap="several people speak at once",
        legend_written="Numbers are in digits; what was said word for word is in the JSON record.",
        legend_time="On the left: timecode (hours:minutes:seconds:frames), source: {source}.",
        sources={"option": "given when the draft was made", "tmcd": "recording (tmcd)",
                 "mxf": "recording (MXF)", "tag": "tag in the recording", "bwf": "recording (BWF)",
                 "zero": "from the start (the recording has none)"},
        media_times="On the left: time from the start of the recording (hours:minutes:seconds).",
        proceedings="The hearing",
        provenance="Origin of the draft",
        program="Program",
        created="Made",
        model="Model",
        task="Task",
        digest="SHA-256",
        file="File",
        length="Length",
        page="page",
        months=("January", "February", "March", "April", "May", "June", "July", "August",
                "September", "October", "November", "December"),
        day_format="{day} {month} {year}",
    ),
}  # fmt: skip
