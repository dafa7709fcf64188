"""Scoreboard of who speaks when: errors, number of speakers, speed, memory, beside plain pyannote.

    python -m benchmarks.diarization [--voices FOLDER] [--systems hattama,plain] [--threads 2]

Sets: the sample hearing as a mix (the number of speakers told and not told) and by microphones, the
conversation that pyannote.audio ships, and hearings composed of the single-speaker recordings in
FOLDER (synthetic_hearings.py). Each system and recording runs in a process of its own, so that peak
memory is its own. What is absent or fails is named. Writes results/diarization.{json,md}.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from hattama.diarization.turns import Diarization
    from hattama.engine.scoring.speakers import DiarizationScores

ROOT = Path(__file__).parent.parent
HEARING = ROOT / "samples" / "civil-ru-kk.flac"
MICROPHONES = ROOT / "samples" / "civil-ru-kk-mics.flac"
ROLES = ("judge", "secretary", "claimant", "defendant", "interpreter")
COLLAR_S = 0.25
"""On each side of a boundary: what NIST's evaluations forgive."""
SEED = 7
System = Literal["hattama", "plain", "microphones"]


@dataclass(frozen=True)
class Job:
    """One recording for one system."""

    name: str
    """Of the set."""
    system: System
    sound: str
    reference: str
    threads: int
    told: bool = False
    """Whether the number of speakers is told."""


@dataclass(frozen=True)
class Measured:
    """What one job gave."""

    strict: DiarizationScores
    """No collar."""
    kind: DiarizationScores
    """With a collar."""
    seconds: float
    wall_s: float
    cpu_s: float
    peak_mib: int


def measure(job: Job) -> Measured:
    """Diarize one recording in this process and score it; loading the networks is not timed."""
    import soundfile as sf  # noqa: PLC0415  children import only what they run
    import torch  # noqa: PLC0415

    from hattama.diarization.fake import FakeSamples  # noqa: PLC0415
    from hattama.diarization.rttm import read_rttm  # noqa: PLC0415
    from hattama.engine.scoring.speakers import score_turns  # noqa: PLC0415

    torch.set_num_threads(job.threads)
    sound, rate = sf.read(job.sound, dtype="float32", always_2d=True)
    if rate != 16_000:
        raise SystemExit(f"{job.name} has {rate} Hz; the benchmark takes 16000 Hz")
    reference = read_rttm(Path(job.reference))
    people = len({turn.speaker for turn in reference})
    tracks = [FakeSamples(channel.copy()) for channel in sound.T]
    run = _runner(job, tracks, people if job.told else None)
    wall, cpu = time.perf_counter(), time.process_time()
    found = run()
    wall_s, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    strict = score_turns(reference, found.turns)
    kind = score_turns(reference, found.turns, collar_s=COLLAR_S)
    if strict is None or kind is None:
        raise SystemExit(f"{job.name} has no turns to compare with")
    return Measured(strict, kind, len(sound) / rate, wall_s, cpu_s, peak)


def _runner(job: Job, tracks: list[Any], speakers: int | None) -> Callable[[], Diarization]:
    """The loaded system as a function without arguments."""
    from hattama.diarization.options import DiarizationOptions  # noqa: PLC0415
    from hattama.models.store import ModelStore  # noqa: PLC0415

    store = ModelStore.default()
    options = DiarizationOptions(speakers=speakers)
    if job.system == "microphones":
        from hattama.diarization.loading import load_microphone_diarizer  # noqa: PLC0415
        from hattama.diarization.room import room_of_roles  # noqa: PLC0415

        diarizer = load_microphone_diarizer(store, room_of_roles(ROLES), options)
        return lambda: diarizer.diarize(tracks)
    if job.system == "plain":
        from benchmarks.plain_pyannote import diarize_plainly, plain_pipeline  # noqa: PLC0415

        pipeline = plain_pipeline(store)
        return lambda: diarize_plainly(pipeline, tracks[0], speakers)
    from hattama.diarization.diarizer import PyannoteDiarizer  # noqa: PLC0415

    mixed = PyannoteDiarizer(store, options)
    return lambda: mixed.diarize(tracks[0])


def jobs(systems: Sequence[System], composed: Path, threads: int) -> Iterator[Job]:
    """Every recording for every system; plain pyannote last, for it is slow."""
    rttm = str(HEARING.with_suffix(".rttm"))
    if "hattama" in systems:
        yield Job("civil-ru-kk, microphones", "microphones", str(MICROPHONES), rttm, threads)
    sample = _pyannote_sample()
    for system in sorted(systems):
        for told in (False, True):
            name = "civil-ru-kk, mix" + ", number told" * told
            yield Job(name, system, str(HEARING), rttm, threads, told)
        if sample is not None:
            reference = str(sample.with_suffix(".rttm"))
            yield Job("pyannote sample.wav", system, str(sample), reference, threads)
        for sound in sorted(composed.glob("*.flac")):
            reference = str(sound.with_suffix(".rttm"))
            yield Job("composed hearings", system, str(sound), reference, threads)


def _pyannote_sample() -> Path | None:
    package = find_spec("pyannote.audio")
    if package is None or package.origin is None:
        return None
    sample = Path(package.origin).parent / "sample" / "sample.wav"
    return sample if sample.exists() else None


def run_apart(job: Job) -> Measured:
    """Measure in a child process.

    Raises
    ------
    RuntimeError
        The child ended with an error; its last line.
    """
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.diarization", "--job"]
    done = subprocess.run(
        [*command, json.dumps(asdict(job))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or "no message").splitlines()[-1])
    from hattama.engine.scoring.speakers import DiarizationScores  # noqa: PLC0415

    found = json.loads(done.stdout.splitlines()[-1])
    strict, kind = (DiarizationScores(**found.pop(key)) for key in ("strict", "kind"))
    return Measured(strict, kind, **found)


def row(name: str, system: str, of: Sequence[Measured]) -> dict[str, object]:
    """One line of the table: a recording, or several with errors weighted by speech."""
    strict, seconds = [m.strict for m in of], sum(m.seconds for m in of)
    people = sum(s.speakers for s in strict)
    right = sum(s.speakers == s.speakers_found for s in strict)
    one = f"{strict[0].speakers_found} of {strict[0].speakers}"
    total = sum(s.total_s for s in strict)
    return {
        "set": name,
        "system": system,
        "DER": _rate(strict),
        "missed": f"{100 * sum(s.missed_s for s in strict) / total:.2f}",
        "false": f"{100 * sum(s.false_alarm_s for s in strict) / total:.2f}",
        "confused": f"{100 * sum(s.confusion_s for s in strict) / total:.2f}",
        "DER, collar": _rate([m.kind for m in of]),
        "JER": f"{100 * sum(s.jer * s.speakers for s in strict) / people:.2f}",
        "speakers": one if len(of) == 1 else f"right in {right} of {len(of)}",
        "speed": f"{seconds / sum(m.wall_s for m in of):.2f}",
        "CPU s per audio s": f"{sum(m.cpu_s for m in of) / seconds:.3f}",
        "peak MiB": max(m.peak_mib for m in of),
    }


def _rate(scores: Sequence[DiarizationScores]) -> str:
    wrong = sum(s.missed_s + s.false_alarm_s + s.confusion_s for s in scores)
    return f"{100 * wrong / sum(s.total_s for s in scores):.2f}"


NOTES = """# Diarization

DER and JER in percent by pyannote.metrics, overlap scored; `collar`: a quarter of a second on each
side of a boundary is left out. Of several recordings DER is weighted by speech and JER by speakers.
`plain` is pyannote's `SpeakerDiarization` pipeline with the same two networks, a step of 1 s and
centroid clustering at 0.5. `microphones` is Hattama with one channel a person and the roles told.
Speed is audio seconds per second, on {threads} threads; CPU s is user and system time of all of
them; loading the networks is not timed; peak MiB is the resident set of the process. {load}

{composed}{notes}"""
COMPOSED = """The composed hearings ({count}, {minutes:.0f} minutes, 2 to 7 people) are made by
`synthetic_hearings.py` with seed {seed}. Others made in the same way from the same voices served to
choose Hattama's settings, and the plain pipeline's threshold, so they say how the systems compare
and not how well Hattama does on new voices; their reference follows the level of the dry voices, so
missed and false speech there is partly the reference's.
"""


def measure_all(planned: Sequence[Job], notes: list[str]) -> dict[tuple[str, str], list[Measured]]:
    """By set and system; a job that fails becomes a note."""
    measured: dict[tuple[str, str], list[Measured]] = {}
    for job in planned:
        try:
            result = run_apart(job)
        except RuntimeError as error:
            notes.append(f"{job.system} failed on {job.name}: {error}")
            continue
        measured.setdefault((job.name, job.system), []).append(result)
        print(row(Path(job.sound).stem, job.system, [result]), flush=True)
    return measured


def main(given: argparse.Namespace) -> None:
    """Run all jobs, print the table and write it to results/."""
    from benchmarks import machine  # noqa: PLC0415  children need none of it
    from benchmarks.synthetic_hearings import make  # noqa: PLC0415

    load = machine.load_line()
    notes = [] if _pyannote_sample() else ["pyannote's sample.wav is not in this version of it."]
    composed = ""
    with TemporaryDirectory() as scratch:
        if given.voices is None:
            notes.append("No --voices FOLDER was given, so no hearings were composed.")
        else:
            seconds = make(given.voices, Path(scratch), given.count, given.seed)
            facts = {"count": given.count, "minutes": seconds / 60, "seed": given.seed}
            composed = COMPOSED.format(**facts)
        planned = list(jobs(given.systems.split(","), Path(scratch), given.threads))
        measured = measure_all(planned, notes)
    rows = [row(name, system, of) for (name, system), of in measured.items()]
    counts = [
        {"set": name, "system": system, "recordings": [asdict(m) for m in of]}
        for (name, system), of in measured.items()
    ]
    told = "\n".join(f"- {note}" for note in notes)
    text = NOTES.format(
        threads=given.threads, load=load, composed=composed, notes=f"\n{told}" if told else ""
    )
    print(machine.markdown(rows))
    packages = ("torch", "pyannote-audio", "pyannote-metrics")
    print(machine.write("diarization", rows, text, *packages, counts=counts))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--voices", type=Path, help="single-speaker recordings to compose of")
    parser.add_argument("--count", type=int, default=12, help="hearings to compose")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--systems", default="hattama,plain", help=", ".join(get_args(System)[:2]))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--job", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.job:
        print(json.dumps(asdict(measure(Job(**json.loads(chosen.job))))))
    else:
        main(chosen)
