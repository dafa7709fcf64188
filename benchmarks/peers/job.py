"""What a peer is told and how it answers. Imported in the peer's own environment: only stdlib.

The job is a JSON file: `recordings`, `output`, `language` (null: to be found), `model` (a folder in
CTranslate2's form), `openai` (the same weights in openai-whisper's form). The answer to recording N
is `N.words.json` in the output folder: phrases with words; a recording that the peer fails on gets
`N.failed.txt`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


def phrase(start: float, end: float, words: Iterable[Answer]) -> Answer:
    """One phrase, times in seconds."""
    return {"start": start, "end": end, "words": list(words)}


def word(text: str, start: float | None = None, end: float | None = None) -> Answer:
    """One word; without times where the peer has none."""
    return {"text": text.strip(), "start": start, "end": end}


def work(load: Callable[[Answer], Callable[[str], Answer]]) -> None:
    """Do the job whose file is the only argument.

    Parameters
    ----------
    load
        Loads the peer for a job and gives a function from a recording to its answer: `language`
        and `phrases`, and `note` where there is something to say.
    """
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    transcribe, output = load(job), Path(job["output"])
    for number, recording in enumerate(job["recordings"]):
        try:
            answer = transcribe(recording)
        except Exception as error:  # noqa: BLE001  whatever a peer raises is a failed recording
            (output / f"{number}.failed.txt").write_text(
                f"{type(error).__name__}: {error}", "utf-8"
            )
            continue
        content = json.dumps(answer, ensure_ascii=False)
        (output / f"{number}.words.json").write_text(content, "utf-8")
