"""`hattama score`: how far a record is from a reference."""

from __future__ import annotations

import json as json_format
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from hattama.engine.cli.language import translate
from hattama.engine.errors import BadInputError
from hattama.engine.scoring.errors import ErrorCounts
from hattama.engine.scoring.reference import load
from hattama.engine.scoring.score import Scores
from hattama.engine.scoring.score import score as measure
from hattama.engine.scoring.speakers import DiarizationScores
from hattama.engine.scoring.words import Share, TimeError

Row = tuple[str, str, str]
"""Name of a rate, its value, what it is made of."""


class NothingToMeasureError(BadInputError):
    """Record and reference have nothing in common that can be compared."""


def score(
    record: Path,
    *,
    reference: Annotated[tuple[Path, ...], Parameter(name=["--reference", "-r"], negative=())],
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Measure a record against what was really said.

    Parameters
    ----------
    record
        The record (.json), or turns (.rttm), or phrases (.stm).
    reference
        .stm, .rttm, .json or .txt; an .stm for the words and an .rttm for the turns may be given
        together.
    json
        Print JSON.
    """
    scores = measure(load([record]), load(reference))
    if scores.words is None and scores.diarization is None:
        raise NothingToMeasureError(
            "{record} and the reference have neither words nor turns in common; give an .stm.",
            record=record.name,
        )
    if json:
        content = json_format.dumps(as_json(scores), ensure_ascii=False, indent=2)
        Console().print(content, markup=False, highlight=False, soft_wrap=True)
        return
    table = Table(box=SIMPLE_HEAD)
    table.add_column(translate("Measure"))
    table.add_column(translate("Value"), justify="right")
    table.add_column(translate("Made of"))
    for row in _rows(scores):
        table.add_row(*row)
    Console(highlight=False).print(table)


def as_json(scores: Scores) -> dict[str, Any]:
    """The scores as JSON values: rates and counts, null where the reference cannot tell."""
    value: Any = _plain(scores)
    return dict(value)


def _plain(value: Any) -> Any:
    if isinstance(value, ErrorCounts | Share):
        rate = value.rate
        return {"rate": None if math.isnan(rate) else rate, **asdict(value)}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _rows(scores: Scores) -> Iterator[Row]:
    if scores.words is not None:
        yield _errors(translate("WER as written"), scores.words.verbatim)
        yield _errors(translate("WER normalised"), scores.words.normalised)
        for language, counts in scores.words.by_language.items():
            yield _errors(translate("WER normalised") + f", {language}", counts)
        yield _errors(translate("CER normalised"), scores.words.characters)
    if scores.speaker_words is not None:
        yield _errors(translate("cpWER normalised"), scores.speaker_words.words)
        if scores.speaker_words.timed is not None:
            yield _errors(translate("tcpWER normalised"), scores.speaker_words.timed)
    if scores.diarization is not None:
        yield from _diarization(scores.diarization)
    if scores.languages is not None:
        yield _languages(scores.languages)
    if scores.first_words is not None:
        yield from _times(scores.first_words)


def _errors(name: str, counts: ErrorCounts) -> Row:
    parts = translate(
        "{substitutions} wrong, {deletions} missing, {insertions} extra of {reference}"
    )
    return name, _percent(counts.rate), parts.format(**asdict(counts))


def _diarization(scores: DiarizationScores) -> Iterator[Row]:
    parts = translate(
        "{missed:.1f} s missed, {extra:.1f} s false, {confused:.1f} s confused of {total:.1f} s"
    ).format(
        missed=scores.missed_s,
        extra=scores.false_alarm_s,
        confused=scores.confusion_s,
        total=scores.total_s,
    )
    yield "DER", _percent(scores.der), parts
    speakers = translate("{found} speakers found of {expected}")
    yield (
        "JER",
        _percent(scores.jer),
        speakers.format(found=scores.speakers_found, expected=scores.speakers),
    )


def _languages(share: Share) -> Row:
    parts = translate("{right} of {total} words").format(right=share.right, total=share.total)
    return translate("Language right"), _percent(share.rate), parts


def _times(times: TimeError) -> Iterator[Row]:
    parts = translate("{measured} of {phrases} phrases").format(
        measured=times.measured, phrases=times.phrases
    )
    yield translate("First word, median"), f"{times.median_s:.3f} s", parts
    late = translate("signed median: {bias:+.3f} s").format(bias=times.bias_s)
    yield translate("First word, 95 %"), f"{times.percentile_95_s:.3f} s", late


def _percent(rate: float) -> str:
    return "–" if math.isnan(rate) else f"{100 * rate:.1f} %"
