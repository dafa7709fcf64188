"""Words to speakers: every word goes to the turn it is said in, and ties are stated."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from hattama.diarization.turns import Diarization, Turn
from hattama.engine.document.model import Doubt, Gap, Segment, Word
from hattama.engine.speech.intervals import Interval, merge, overlap, subtract


@dataclass(frozen=True, slots=True)
class AttributionOptions:
    """How words become turns."""

    reach_s: float = 1.0
    """A word outside every turn goes to the nearest one within this, seconds."""
    tie_share: float = 0.35
    """Another speaker who holds this share of a word makes it a tie, 0 to 0.5."""
    phrase_pause_s: float = 0.12
    """Words closer than this are said in one breath, seconds."""
    stray_share: float = 0.7
    """A word at the edge of a breath that its own turn covers less than this follows the breath:
    the turn's edge is less certain than the pause."""
    segment_pause_s: float = 2.0
    """A longer pause begins a new segment of the same speaker, seconds."""
    segment_s: float = 60.0
    """A segment that is longer ends at the next pause or sentence, seconds."""
    wordless_s: float = 0.7
    """Shorter speech without words is not reported, seconds."""


def attribute(
    words: Sequence[Word], diarization: Diarization, options: AttributionOptions | None = None
) -> tuple[Word, ...]:
    """Give each word its speaker by the exclusive view; mark ties and overlap.

    Parameters
    ----------
    words
        By start, in media time.
    diarization
        Turns of the recording.
    options
        Thresholds.
    """
    chosen = options or AttributionOptions()
    exclusive, overlapping = _Timeline(diarization.exclusive), _Timeline(diarization.turns)
    given = [_give(word, exclusive, overlapping, chosen) for word in words]
    return tuple(word for breath in _breaths(given, chosen) for word in _agree(breath))


def segments(
    words: Sequence[Word],
    speech: Sequence[Interval],
    diarization: Diarization,
    gaps: Sequence[Gap] = (),
    options: AttributionOptions | None = None,
) -> tuple[Segment, ...]:
    """Gather words with speakers to turns, and add the speech in which no word was recognised.

    Parameters
    ----------
    words
        With speakers, by start.
    speech
        Where somebody speaks, by start.
    diarization
        Names the speakers of speech without words.
    gaps
        Holes in the recording: no segment reaches over one.
    options
        Thresholds.
    """
    chosen = options or AttributionOptions()
    spoken = [_segment(group) for group in _groups(words, gaps, chosen)]
    wordless = _wordless(words, speech, _Timeline(diarization.exclusive), chosen)
    return in_order([[*spoken, *wordless]])


def in_order(groups: Iterable[Iterable[Segment]]) -> tuple[Segment, ...]:
    """All segments by start, numbered anew."""
    ordered = sorted(chain(*groups), key=lambda segment: (segment.start, segment.end))
    return tuple(replace(s, id=f"s{number:05d}") for number, s in enumerate(ordered, start=1))


class _Timeline:
    """Turns that are found by time: sorted by end, so that a bisection reaches the first."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = sorted(turns, key=lambda turn: turn.end)
        self._ends = [turn.end for turn in self._turns]
        self._longest = max((turn.duration for turn in turns), default=0.0)

    def shares(self, start: float, end: float) -> dict[str, float]:
        """Seconds of `start` to `end` that each speaker holds."""
        held: dict[str, float] = {}
        for turn in self._near(start, end):
            common = overlap((turn.start, turn.end), (start, end))
            if common > 0:
                held[turn.speaker] = held.get(turn.speaker, 0.0) + common
        return held

    def nearest(self, start: float, end: float, reach_s: float) -> str | None:
        """Speaker of the turn nearest to `start` to `end`, None where all are out of reach."""
        near = list(self._near(start - reach_s, end + reach_s))
        if not near:
            return None
        return min(near, key=lambda turn: max(turn.start - end, start - turn.end)).speaker

    def _near(self, start: float, end: float) -> Iterator[Turn]:
        for turn in self._turns[bisect_left(self._ends, start) :]:
            if turn.end - self._longest > end:
                break
            if turn.start <= end:
                yield turn


def _give(
    word: Word, exclusive: _Timeline, overlapping: _Timeline, options: AttributionOptions
) -> tuple[Word, float]:
    """The word with its speaker, and the share of it that the speaker's turn covers."""
    length = max(word.end - word.start, 1e-3)
    held = exclusive.shares(word.start, word.end)
    doubts = set(word.doubts)
    together = sorted(overlapping.shares(word.start, word.end).values())
    if len(together) > 1 and together[-2] > length / 2:
        doubts.add(Doubt.OVERLAP)
    if not held:
        speaker = exclusive.nearest(word.start, word.end, options.reach_s)
        return replace(word, speaker=speaker, doubts=frozenset(doubts)), 0.0
    ranked = sorted(held.items(), key=lambda item: -item[1])
    if len(ranked) > 1 and ranked[1][1] / length >= options.tie_share:
        doubts.add(Doubt.SPEAKER_TIE)
    return replace(word, speaker=ranked[0][0], doubts=frozenset(doubts)), ranked[0][1] / length


def _breaths(
    given: Sequence[tuple[Word, float]], options: AttributionOptions
) -> Iterator[list[tuple[Word, float, bool]]]:
    """Groups of words without a pause between them; True where a word may follow its group."""
    group: list[tuple[Word, float, bool]] = []
    for word, share in given:
        if group and word.start - group[-1][0].end >= options.phrase_pause_s:
            yield group
            group = []
        group.append((word, share, share < options.stray_share))
    if group:
        yield group


def _agree(breath: Sequence[tuple[Word, float, bool]]) -> list[Word]:
    """Let stray words at either edge of a breath follow the words beside them."""
    words = [word for word, _, _ in breath]
    stray = [loose for _, _, loose in breath]
    if len(words) < 3:  # noqa: PLR2004  two words do not outvote each other
        return words
    for edge, inner in ((0, 1), (-1, -2)):
        if stray[edge] and words[edge].speaker != words[inner].speaker:
            words[edge] = replace(
                words[edge],
                speaker=words[inner].speaker,
                doubts=words[edge].doubts | {Doubt.SPEAKER_TIE},
            )
    return words


def _groups(
    words: Sequence[Word], gaps: Sequence[Gap], options: AttributionOptions
) -> Iterator[list[Word]]:
    group: list[Word] = []
    for word in words:
        if group and _begins(group, word, gaps, options):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _begins(
    group: Sequence[Word], word: Word, gaps: Sequence[Gap], options: AttributionOptions
) -> bool:
    last = group[-1]
    pause = word.start - last.end
    if word.speaker != last.speaker or pause > options.segment_pause_s:
        return True
    if any(last.end <= gap.end and gap.start <= word.start for gap in gaps):
        return True
    long = last.end - group[0].start > options.segment_s
    return long and (pause >= options.phrase_pause_s or last.text.endswith((".", "?", "!", "…")))


def _segment(words: Sequence[Word]) -> Segment:
    tied = any(Doubt.SPEAKER_TIE in word.doubts for word in words)
    crowded = any(Doubt.OVERLAP in word.doubts for word in words)
    doubts = {
        doubt for doubt, found in ((Doubt.SPEAKER_TIE, tied), (Doubt.OVERLAP, crowded)) if found
    }
    end = max(word.end for word in words)
    speaker = words[0].speaker
    return Segment("", words[0].start, end, speaker, tuple(words), frozenset(doubts))


def _wordless(
    words: Sequence[Word],
    speech: Sequence[Interval],
    exclusive: _Timeline,
    options: AttributionOptions,
) -> Iterator[Segment]:
    """Speech in which no word was recognised."""
    said = merge(((word.start, word.end) for word in words), options.wordless_s)
    ends = [end for _, end in said]
    for interval in merge(speech, options.phrase_pause_s):
        near = said[bisect_left(ends, interval[0]) :]
        inside = []
        for piece in near:
            if piece[0] > interval[1]:
                break
            inside.append(piece)
        for start, end in subtract(interval, inside):
            if end - start >= options.wordless_s:
                speaker = exclusive.nearest(start, end, options.reach_s)
                doubts = frozenset({Doubt.SPEECH_WITHOUT_WORDS})
                yield Segment("", start, end, speaker, (), doubts)
