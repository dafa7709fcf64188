"""Voice disguises to compare: this project's profiles and what others use.

A system is made once per session (`make(seed)`) and then turns 16 kHz speech into disguised
speech of the same length. Peers that are not installed are named and left out;
`pip install .[peers]` brings them.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.disguise_corpus import RATE_HZ, Utterance, said_before
from benchmarks.disguise_mcadams import mcadams
from hattama.disguise.profiles import NATURAL, STRONG, WHISPER, Profile
from hattama.disguise.secret import Secret
from hattama.disguise.stream import DisguiseStream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Sound = NDArray[np.float32]

Disguise = Callable[["Sound"], "Sound"]
"""Speech to disguised speech of the same length."""

Choose = Callable[["System", "Sound", int], int]
"""For a system, what the speaker said before and a session's seed, the seed to be used."""

DRAW: Final = 20_000
"""How far the seeds of two draws of everybody's secrets lie apart."""

OTHERS: Final = 10_000
"""Seed from which an attacker's own secrets are drawn."""

_BLOCK: Final = 160  # 10 ms


@dataclass(frozen=True)
class System:
    """One disguise."""

    name: str
    """What the tables call it."""

    make: Callable[[int], Disguise]
    """Disguise of a session, from a seed that fixes its random choices."""

    needs: str = ""
    """Package or command without which it is left out."""

    def there(self) -> bool:
        """Whether what it needs is installed."""
        return not self.needs or bool(find_spec(self.needs)) or bool(shutil.which(self.needs))


def secret_of(seed: int) -> Secret:
    """A secret that a benchmark can repeat; real sessions draw theirs from the system."""
    return Secret(hashlib.sha256(f"benchmark {seed}".encode()).digest())


def hattama(profile: Profile) -> Callable[[int], Disguise]:
    """Our disguise in 10 ms blocks, its latency taken off."""

    def make(seed: int) -> Disguise:
        def run(sound: Sound) -> Sound:
            stream = DisguiseStream(RATE_HZ, profile, secret_of(seed), block_size=_BLOCK)
            pieces = [
                stream.process(np.ascontiguousarray(sound[i : i + _BLOCK]))
                for i in range(0, len(sound), _BLOCK)
            ]
            late = stream.latency
            return np.concatenate([*pieces, stream.flush()])[late : late + len(sound)]

        return run

    return make


def _fixed(work: Callable[[Sound, float], Sound], value: float) -> Callable[[int], Disguise]:
    return lambda _seed: lambda sound: work(sound, value)


def _drawn(
    work: Callable[[Sound, float], Sound], draw: Callable[[np.random.Generator], float]
) -> Callable[[int], Disguise]:
    return lambda seed: lambda sound: work(sound, draw(np.random.default_rng(seed)))


def _rubberband(sound: Sound, semitones: float) -> Sound:
    import pylibrb  # noqa: PLC0415  an optional peer

    options = pylibrb.Option.PROCESS_OFFLINE | pylibrb.Option.ENGINE_FASTER
    work = pylibrb.RubberBandStretcher(
        sample_rate=RATE_HZ, channels=1, options=options, initial_pitch_scale=2 ** (semitones / 12)
    )
    audio = np.ascontiguousarray(sound[None])
    work.set_max_process_size(len(sound))
    work.study(audio, final=True)
    work.process(audio, final=True)
    return _fit(np.asarray(work.retrieve_available())[0], sound)


def _pedalboard(sound: Sound, semitones: float) -> Sound:
    import pedalboard  # noqa: PLC0415  an optional peer

    return _fit(pedalboard.PitchShift(semitones=semitones)(sound, RATE_HZ), sound)


def _stretch(sound: Sound, semitones: float) -> Sound:
    import python_stretch  # noqa: PLC0415  an optional peer

    work = python_stretch.Signalsmith.Stretch()
    work.preset(1, RATE_HZ)
    work.setTransposeSemitones(semitones)
    return _fit(np.asarray(work.process(sound[None]))[0], sound)


def _sox(sound: Sound, semitones: float) -> Sound:
    raw = ["-t", "f32", "-r", str(RATE_HZ), "-c", "1", "-"]
    done = subprocess.run(
        ["sox", *raw, *raw, "pitch", str(round(100 * semitones))],
        input=sound.astype("<f4").tobytes(),
        capture_output=True,
        check=True,
    )
    return _fit(np.frombuffer(done.stdout, "<f4"), sound)


def _world(sound: Sound, factor: float) -> Sound:
    import pyworld  # noqa: PLC0415  an optional peer

    wide = sound.astype(np.float64)
    f0, time = pyworld.harvest(wide, RATE_HZ)
    shape = pyworld.cheaptrick(wide, f0, time, RATE_HZ)
    noise = pyworld.d4c(wide, f0, time, RATE_HZ)
    return _fit(pyworld.synthesize(f0 * factor, shape, noise, RATE_HZ), sound)


def _praat(sound: Sound, formants: float) -> Sound:
    import parselmouth  # noqa: PLC0415  an optional peer

    heard = parselmouth.Sound(sound.astype(np.float64), RATE_HZ)
    changed = parselmouth.praat.call(heard, "Change gender", 75, 600, formants, 120.0, 1.0, 1.0)
    return _fit(changed.values[0], sound)


def _fit(result: NDArray[np.generic], sound: Sound) -> Sound:
    short = max(0, len(sound) - len(result))
    return np.pad(np.asarray(result, np.float32), (0, short))[: len(sound)]


def _apart(generator: np.random.Generator) -> float:
    """Three to six semitones, up or down."""
    return float(generator.choice([-1, 1]) * generator.uniform(3.0, 6.0))


OURS: Final = (
    System("hattama natural", hattama(NATURAL)),
    System("hattama strong", hattama(STRONG)),
    System("hattama whisper", hattama(WHISPER)),
)
"""This project's profiles."""

PEERS: Final = (
    System("undisguised", lambda _seed: lambda sound: sound),
    System("rubberband -4", _fixed(_rubberband, -4.0), "pylibrb"),
    System("rubberband random 3-6", _drawn(_rubberband, _apart), "pylibrb"),
    System("pedalboard -4", _fixed(_pedalboard, -4.0), "pedalboard"),
    System("python-stretch -4", _fixed(_stretch, -4.0), "python_stretch"),
    System("sox -4", _fixed(_sox, -4.0), "sox"),
    System("WORLD, nothing changed", _fixed(_world, 1.0), "pyworld"),
    System("praat change gender 0.85", _fixed(_praat, 0.85), "parselmouth"),
    System("McAdams 0.8", _fixed(mcadams, 0.8)),
    System("McAdams random (B2)", _drawn(mcadams, lambda g: float(g.uniform(0.5, 0.9)))),
)
"""What others use."""

PITCH_ALONE: Final = Profile(
    "pitch alone",
    0.0,
    mapping=0.0,
    mapping_high=0.0,
    remainder=0.0,
    bias=0.0,
    voicing=1.0,
    pitch_contour=1.0,
    bass_from_hz=0.0,
    warp=0.0,
    bend=0.0,
    twist=0.0,
    tilt=0.0,
    colour=0.0,
    shade=0.0,
    bass=0.0,
    breath=0.0,
)
"""Takes nothing of the speaker but the pitch."""

PARTS: Final = (
    System("secret pitch alone", hattama(PITCH_ALONE)),
    System("strong, no map", hattama(replace(STRONG, mapping=0.0, mapping_high=0.0))),
    System("strong, map alike", hattama(replace(STRONG, mapping_high=STRONG.mapping))),
    System("strong, no remainder", hattama(replace(STRONG, remainder=0.0, bias=0.0))),
    System("strong, no bias", hattama(replace(STRONG, bias=0.0))),
    System("strong, own bass", hattama(replace(STRONG, bass_from_hz=0.0))),
    System("strong, no warp", hattama(replace(STRONG, warp=0.0, bend=0.0))),
    System("strong, no twist", hattama(replace(STRONG, twist=0.0))),
    System(
        "strong, no colour", hattama(replace(STRONG, tilt=0.0, colour=0.0, shade=0.0, bass=0.0))
    ),
    System("strong, no normalisation", hattama(replace(STRONG, normalisation=0.0))),
    System("strong, no breath", hattama(replace(STRONG, breath=0.0))),
    System("strong, own voicing", hattama(replace(STRONG, voicing=1.0))),
    System("strong, monotone", hattama(replace(STRONG, pitch_contour=0.0))),
)
"""What each part of the disguise is worth."""


def _meant(word: str) -> list[System]:
    groups = {"ours": OURS, "peers": PEERS, "parts": PARTS}
    if word in groups:
        return list(groups[word])
    everything = (*OURS, *PEERS, *PARTS)
    exact = [s for s in everything if s.name in {word, f"hattama {word}"}]
    return exact or [s for s in everything if word in s.name]


def in_order(rows: dict[str, dict[str, object]]) -> list[dict[str, object]]:
    """Rows of a table by system, in the order of the systems here; others at the end.

    A column that an earlier run did not have holds a dash there.
    """
    names = [s.name for s in (*OURS, *PEERS, *PARTS)]
    heads = max((list(row) for row in rows.values()), key=len)
    filled = [{head: row.get(head, "-") for head in heads} for row in rows.values()]
    return sorted(filled, key=lambda r: [*names, r["system"]].index(str(r["system"])))


def chosen(words: list[str]) -> list[System]:
    """The systems that are meant, those that are there.

    Parameters
    ----------
    words
        Each a group (`ours`, `peers`, `parts`), one of our profiles, or a part of names; all
        systems without any.
    """
    wanted = {s.name for word in words for s in _meant(word)}
    systems = [s for s in (*OURS, *PEERS, *PARTS) if not words or s.name in wanted]
    for system in systems:
        if not system.there():
            print(f"left out: {system.name} ({system.needs} is not installed)")
    return [s for s in systems if s.there()]


def disguised(
    system: System,
    speech: Sequence[Utterance],
    first_seed: int,
    settled_s: float = 0.0,
    choose: Choose | None = None,
) -> list[Sound]:
    """Each utterance in a session of its own, in which its speaker has spoken for some time.

    Parameters
    ----------
    system
        The disguise.
    speech
        Utterances of several speakers.
    first_seed
        Seed of the first session; the others count on from it.
    settled_s
        How much of the speaker's other utterances each session has heard before, seconds.
    choose
        Takes another seed by what was heard before; None keeps each session's first.
    """
    found = []
    for i, (before, one) in enumerate(zip(said_before(speech, settled_s), speech, strict=True)):
        seed = first_seed + i if choose is None else choose(system, before, first_seed + i)
        found.append(system.make(seed)(np.concatenate([before, one.samples]))[len(before) :])
    return found


def settled_note(settled_s: float) -> str:
    """What the notes of a table say of sessions that had heard the speaker before."""
    return f" that has heard up to {settled_s:g} s of the speaker before" if settled_s else ""


def spread(rates: NDArray[np.float64]) -> str:
    """How many draws of the secrets there were, and their lowest and highest rates.

    Parameters
    ----------
    rates
        In percent, shape (draws,) or (draws, attackers). Of one draw a dash is left.
    """
    if len(rates) < 2:
        return "-"
    every = rates.reshape(len(rates), -1).T
    return f"{len(rates)}: " + " / ".join(f"{min(r):.0f}-{max(r):.0f}" for r in every)
