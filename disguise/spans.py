"""Stretches of time in which a witness speaks, and the samples that are treated for them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from hattama.disguise.errors import SpanError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the recording, on the container's own clock.

    Raises
    ------
    SpanError
        When it ends before it begins.
    """

    start: float
    """Seconds."""
    end: float
    """Seconds; after `start`."""

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise SpanError(
                "a span from {start:.3f} s to {end:.3f} s is empty; its end has to come after its "
                "start",
                start=self.start,
                end=self.end,
            )


@dataclass(frozen=True, slots=True)
class Region:
    """Samples of one stream that are treated: faded over at both ends, wholly treated between."""

    start: int
    """First sample that is touched."""
    full: int
    """First sample in which nothing of the original is left."""
    last: int
    """First sample after that in which something of the original is heard again."""
    end: int
    """First sample that is untouched again."""

    def weight(self, position: int) -> float:
        """Share of the treated sound at a sample, 0 to 1."""
        if position < self.full:
            return max(0.0, (position - self.start + 1) / (self.full - self.start + 1))
        if position >= self.last:
            return max(0.0, (self.end - position) / (self.end - self.last + 1))
        return 1.0


def merged(spans: Iterable[Span], margin_s: float = 0.0) -> tuple[Span, ...]:
    """Spans by start, each wider by the margin, overlapping ones made one.

    Parameters
    ----------
    margin_s
        Seconds before the start and after the end.
    """
    result: list[Span] = []
    for span in sorted(spans):
        wide = Span(span.start - margin_s, span.end + margin_s)
        if result and wide.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, wide.end))
        else:
            result.append(wide)
    return tuple(result)


def gaps(whole: Span, spans: Iterable[Span], margin: float, shortest: float) -> list[Span]:
    """What lies between spans, by start.

    Parameters
    ----------
    whole
        Where gaps can lie.
    spans
        In any order; they may overlap.
    margin
        Seconds around each span that belong to no gap.
    shortest
        Seconds that a gap has at least.
    """
    between = merged(spans, margin)
    starts = [whole.start, *(max(whole.start, span.end) for span in between)]
    ends = [*(min(whole.end, span.start) for span in between), whole.end]
    return [
        Span(start, end) for start, end in zip(starts, ends, strict=True) if end - start >= shortest
    ]


def regions(spans: Iterable[Span], rate: int, margin_s: float, fade_s: float) -> tuple[Region, ...]:
    """Samples to treat, so that the original has faded out before each span's margin begins.

    The fades lie outside the margins; spans whose fades would touch become one region.

    Parameters
    ----------
    rate
        Samples a second.
    margin_s
        Seconds before and after each span that are wholly treated as well.
    fade_s
        Length of a fade, seconds.
    """
    fade = ceil(fade_s * rate)
    found = []
    for wide in merged(spans, margin_s + fade_s):
        full, last = floor((wide.start + fade_s) * rate), ceil((wide.end - fade_s) * rate)
        found.append(Region(full - fade, full, last, last + fade))
    return _apart(found)


def _apart(found: list[Region]) -> tuple[Region, ...]:
    """Regions whose roundings overlap made one."""
    result: list[Region] = []
    for region in found:
        if result and region.start < result[-1].end:
            before = result.pop()
            result.append(Region(before.start, before.full, region.last, region.end))
        else:
            result.append(region)
    return tuple(result)
