from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hattama.disguise.errors import SpanError
from hattama.disguise.spans import Span, gaps, merged, regions


def test_an_empty_span_is_refused() -> None:
    with pytest.raises(SpanError, match="end has to come after"):
        Span(2.0, 2.0)


def test_touching_spans_become_one() -> None:
    assert merged([Span(3, 4), Span(1, 2), Span(2, 2.5)]) == (Span(1, 2.5), Span(3, 4))
    assert merged([Span(1, 2), Span(2.5, 3)], margin_s=0.25) == (Span(0.75, 3.25),)


def test_gaps_lie_outside_of_every_span_and_its_margin() -> None:
    whole, spans = Span(0, 100), [Span(40, 50), Span(20, 45), Span(52, 60)]
    assert gaps(whole, spans, 1.0, 3.0) == [Span(0, 19), Span(61, 100)]
    assert gaps(whole, spans, 0.0, 2.0) == [Span(0, 20), Span(50, 52), Span(60, 100)]
    assert gaps(whole, [], 1.0, 3.0) == [whole]
    assert gaps(whole, [Span(-5, 200)], 1.0, 3.0) == []


def test_the_original_has_faded_out_before_the_margin_begins() -> None:
    (region,) = regions([Span(10.0, 11.0)], 48_000, margin_s=0.25, fade_s=0.02)
    assert region.full <= 9.75 * 48_000
    assert region.last >= 11.25 * 48_000
    assert region.start >= (9.75 - 0.02) * 48_000 - 1
    assert region.weight(region.full) == 1
    assert region.weight(region.last - 1) == 1
    assert 0 < region.weight(region.start) < region.weight(region.full - 1) < 1
    assert 0 < region.weight(region.end - 1) < region.weight(region.last) < 1
    assert region.weight(region.start - 1) == 0
    assert region.weight(region.end) == 0


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, 5)), min_size=1, max_size=8),
    st.sampled_from([8_000, 16_000, 44_100, 48_000]),
    st.floats(0, 1),
    st.floats(0, 0.1),
)
def test_regions_are_in_order_and_cover_every_span_wholly(
    starts: list[tuple[float, float]], rate: int, margin: float, fade: float
) -> None:
    spans = [Span(start, start + length) for start, length in starts]
    found = regions(spans, rate, margin, fade)
    for one, other in pairwise(found):
        assert one.end <= other.start
    for span in spans:
        assert any(
            region.full <= (span.start - margin) * rate + 1e-6
            and region.last >= (span.end + margin) * rate - 1e-6
            for region in found
        )
