"""Scoreboard: every recogniser in the store, and its peers, over every set at hand.

    python -m benchmarks.transcription [--repeats 3] [--peers FOLDER] [FOLDER=LANGUAGE ...]

The sets: the synthetic hearing of samples/, and the folders that are given, in the form of FLEURS,
Common Voice, STM, or recordings with their text in a README.md (speech_sets.py). The systems:
Hattama with each recogniser of the store, and plain faster-whisper, whisperX, whisper-timestamped,
stable-ts and the obvious script on the same Whisper weights. What is absent is skipped and named.

Each system answers each set in a process of its own, start of the program and loading of models
included; the systems take turns. Writes results/transcription.{json,md}.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

from benchmarks import answers, machine, tally
from benchmarks.cost import Cost, FailedError, cheapest, together
from benchmarks.peers.whisper_weights import convert
from benchmarks.speech_sets import BadSetError, SpeechSet, read_folder
from benchmarks.systems import (
    PEERS,
    System,
    answer_set,
    hattama_systems,
    peer_systems,
    peer_versions,
    python_of,
    recognisers,
)
from hattama.engine.options import TranscribeOptions
from hattama.models.store import ModelStore

SAMPLES = Path(__file__).parent.parent / "samples"
PEER_ENVIRONMENT = user_cache_path("hattama") / "peers"
PACKAGES = (
    "faster-whisper", "ctranslate2", "onnx-asr", "onnxruntime", "pyannote.audio", "torch",
    "meeteval",
)  # fmt: skip


@dataclass
class Board:
    """What has been measured so far."""

    costs: dict[tuple[str, str], list[Cost]] = field(default_factory=dict)
    """By set and system, one for each repeat."""
    results: dict[tuple[str, str], list[tally.Result]] = field(default_factory=dict)
    """By set and system, one for each recording, of the last repeat."""
    notes: list[str] = field(default_factory=list)
    """What was skipped, failed or left out, in the order in which it was met."""

    def note(self, text: str) -> None:
        """Say something once."""
        if text not in self.notes:
            self.notes.append(text)


def find_sets(given: Sequence[str], most: int, board: Board) -> list[SpeechSet]:
    """The sample and the given folders; what cannot be read becomes a note."""
    sets: list[SpeechSet] = []
    for argument in (str(SAMPLES), *given):
        folder, _, language = argument.partition("=")
        try:
            found = read_folder(Path(folder), language, most)
        except BadSetError as error:
            board.note(f"Skipped: {error}.")
            continue
        sets += found
        for note in (note for speech_set in found for note in speech_set.notes):
            board.note(note)
    return sets


def find_systems(given: argparse.Namespace, board: Board) -> list[System]:
    """Every system that can run; what is absent becomes a note."""
    store = ModelStore.default()
    languages = TranscribeOptions(languages=tuple(given.languages.split(","))).languages
    missing = [entry.name for entry in recognisers(store)[1]]
    if missing:
        board.note(f"Not in the store, so not measured: {', '.join(missing)}.")
    systems = list(hattama_systems(store, languages))
    if not given.no_peers:
        systems += peer_systems(store, given.peers)
    if not (given.no_peers or python_of(given.peers).exists()):
        names = ", ".join(peer.replace("_", "-") for peer in PEERS)
        board.note(f"Not installed, so not measured: {names} (python -m benchmarks.peers.install).")
        systems = [system for system in systems if Path(system.command[0]).exists()]
    elif not given.no_peers:
        board.note(f"The peers' environment: {peer_versions(given.peers)}.")
    wanted = given.only or [""]
    return [system for system in systems if any(part in system.name for part in wanted)]


def measure(
    system: System, speech_set: SpeechSet, folder: Path, languages: Sequence[str], board: Board
) -> None:
    """Let one system answer one set, and keep scores and cost."""
    openai = folder / f"{system.model}.pt"
    if system.openai and not openai.exists():
        convert(ModelStore.default().require(system.model), openai)
    output = folder / f"{speech_set.name} - {system.name}"
    try:
        cost = answer_set(system, speech_set, languages, output, openai)
    except FailedError as error:
        board.note(f"{system.name} failed on {speech_set.name}: {error}")
        return
    key = speech_set.name, system.name
    board.costs.setdefault(key, []).append(cost)
    read = [answers.read(output, number) for number in range(len(speech_set.recordings))]
    for text in (answer.note for answer in read if answer.note):
        board.note(f"{system.name} on {speech_set.name}: {text}.")
    pairs = zip(speech_set.recordings, read, strict=True)
    board.results[key] = [tally.measure(spoken, answer) for spoken, answer in pairs]
    print(f"{speech_set.name}, {system.name}: {cost}", flush=True)


Line = tuple[str, str, tally.Sums, Cost]
"""Set, system, sums, cost."""


def lines(sets: Sequence[SpeechSet], systems: Sequence[System], board: Board) -> Iterator[Line]:
    """One for each set and system, and one for each system that took all of several sets."""
    taken: dict[str, list[tuple[str, str]]] = {}
    for key in ((s.name, system.name) for s in sets for system in systems):
        if key in board.results:
            taken.setdefault(key[1], []).append(key)
            yield *key, tally.sums(board.results[key]), cheapest(board.costs[key])
    for name, keys in taken.items():
        if len(keys) == len(sets) > 1:
            results = [result for key in keys for result in board.results[key]]
            cost = together([cheapest(board.costs[key]) for key in keys])
            yield "all sets", name, tally.sums(results), cost


NOTES = """# Recognisers side by side

Every recogniser in the store, and its peers on the same Whisper weights, over every set at hand:
`make scoreboard`. Hattama runs its whole pipeline (on hearings with speakers, unless "words
alone"), told that the languages are {languages}. The peers run with the settings of their
READMEs on the processor; they are told the language of a set of one language, which Hattama is not,
and find it themselves in a hearing. `faster-whisper + pyannote` is the obvious script
(benchmarks/plain_script.py): pyannote's pipeline with the same networks, every word to the speaker
who overlaps it most. pyannote's sample.wav is English, which no recogniser here is for: it is in
diarization.md. whisper-timestamped and stable-ts run on openai-whisper with the store's
weights, renamed (benchmarks/peers/whisper_weights.py; that is not in their cost).

WER, CER, cpWER, tcpWER, DER and `language right` in percent. WER as written: case and punctuation
count; all the others are normalised (numbers in words, no case, no punctuation). cpWER: words to
the right speakers; tcpWER: and within 5 s of where they were said (meeteval). DER: no collar,
overlap scored. First words: how far the first words of phrases are from the reference's starts,
median / 95 %. Marked: percent of the wrong (right) words that carry a doubt about the word, by the
product's own `transcribe`; goal with whisper-base: at least 60, at most 25. The synthetic hearing
served to fit the marks: figures on what was left out are in doubts.md.

Speed is audio seconds per second, the fastest of {repeats}; CPU s is user and system time of all
threads; peak MiB the resident set. Each is of the whole process, start and loading included, so
that sets of a few short clips say nothing about speed. {load}

{notes}"""


def main() -> None:
    """Run everything, print the table and write it down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", help="FOLDER=LANGUAGE")
    parser.add_argument("--languages", default="kk,ru", help="what Hattama is told")
    parser.add_argument("--most", type=int, default=500, help="recordings of each folder")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--peers", type=Path, default=PEER_ENVIRONMENT, help="their environment")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--only", action="append", help="systems whose name has this in it")
    parser.add_argument(
        "--output", type=Path, help="keep the answers, and take those that are there"
    )
    given = parser.parse_args()
    board, load = Board(), machine.load_line()
    sets = find_sets(given.folders, given.most, board)
    systems = find_systems(given, board)
    with tempfile.TemporaryDirectory() as scratch:
        for repeat in range(given.repeats):
            folder = (given.output or Path(scratch)) / str(repeat)
            folder.mkdir(parents=True, exist_ok=True)
            for speech_set in sets:
                for system in (s for s in systems if s.takes(speech_set)):
                    measure(system, speech_set, folder, given.languages.split(","), board)
    measured = list(lines(sets, systems, board))
    rows = [{"set": on, "system": name, **tally.row(of, cost)} for on, name, of, cost in measured]
    counts = [{**asdict(of), "cost": asdict(cost)} for _, _, of, cost in measured]
    print(machine.markdown(rows))
    told = "\n".join(f"- {note}" for note in board.notes)
    notes = NOTES.format(
        languages=given.languages,
        repeats=given.repeats,
        load=load,
        notes=told or "Nothing was absent.",
    )
    print(machine.write("transcription", rows, notes, *PACKAGES, counts=counts))


if __name__ == "__main__":
    main()
