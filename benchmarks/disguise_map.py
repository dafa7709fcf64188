"""Train the map of the disguise: disguise/data/map.npz.

    python -m benchmarks.disguise_map --voices DIR [--steps N] [--more DIR] [--from FILE]
        [--output FILE]

Three lessons, one after the other, on features that the stream has at that moment, the tract
evened as far as it was heard (`benchmarks/disguise_heard.py`), whatever the speaker, the room's
colour, noise and echo, and the length of the vocal tract:

1. The average voice (`benchmarks/disguise_teacher.py`) by least squares. Those alone blur, so a
   judge, trained to tell 200 kinds of sound apart, asks that they stay apart.
2. The same with more weight on the judge, and the contrast that averaging took given back.
3. The encoder of a recogniser hears what the map makes, with the secrets of a session applied,
   and asks that it hears what was said (`benchmarks/disguise_listener.py`), not who said it. What
   leans towards the speaker over a whole piece, within one group of sounds, is taken off.

`--more` adds the speech of other people, DIR/<speaker>/*.flac, 16 kHz mono, at most 30 s a file:
`benchmarks/disguise_voices.py` makes some.
With `--from` the network begins with weights that were taught before, if need be made wider, and
the first two lessons are short.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.disguise_corpus import trainers
from benchmarks.disguise_disturb import disturbed
from benchmarks.disguise_heard import heard, pitches
from benchmarks.disguise_listener import Listener
from benchmarks.disguise_teacher import INNER, Lessons, listened, look_up
from hattama.disguise.blend import blend
from hattama.disguise.cepstra import CEPSTRA, cosines
from hattama.disguise.core import mixing
from hattama.disguise.mapping import DIRECT
from hattama.disguise.population import population
from hattama.disguise.profiles import STRONG
from hattama.disguise.secret import Secret
from hattama.disguise.voice import draw_voice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

TAPS: Final = (0, 1, 3, 6, 10, 16, 24, 36, 48, 62)
"""How many frames ago the network listens: 0 to 248 ms."""

_HIDDEN: Final = 384
_KINDS: Final = 200
_GROUPS: Final = 20
_CONTRAST: Final = 1.5
_PITCH_OCTAVES: Final = 0.15  # the pitch of a disturbed throat is moved by about so much
_MOST_GAIN: Final = 2.0  # of a cepstrum, as in `normalise.py`
_SLOW: Final = 0.02  # the groups' own means are followed within some 50 steps


@dataclass(frozen=True)
class Stage:
    """One lesson."""

    steps: float
    """Share of all steps."""

    pieces: int
    """Pieces of speech a step."""

    frames: int
    """Length of a piece."""

    rate: float
    """Of learning, at its highest."""

    average: float
    """Weight of the distance from the average voice."""

    judge: float
    """Weight of the judge."""

    listener: float = 0.0
    """Weight of the recogniser's encoder."""

    speaker: float = 0.0
    """Weight of what leans towards the speaker."""


STAGES: Final = (
    Stage(0.6, 20, 640, 1e-3, 1.0, 20.0),
    Stage(0.25, 20, 640, 7e-4, 1.0, 80.0),
    Stage(0.15, 5, 1250, 6e-4, 0.2, 2.0, listener=100.0, speaker=3.0),
)
"""The lessons in their order."""

FURTHER: Final = (
    Stage(0.5, 20, 640, 4e-4, 1.0, 40.0, speaker=1.0),
    Stage(0.5, 5, 1250, 4e-4, 0.2, 2.0, listener=230.0, speaker=6.0),
)
"""The lessons of weights that were taught before."""


class Map(nn.Module):
    """The network that `mapping.py` runs."""

    def __init__(self) -> None:
        super().__init__()
        self.contrast = torch.ones(CEPSTRA - 1)
        self.net = nn.Sequential(
            nn.Linear(CEPSTRA * (len(TAPS) + 2), _HIDDEN), nn.ReLU(), nn.Dropout(0.1),
            nn.Linear(_HIDDEN, _HIDDEN), nn.ReLU(), nn.Dropout(0.1),
            nn.Linear(_HIDDEN, CEPSTRA - 1),
        )  # fmt: skip

    def forward(self, given: Tensor) -> Tensor:
        """Normalised cepstra 1 to the last, from features of shape (batch, frames, 72)."""
        frame = given[..., :CEPSTRA]
        past = [
            torch.cat([frame[:, :1].expand(-1, tap, -1), frame[:, : frame.shape[1] - tap]], 1)
            for tap in TAPS
        ]
        said: Tensor = self.net(torch.cat([*past, given[..., CEPSTRA:]], -1))
        return said + DIRECT * frame[..., 1:]

    def load(self, path: Path) -> None:
        """Begin with the weights that `save` wrote, of a network that may be smaller.

        What is new says nothing at first, so that the map says what it said.
        """
        first, second, third = self._linear()
        with np.load(path) as data, torch.no_grad():
            read = {name: torch.from_numpy(data[name]) for name in data.files}
            size, taps = len(read["first_bias"]), [TAPS.index(int(t)) for t in read["taps"]]
            columns = [tap * CEPSTRA + i for tap in taps for i in range(CEPSTRA)]
            columns += range(len(TAPS) * CEPSTRA, first.in_features)
            first.weight[:size] = 0.0
            first.weight[:size, columns] = read["first"]
            second.weight[:size, size:] = 0.0
            second.weight[:size, :size] = read["second"]
            third.weight[:, size:] = 0.0
            third.weight[:, :size] = read["third"]
            first.bias[:size], second.bias[:size] = read["first_bias"], read["second_bias"]
            third.bias[:] = read["third_bias"]
            self.contrast = read["expansion"]

    def save(self, path: Path) -> None:
        """Write the weights as `hattama.disguise.mapping` reads them."""
        first, second, third = self._linear()
        layers = {"first": first, "second": second, "third": third}
        weights = {name: layer.weight.detach().numpy() for name, layer in layers.items()}
        biases = {f"{name}_bias": layer.bias.detach().numpy() for name, layer in layers.items()}
        taps, expansion = np.array(TAPS), self.contrast.numpy()
        np.savez(path, allow_pickle=False, taps=taps, expansion=expansion, **weights, **biases)

    def _linear(self) -> tuple[nn.Linear, nn.Linear, nn.Linear]:
        first, second, third = (m for m in self.net if isinstance(m, nn.Linear))
        return first, second, third


class Judge(nn.Module):
    """Tells kinds of sound apart, from a quarter of a second on each side."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for size, reach in ((CEPSTRA, 2), (192, 4), (192, 8)):
            layers += [
                nn.Conv1d(size, 192, 5, padding=2 * reach, dilation=reach), nn.ReLU(),
                nn.Dropout(0.15),
            ]  # fmt: skip
        self.net = nn.Sequential(*layers, nn.Conv1d(192, _KINDS, 1))

    def forward(self, cepstra: Tensor) -> Tensor:
        """Scores of the kinds, shape (batch, frames, _KINDS)."""
        scores: Tensor = self.net(cepstra.transpose(1, 2))
        return scores.transpose(1, 2)


def clusters(points: Tensor, count: int, rounds: int = 10) -> Tensor:
    """Number of the nearest of `count` centres for each point, by k-means."""
    centre = points[torch.randperm(len(points))[:count]].clone()
    for _ in range(rounds):
        nearest = torch.cdist(points[::3], centre).argmin(1)
        for k in range(count):
            if bool((nearest == k).any()):
                centre[k] = points[::3][nearest == k].mean(0)
    return torch.cat([torch.cdist(part, centre).argmin(1) for part in points.split(8000)])


def taught(paths: list[Path], names: list[str]) -> tuple[Lessons, Array]:
    """What the map learns from: lessons on evened envelopes, and every frame's pitch.

    Files of one speaker, by his name in `names`, follow each other.

    The bands of the lessons are as they were heard; the voices of which the average is taken are
    those whose tract was evened by all that was heard of them.
    """
    content, bands, file = listened(paths)
    pitch = np.concatenate(
        [pitches(path)[: INNER * int(np.sum(file == i))] for i, path in enumerate(paths)]
    )
    coarse = np.unique(names, return_inverse=True)[1][file]
    speaker = np.repeat(coarse, INNER)
    even = [_evened(bands[speaker == s], pitch[speaker == s]) for s in np.unique(coarse)]
    found = look_up(content, np.concatenate(even), coarse)
    return replace(found, bands=bands.astype(np.float32)), pitch


def _evened(bands: Array, pitch: Array) -> Array:
    """Envelopes of a whole file, evened by what is known at its end."""
    twice = np.concatenate([bands, bands])
    return heard(twice, np.concatenate([pitch, pitch]))[1][len(bands) :]


class Training:
    """Judge, map and listener, with what they learn from."""

    def __init__(self, lessons: Lessons, pitch: Array) -> None:
        self._taught, self._pitch = lessons, pitch
        self._generator = np.random.default_rng(0)
        content = torch.from_numpy(np.ascontiguousarray(lessons.content[:, -64:]))
        self._kinds = clusters(content, _KINDS).repeat_interleave(INNER)
        mean, std = (part.astype("f4") for part in population())
        self._mean, self._spread = torch.from_numpy(mean), torch.from_numpy(std)
        blended = blend(STRONG.mapping, STRONG.mapping_high)[1:, 1:]
        self._blend = torch.from_numpy((blended.T * std[1:, None] / std[1:]).astype("f4"))
        own = lessons.mean, lessons.std
        self._natural = torch.from_numpy(((lessons.normal - own[0]) / own[1]).astype("f4"))
        self._average = torch.from_numpy(((lessons.target - own[0]) / own[1]).astype("f4"))
        self._average[:, 0] = self._natural[:, 0]
        self._groups = clusters(self._average[:, 1:13], _GROUPS)
        self._usual = torch.zeros(_GROUPS, CEPSTRA - 1)
        speakers = np.unique(lessons.speaker)
        self._bounds = [np.flatnonzero(lessons.speaker == s)[[0, -1]] for s in speakers]
        self.judge, self.map = Judge(), Map()

    def train_judge(self, steps: int) -> None:
        """Teach the judge to tell the kinds apart in natural and in averaged speech."""
        optimiser = torch.optim.Adam(self.judge.parameters())
        for step in range(steps):
            optimiser.param_groups[0]["lr"] = 1.5e-3 * (1.0 - step / steps) + 2e-5
            heard, wanted = [], []
            for start in self._starts(10, 400):
                rows = slice(start, start + 400)
                share = self._generator.uniform() if self._generator.random() < 0.7 else 0.0
                average = self._average[rows] * self._generator.uniform(0.9, 1.5)
                mixed = self._natural[rows] * (1.0 - share) + share * average
                heard.append(mixed + 0.15 * torch.randn(CEPSTRA))
                wanted.append(self._kinds[rows])
            scores = self.judge(torch.stack(heard)).flatten(0, 1)
            loss = functional.cross_entropy(scores, torch.cat(wanted))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        self.judge.eval().requires_grad_(requires_grad=False)

    def train_map(self, stage: Stage, steps: int, listener: Listener | None) -> None:
        """One lesson of the map."""
        optimiser = torch.optim.Adam(self.map.parameters())
        self.map.train()
        for step in range(steps):
            warm = min(1.0, (step + 1) / 20)
            optimiser.param_groups[0]["lr"] = (
                stage.rate * warm * 0.5 * (1.0 + np.cos(np.pi * step / steps)) + 1e-5
            )
            loss = self._loss(stage, listener)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.map.parameters(), 300.0)
            optimiser.step()
            if step % 50 == 0:
                print(f"step {step} of {steps}: {float(loss.detach()):.1f}", flush=True)
        self.map.eval()

    def listener(self) -> Listener:
        """A listener who has met everybody."""
        found = Listener()
        found.meet([self._bands(self._natural[a:b])[None] for a, b in self._bounds])
        return found

    def find_contrast(self) -> None:
        """Find what brings the spread of the map's cepstra back, at most `_CONTRAST`."""
        with torch.no_grad():
            said = [
                self.map(self._hear(slice(a, b), plain=True)[None])[0][self._taught.speech[a:b]]
                for a, b in self._bounds[::6]
            ]
        self.map.contrast = torch.clamp(1.0 / torch.cat(said).std(0), max=_CONTRAST)
        self.map.contrast[12:] = torch.linspace(1.0, 0.6, CEPSTRA - 13)

    def _loss(self, stage: Stage, listener: Listener | None) -> Tensor:
        given, rows = self._pieces(stage)
        speech = torch.from_numpy(self._taught.speech)[rows].float()
        said = self.map(given)
        off = (said - self._average[rows][..., 1:]) * self._spread[1:]
        weight = 0.2 + 0.8 * speech
        loss = stage.average * ((off**2).sum(-1) * weight).sum() / weight.sum()
        said = said * self.map.contrast
        whole = torch.cat([given[..., :1], said], -1)
        scores = self.judge(whole).flatten(0, 1)
        judged = functional.cross_entropy(scores, self._kinds[rows].flatten())
        loss = loss + stage.judge * judged
        own = normalised(given)
        mixed = own + (said - own) @ self._blend
        if stage.speaker:
            loss = loss + stage.speaker * self._leaning(mixed, rows, speech)
        if listener:
            whole = torch.cat([self._natural[rows][..., :1], mixed], -1)
            loss = loss + stage.listener * self._unheard(listener, whole, rows)
        return loss

    def _leaning(self, mixed: Tensor, rows: Tensor, speech: Tensor) -> Tensor:
        """How far a piece stands apart, in its mean within a group of sounds, from everybody's.

        What the sounds themselves say, as far as the average voice tells, does not count.
        """
        off = (mixed - self._average[rows][..., 1:]) * self._spread[1:]
        member = functional.one_hot(self._groups[rows], _GROUPS).float() * speech[..., None]
        count = member.sum(1)
        total = torch.einsum("bng,bnc->bgc", member, off)
        mean = total / count.clamp_min(1.0)[..., None]
        every = total.detach().sum(0) / count.sum(0).clamp_min(1.0)[:, None]
        self._usual += _SLOW * (count.sum(0) > 0.0)[:, None] * (every - self._usual)
        return (((mean - self._usual) ** 2).sum(-1) * count).sum() / count.sum()

    def _unheard(self, listener: Listener, said: Tensor, rows: Tensor) -> Tensor:
        """What the encoder no longer hears once a session's secrets are applied."""
        voices = [draw_voice(STRONG, Secret(self._generator.bytes(32))) for _ in said]
        mixed = torch.from_numpy(np.stack([mixing(STRONG, v) for v in voices]).astype("f4"))
        colour = torch.from_numpy(np.stack([v.colour for v in voices]).astype("f4"))
        shapes = (said * self._spread) @ mixed.transpose(1, 2) + colour[:, None]
        everywhere = torch.ones(said.shape[:2])
        natural = self._bands(self._natural[rows])
        loudness = torch.tensor([v.loudness for v in voices])[:, None, None]
        bands = self._bands(shapes / self._spread) + loudness
        return listener.apart(bands, natural, [v.warp for v in voices], everywhere)

    def _bands(self, cepstra: Tensor) -> Tensor:
        basis = torch.from_numpy(cosines().astype(np.float32))
        return (cepstra * self._spread + self._mean) @ basis

    def _starts(self, count: int, frames: int) -> list[int]:
        bounds = [self._bounds[s] for s in self._generator.choice(len(self._bounds), count)]
        return [int(self._generator.integers(a, max(a + 1, b - frames))) for a, b in bounds]

    def _pieces(self, stage: Stage) -> tuple[Tensor, Tensor]:
        """Features of some pieces, half of them from the start of a session, and their rows."""
        given, rows = [], []
        long = [(int(a), int(b)) for a, b in self._bounds if b - a > stage.frames + 2]
        for s in self._generator.choice(len(long), stage.pieces):
            first, last = long[s]
            whole = int(np.exp(self._generator.uniform(np.log(stage.frames), np.log(4000))))
            whole = min(max(whole, stage.frames + 2), last - first)
            begin = int(self._generator.integers(first, last - whole + 1))
            late = whole - stage.frames if self._generator.random() > 0.5 else 120
            at = int(self._generator.integers(0, max(1, min(late, whole - stage.frames))))
            told = self._hear(slice(begin, begin + whole))
            given.append(told[at : at + stage.frames])
            rows.append(torch.arange(begin + at, begin + at + stage.frames))
        return torch.stack(given), torch.stack(rows)

    def _hear(self, rows: slice, *, plain: bool = False) -> Tensor:
        bands, pitch = self._taught.bands[rows], self._pitch[rows]
        if not plain:
            bands = disturbed(bands, self._generator)
            pitch = pitch * 2.0 ** (_PITCH_OCTAVES * self._generator.normal())
        return torch.from_numpy(heard(bands, pitch)[0])


def normalised(given: Tensor) -> Tensor:
    """Cepstra 1 to the last as `normalise.py` leaves them, from features."""
    gain = torch.exp(-given[..., 2 * CEPSTRA + 1 :]).clamp(1.0 / _MOST_GAIN, _MOST_GAIN)
    return given[..., 1:CEPSTRA] * gain


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--speakers", type=int)
    parser.add_argument("--from", dest="before", type=Path)
    parser.add_argument("--more", type=Path)
    target = Path(__file__).parents[1] / "disguise" / "data" / "map.npz"
    parser.add_argument("--output", type=Path, default=target)
    options = parser.parse_args()
    torch.manual_seed(0)
    paths = trainers(options.voices)[: options.speakers]
    names = [path.stem for path in paths]
    if options.more:
        further = sorted(options.more.glob("*/*.flac"))
        paths, names = paths + further, names + [path.parent.name for path in further]
    training = Training(*taught(paths, names))
    if options.before:
        training.map.load(options.before)
    training.train_judge(max(1, options.steps // 5))
    for stage in FURTHER if options.before else STAGES:
        listener = training.listener() if stage.listener else None
        training.train_map(stage, max(1, round(options.steps * stage.steps)), listener)
        if not listener:
            training.find_contrast()
    training.map.save(options.output)


if __name__ == "__main__":
    main()
