"""Diarization: errors, number of speakers, speed and memory, beside plain pyannote.

    python -m benchmarks.diarization [--synthetic FOLDER] [--systems hattama,plain] [--threads 2]

Sets: the sample hearing as a mix and by microphones, the conversation that pyannote.audio ships,
and every WAV or FLAC with an RTTM beside it in FOLDER (see `synthetic_hearings.py`). Each system
and set runs in a process of its own, so that peak memory is its own. The plain pipeline has the
same two networks with pyannote's usual step of 1 s and centroid clustering.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hattama.diarization.turns import Turn

ROOT = Path(__file__).parent.parent
HEARING = ROOT / "samples" / "civil-ru-kk.flac"
MICROPHONES = ROOT / "samples" / "civil-ru-kk-mics.flac"
ROLES = ("judge", "secretary", "claimant", "defendant", "interpreter")
System = Literal["hattama", "plain", "microphones"]


@dataclass(frozen=True)
class Job:
    """One recording for one system."""

    system: System
    sound: str
    reference: str
    threads: int
    told: bool = False


@dataclass(frozen=True)
class Measured:
    """What one job gave."""

    der: float
    missed: float
    false_alarm: float
    confusion: float
    jer: float
    found: int
    speakers: int
    seconds: float
    wall_s: float
    cpu_s: float
    peak_mib: int
    scored_s: float


def measure(job: Job) -> Measured:
    """Diarize one recording in this process and score it: no collar, overlap scored."""
    import soundfile as sf  # noqa: PLC0415  children import only what they run
    import torch  # noqa: PLC0415

    from hattama.diarization.fake import FakeSamples  # noqa: PLC0415
    from hattama.diarization.rttm import read_rttm  # noqa: PLC0415

    torch.set_num_threads(job.threads)
    sound, rate = sf.read(job.sound, dtype="float32", always_2d=True)
    if rate != 16_000:
        msg = f"{job.sound} has {rate} Hz; the benchmark takes 16000 Hz"
        raise SystemExit(msg)
    reference = read_rttm(Path(job.reference))
    people = len({turn.speaker for turn in reference})
    tracks = [FakeSamples(channel.copy()) for channel in sound.T]
    run = _runner(job, tracks, people if job.told else None)
    wall, cpu = time.perf_counter(), time.process_time()
    found = run()
    wall_s, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    length = len(sound) / rate
    return Measured(
        **score(reference, found.turns),
        found=len(found.speakers),
        speakers=people,
        seconds=length,
        wall_s=wall_s,
        cpu_s=cpu_s,
        peak_mib=peak,
    )


def _runner(job: Job, tracks: list[Any], speakers: int | None) -> Any:
    """The loaded system as a function without arguments; loading is not timed."""
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


def score(reference: Iterable[Turn], found: Iterable[Turn]) -> dict[str, float]:
    """Error rates by pyannote.metrics, as shares of the reference's speech."""
    from pyannote.metrics.diarization import (  # noqa: PLC0415
        DiarizationErrorRate,
        JaccardErrorRate,
    )

    truth, guess = _annotation(reference), _annotation(found)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = DiarizationErrorRate()(truth, guess, detailed=True)
        jer = JaccardErrorRate()(truth, guess)
    total = parts["total"]
    return {
        "der": parts["diarization error rate"],
        "missed": parts["missed detection"] / total,
        "false_alarm": parts["false alarm"] / total,
        "confusion": parts["confusion"] / total,
        "jer": jer,
        "scored_s": total,
    }


def _annotation(turns: Iterable[Turn]) -> Any:
    from pyannote.core import Annotation, Segment  # noqa: PLC0415

    made = Annotation()
    for number, turn in enumerate(turns):
        made[Segment(turn.start, turn.end), number] = turn.speaker
    return made


def jobs(
    systems: list[System], synthetic: Path | None, synthetic_systems: list[System], threads: int
) -> list[tuple[str, Job]]:
    """Sets and systems, by name of the set."""
    package = find_spec("pyannote.audio")
    if package is None or package.origin is None:
        raise SystemExit("pyannote.audio is not installed")
    sample = Path(package.origin).parent / "sample" / "sample.wav"
    named = [
        job
        for system in systems
        for job in (
            ("civil-ru-kk, mix", _job(system, HEARING, threads)),
            ("civil-ru-kk, mix, number told", _job(system, HEARING, threads, told=True)),
            ("pyannote sample.wav", _job(system, sample, threads)),
        )
    ]
    by_roles = Job("microphones", str(MICROPHONES), str(HEARING.with_suffix(".rttm")), threads)
    named.append(("civil-ru-kk, microphones", by_roles))
    for sound in sorted([*synthetic.glob("*.flac"), *synthetic.glob("*.wav")] if synthetic else []):
        if sound.with_suffix(".rttm").exists():
            named += [(sound.stem, _job(system, sound, threads)) for system in synthetic_systems]
    return named


def _job(system: System, sound: Path, threads: int, *, told: bool = False) -> Job:
    return Job(system, str(sound), str(sound.with_suffix(".rttm")), threads, told)


def run_apart(job: Job) -> Measured:
    """Measure in a child process."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.diarization", "--job"]
    done = subprocess.run(
        [*command, json.dumps(asdict(job))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def row(name: str, system: str, result: Measured) -> dict[str, object]:
    """One line of the table."""
    percent = {
        key: f"{100 * getattr(result, field):.2f}"
        for key, field in (
            ("DER %", "der"),
            ("missed %", "missed"),
            ("false %", "false_alarm"),
            ("confused %", "confusion"),
            ("JER %", "jer"),
        )
    }
    return {
        "set": name,
        "system": system,
        **percent,
        "speakers": f"{result.found} of {result.speakers}",
        "audio s per s": f"{result.seconds / result.wall_s:.1f}",
        "CPU s per audio s": f"{result.cpu_s / result.seconds:.3f}",
        "peak MiB": result.peak_mib,
    }


def summary(name: str, system: str, results: list[Measured]) -> dict[str, object]:
    """Synthetic hearings together, weighted by speech."""
    weight = sum(r.scored_s for r in results)
    rates = {
        field: sum(getattr(r, field) * r.scored_s for r in results) / weight
        for field in ("der", "missed", "false_alarm", "confusion", "jer")
    }
    right = sum(r.found == r.speakers for r in results)
    whole = Measured(
        **rates,
        found=right,
        speakers=len(results),
        seconds=sum(r.seconds for r in results),
        wall_s=sum(r.wall_s for r in results),
        cpu_s=sum(r.cpu_s for r in results),
        peak_mib=max(r.peak_mib for r in results),
        scored_s=weight,
    )
    return row(name, system, whole) | {"speakers": f"right in {right} of {len(results)}"}


NOTES = """# Diarization

DER and JER by pyannote.metrics, no collar, overlap scored; microphones with their roles, all other
systems with labels mapped. `plain` is pyannote's `SpeakerDiarization` pipeline with the same two
networks, a step of 1 s and centroid clustering at 0.5. Loading the networks is not timed. The
synthetic hearings were made by `synthetic_hearings.py` and served to choose the settings, so they
say how the systems compare and not how well Hattama does on new recordings; their reference
follows the level of the dry voices, so missed and false speech there is partly the reference's.
"""


def main() -> None:
    """Run all jobs, print the table and write it to results/."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--synthetic", type=Path)
    parser.add_argument("--systems", default="hattama,plain")
    parser.add_argument("--synthetic-systems", default="hattama,plain")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--job", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        print(json.dumps(asdict(measure(Job(**json.loads(given.job))))))
        return
    from benchmarks import machine  # noqa: PLC0415

    rows: list[dict[str, object]] = []
    made: dict[str, list[Measured]] = {}
    named = jobs(
        given.systems.split(","), given.synthetic, given.synthetic_systems.split(","), given.threads
    )
    # The slow peer comes last, and what is done is on the disk after each job.
    for name, job in sorted(named, key=lambda pair: pair[1].system == "plain"):
        result = run_apart(job)
        if given.synthetic and Path(job.sound).parent == given.synthetic:
            made.setdefault(job.system, []).append(result)
        rows.append(row(name, job.system, result))
        print(rows[-1], flush=True)
        together = [summary("synthetic hearings", *pair) for pair in made.items()]
        table = [*rows, *together]
        machine.write("diarization", table, NOTES, "torch", "pyannote-audio", "pyannote-metrics")
    print(machine.markdown(table))


if __name__ == "__main__":
    main()
