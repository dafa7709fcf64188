"""The systems of the scoreboard: what each is told, and how it is started."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import distributions
from pathlib import Path

from benchmarks.cost import Cost, run
from benchmarks.speech_sets import SpeechSet
from hattama.engine.document.model import Language
from hattama.engine.recognisers.choice import WHISPER, choose
from hattama.models.entry import Entry
from hattama.models.store import ModelStore

HERE = Path(__file__).parent
AUTO = "auto"
PEERS = ("whisperx", "whisper_timestamped", "stable_ts")
"""Those that have an environment of their own (peers/requirements.txt)."""
NEED_OPENAI = ("whisper_timestamped", "stable_ts")
"""Those that read openai-whisper's weights."""
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


@dataclass(frozen=True)
class System:
    """One recogniser, or one way of running it."""

    name: str
    """As the table shows it."""
    command: tuple[str, ...]
    """Takes the path of a job."""
    model: str
    """Catalogue name of its weights; `auto` for the best in the store."""
    speakers: bool = True
    """Whether it says who speaks; if so, hearings only where `clips` is off."""
    clips: bool = True
    """Whether it runs on sets that are no hearings."""
    hearings: bool = True
    """Whether it runs on hearings."""
    microphones: bool = False
    """Whether it takes `NAME-mics.flac` with the roles of `NAME.json`, instead of the mix."""
    openai: bool = False
    """Whether it reads openai-whisper's weights."""

    def takes(self, speech_set: SpeechSet) -> bool:
        """Whether it runs on a set."""
        if not speech_set.hearing:
            return self.clips
        has_microphones = microphone_file(speech_set.recordings[0].sound).exists()
        return self.hearings and (has_microphones or not self.microphones)


def hattama_systems(store: ModelStore, languages: tuple[Language, ...]) -> Iterator[System]:
    """Every recogniser in the store, `auto` where it joins two, and the best in two more ways."""
    command = (sys.executable, "-m", "benchmarks.hattama_job")
    present, _ = recognisers(store)
    for entry in present:
        yield System(f"Hattama {entry.name}", command, entry.name)
    best = choose(store, AUTO, languages).lead.name
    if len({entry.architecture == WHISPER for entry in present}) > 1:
        best = "auto, two opinions"
        yield System(f"Hattama {best}", command, AUTO)
    alone = f"Hattama {best}, words alone"
    yield System(alone, command, AUTO, speakers=False, clips=False)
    yield System(f"Hattama {best}, microphones", command, AUTO, clips=False, microphones=True)


def peer_systems(store: ModelStore, environment: Path) -> Iterator[System]:
    """The peers on every Whisper of the store; see `python_of` for those that are not installed."""
    for entry in recognisers(store)[0]:
        if entry.architecture != WHISPER:
            continue
        weights = entry.name
        script = (sys.executable, "-m", "benchmarks.plain_script")
        obvious = "faster-whisper + pyannote"
        yield System(f"{obvious}, {weights}", script, weights, clips=False)
        for peer in ("faster_whisper", *PEERS):
            python = sys.executable if peer == "faster_whisper" else str(python_of(environment))
            command = (python, str(HERE / "peers" / f"run_{peer}.py"))
            name = f"{peer.replace('_', '-')}, {weights}"
            yield System(name, command, weights, speakers=False, openai=peer in NEED_OPENAI)


def python_of(environment: Path) -> Path:
    """Python of the peers' environment."""
    return environment / "bin" / "python"


def peer_versions(environment: Path) -> str:
    """Names and versions of what is installed there; empty where nothing is."""
    places = [str(place) for place in environment.glob("lib/python*/site-packages")]
    found = {d.name: d.version for d in distributions(path=places)}
    named = (*(peer.replace("_", "-") for peer in PEERS), "openai-whisper", "torch")
    return ", ".join(f"{name} {found[name]}" for name in named if name in found)


def recognisers(store: ModelStore) -> tuple[list[Entry], list[Entry]]:
    """Those in the store, and those of the catalogue that are not."""
    entries = [entry for entry in store.entries() if entry.task == "recognition"]
    there = [entry for entry in entries if store.has(entry.name)]
    return there, [entry for entry in entries if entry not in there]


def microphone_file(sound: Path) -> Path:
    """Where the microphones of a recording would be."""
    return sound.with_name(f"{sound.stem}-mics.flac")


def answer_set(
    system: System, speech_set: SpeechSet, languages: Sequence[str], output: Path, openai: Path
) -> Cost:
    """Let a system answer a whole set, in a process of its own.

    The answers and their cost are kept in `output`; where they are there already, for the same job,
    nothing is run.

    Raises
    ------
    benchmarks.cost.FailedError
        It ended with an error.
    """
    job = {
        "recordings": [str(_sound(system, spoken.sound)) for spoken in speech_set.recordings],
        "output": str(output),
        "language": speech_set.language,
        "languages": list(languages),
        "hearing": speech_set.hearing and system.speakers,
        "recogniser": system.model,
        "microphones": _roles(speech_set) if system.microphones else [],
        "model": "" if system.model == AUTO else str(ModelStore.default().require(system.model)),
        "openai": str(openai),
    }
    output.mkdir(parents=True, exist_ok=True)
    path, kept = output / "job.json", output / "cost.json"
    content = json.dumps(job, ensure_ascii=False)
    if kept.exists() and path.read_text("utf-8") == content:
        return Cost(**json.loads(kept.read_text("utf-8")))
    path.write_text(content, "utf-8")
    cost = run((*system.command, str(path)), OFFLINE)
    kept.write_text(json.dumps(asdict(cost)), "utf-8")
    return cost


def _sound(system: System, sound: Path) -> Path:
    return (microphone_file(sound) if system.microphones else sound).resolve()


def _roles(speech_set: SpeechSet) -> list[str]:
    facts = speech_set.recordings[0].sound.with_suffix(".json")
    return list(json.loads(facts.read_text("utf-8"))["microphones"])
