"""A picture of a check: spectrograms before and after, and the likeness over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hattama.disguise.decoding import COMPARED_HZ
from hattama.disguise.errors import MediaError

if TYPE_CHECKING:
    from hattama.disguise.check import CheckReport
    from hattama.disguise.moments import Moment

_SHOWN_S = 12.0


def draw(
    path: Path,
    report: CheckReport,
    found: Sequence[Moment],
    words: Callable[[str], str] = str,
) -> None:
    """Write the picture as PNG.

    Parameters
    ----------
    found
        The pieces that `check` compared.
    words
        Translates the picture's few words.

    Raises
    ------
    MediaError
        When matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  heavy
        from matplotlib.figure import Figure  # noqa: PLC0415  likewise
    except ImportError as error:
        raise MediaError("a picture needs matplotlib; install it or leave --picture out") from error
    figure = Figure(figsize=(10, 8), layout="constrained")
    FigureCanvasAgg(figure)
    before, after, scores = figure.subplots(3, 1)
    for axes, which, title in ((before, "heard", "Original"), (after, "said", "Disguised")):
        parts = [getattr(moment, which) for moment in found]
        sound = np.concatenate(parts)[: round(_SHOWN_S * COMPARED_HZ)]
        floor = 1e-7 * np.random.default_rng(0).normal(size=len(sound))  # silence has no logarithm
        axes.specgram(sound + floor, NFFT=512, Fs=COMPARED_HZ, noverlap=384, vmin=-140)
        axes.set_ylabel(words("Hz"))
        axes.set_title(words(title))
    _draw_scores(scores, report, words)
    figure.savefig(path, format="png", dpi=110)


def _draw_scores(axes: Any, report: CheckReport, words: Callable[[str], str]) -> None:
    for number, similarity in enumerate(report.similarities):
        colour = f"C{number}"
        times = [place.start for place in similarity.places]
        values = [place.score for place in similarity.places]
        axes.plot(times, values, ".-", color=colour, label=similarity.name)
        axes.axhline(similarity.before, color=colour, linestyle="--")
        axes.axhline(similarity.limit, color=colour, linestyle=":")
    axes.set_xlabel(words("Seconds"))
    axes.set_title(words("Likeness to the witness (dashed: himself, dotted: 1 % of strangers)"))
    axes.legend()
