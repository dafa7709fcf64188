"""Settings of diarization; their defaults live here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from hattama.diarization.errors import BadOptionError

LONGEST_STEP_S = 10.0
LARGEST_DISTANCE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DiarizationOptions:
    """How speakers are found in a mixed recording."""

    speakers: int | None = None
    """Number of speakers, where it is known. At least 1; it wins over the two below."""
    min_speakers: int | None = None
    """Fewest speakers there can be. At least 1."""
    max_speakers: int | None = None
    """Most speakers there can be. At least `min_speakers`."""
    step_s: float = 2.5
    """Step of the 10 s windows in which speakers are told apart, seconds, over 0 to 10."""
    surely_one: float = 0.3
    """Mean cosine distance of voices below which they are always one person, 0 to `surely_two`."""
    surely_two: float = 0.65
    """Mean cosine distance of voices above which they are always two people, up to 2. Between the
    two, people are told apart at the widest gap between distances in the recording."""
    onset: float = 0.5
    """Probability at which a speaker is taken to begin, 0 to 1."""
    offset: float = 0.5
    """Probability at which a speaker is taken to have ended, 0 to `onset`."""
    shortest_turn_s: float = 0.1
    """Turns shorter than this are dropped, seconds."""
    shortest_pause_s: float = 0.1
    """Pauses of one speaker shorter than this are bridged, seconds."""
    batch: int = 8
    """Windows that the networks hear at a time, at least 1."""
    threads: int | None = None
    """Processor threads of the networks; what PyTorch takes by itself where it is not given."""

    def __post_init__(self) -> None:
        for name in ("speakers", "min_speakers", "max_speakers", "threads"):
            value = getattr(self, name)
            _check(name, value, value is None or value >= 1, "1 or more")
        fewest, most = self.min_speakers or 1, self.max_speakers
        _check("max_speakers", most, most is None or most >= fewest, f"{fewest} or more")
        _check("step_s", self.step_s, 0 < self.step_s <= LONGEST_STEP_S, "over 0 to 10")
        one, two = self.surely_one, self.surely_two
        _check("surely_one", one, 0 <= one <= two, "0 to surely_two")
        _check("surely_two", two, two <= LARGEST_DISTANCE, "surely_one to 2")
        _check("onset", self.onset, 0 < self.onset <= 1, "over 0 to 1")
        _check("offset", self.offset, 0 < self.offset <= self.onset, "over 0 to onset")
        for name in ("shortest_turn_s", "shortest_pause_s"):
            _check(name, getattr(self, name), getattr(self, name) >= 0, "0 or more")
        _check("batch", self.batch, self.batch >= 1, "1 or more")

    @property
    def bounds(self) -> tuple[int, int | None]:
        """Fewest and most speakers; None where there is no upper bound."""
        if self.speakers is not None:
            return self.speakers, self.speakers
        return self.min_speakers or 1, self.max_speakers


def _check(name: str, value: object, holds: bool, allowed: str) -> None:  # noqa: FBT001  a predicate's value
    if not holds:
        raise BadOptionError(
            "Diarization setting {name} is {value}; allowed is {allowed}.",
            name=name,
            value=value,
            allowed=allowed,
        )
