"""Train the map of the disguise: disguise/data/map.npz.

    python -m benchmarks.disguise_map --voices DIR [--steps N] [--output FILE]

Three lessons, one after the other, on features that the stream has at that moment, whatever the
speaker, the room's colour, noise and echo, and the length of the vocal tract:

1. The average voice (`benchmarks/disguise_teacher.py`) by least squares. Those alone blur, so a
   judge, trained to tell 200 kinds of sound apart, asks that they stay apart.
2. The same with more weight on the judge, and the contrast that averaging took given back.
3. The encoder of a recogniser hears what the map makes, with the secrets of a session applied,
   and asks that it hears what was said (`benchmarks/disguise_listener.py`). What leans towards
   the speaker over a whole piece, within one group of sounds, is taken off.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.disguise_corpus import trainers
from benchmarks.disguise_disturb import disturbed
from benchmarks.disguise_listener import Listener
from benchmarks.disguise_teacher import INNER, Lessons, lessons
from hattama.disguise.cepstra import CEPSTRA, cosines
from hattama.disguise.framing import FRAMES_PER_S
from hattama.disguise.mapping import DIRECT
from hattama.disguise.normalise import PRIOR_S
from hattama.disguise.profiles import STRONG
from hattama.disguise.secret import Secret
from hattama.disguise.voice import draw_voice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

TAPS: Final = (0, 1, 3, 6, 10, 16, 24, 36)
"""How many frames ago the network listens: 0 to 144 ms."""

_HIDDEN: Final = 256
_KINDS: Final = 200
_GROUPS: Final = 20
_CONTRAST: Final = 1.5
_PRIOR: Final = PRIOR_S * FRAMES_PER_S


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


def features(bands: Array, speech: Array, mean: Array, std: Array) -> Array:
    """A frame about the speaker's mean so far, then his statistics, shape (frames, 3 * CEPSTRA).

    `mapping.py` computes the same, frame by frame.
    """
    cepstra = bands @ cosines().T
    heard = np.cumsum(speech)[:, None] + _PRIOR
    centre = (_PRIOR * mean + np.cumsum(cepstra * speech[:, None], axis=0)) / heard
    apart = (cepstra - mean) ** 2 * speech[:, None]
    square = (_PRIOR * std**2 + np.cumsum(apart, axis=0)) / heard
    spread = np.sqrt(np.maximum(square - (centre - mean) ** 2, 0.01))
    parts = [(cepstra - centre) / std, (centre - mean) / std, np.log(spread / std)]
    return np.concatenate(parts, 1).astype("f4")


class Map(nn.Module):
    """The network that `mapping.py` runs."""

    def __init__(self) -> None:
        super().__init__()
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

    def save(self, path: Path, contrast: Tensor) -> None:
        """Write the weights as `hattama.disguise.mapping` reads them."""
        first, second, third = (m for m in self.net if isinstance(m, nn.Linear))
        layers = {"first": first, "second": second, "third": third}
        weights = {name: layer.weight.detach().numpy() for name, layer in layers.items()}
        biases = {f"{name}_bias": layer.bias.detach().numpy() for name, layer in layers.items()}
        taps, expansion = np.array(TAPS), contrast.numpy()
        np.savez(path, allow_pickle=False, taps=taps, expansion=expansion, **weights, **biases)


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


class Training:
    """Judge, map and listener, with what they learn from."""

    def __init__(self, taught: Lessons) -> None:
        self._taught = taught
        self._generator = np.random.default_rng(0)
        content = torch.from_numpy(np.ascontiguousarray(taught.content[:, -64:]))
        self._kinds = clusters(content, _KINDS).repeat_interleave(INNER)
        self._mean, self._std = taught.mean.astype("f4"), taught.std.astype("f4")
        self._spread = torch.from_numpy(self._std)
        self._natural = torch.from_numpy((taught.normal - self._mean) / self._std)
        self._average = torch.from_numpy((taught.target - self._mean) / self._std)
        self._average[:, 0] = self._natural[:, 0]
        self._groups = clusters(self._average[:, 1:13], _GROUPS)
        speakers = np.unique(taught.speaker)
        self._bounds = [np.flatnonzero(taught.speaker == s)[[0, -1]] for s in speakers]
        self.judge, self.map = Judge(), Map()
        self.contrast = torch.ones(CEPSTRA - 1)

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

    def find_contrast(self) -> None:
        """Find what brings the spread of the map's cepstra back, at most `_CONTRAST`."""
        with torch.no_grad():
            said = [
                self.map(self._hear(slice(a, b), plain=True)[None])[0][self._taught.speech[a:b]]
                for a, b in self._bounds[::6]
            ]
        self.contrast = torch.clamp(1.0 / torch.cat(said).std(0), max=_CONTRAST)
        self.contrast[12:] = torch.linspace(1.0, 0.6, CEPSTRA - 13)

    def _loss(self, stage: Stage, listener: Listener | None) -> Tensor:
        given, rows = self._pieces(stage)
        speech = torch.from_numpy(self._taught.speech)[rows].float()
        said = self.map(given)
        off = (said - self._average[rows][..., 1:]) * self._spread[1:]
        weight = 0.2 + 0.8 * speech
        loss = stage.average * ((off**2).sum(-1) * weight).sum() / weight.sum()
        whole = torch.cat([given[..., :1], said * self.contrast], -1)
        scores = self.judge(whole).flatten(0, 1)
        judged = functional.cross_entropy(scores, self._kinds[rows].flatten())
        loss = loss + stage.judge * judged
        if stage.speaker:
            loss = loss + stage.speaker * self._leaning(off, rows, speech)
        if listener:
            whole = torch.cat([self._natural[rows][..., :1], said * self.contrast], -1)
            loss = loss + stage.listener * self._unheard(listener, whole, rows)
        return loss

    def _leaning(self, off: Tensor, rows: Tensor, speech: Tensor) -> Tensor:
        """Square of the mean distance from the average voice, a piece and a group of sounds."""
        member = functional.one_hot(self._groups[rows], _GROUPS).float() * speech[..., None]
        count = member.sum(1)
        mean = torch.einsum("bng,bnc->bgc", member, off) / count.clamp_min(1.0)[..., None]
        return ((mean**2).sum(-1) * count).sum() / count.sum()

    def _unheard(self, listener: Listener, said: Tensor, rows: Tensor) -> Tensor:
        """What the encoder no longer hears once a session's secrets are applied."""
        voices = [draw_voice(STRONG, Secret(self._generator.bytes(32))) for _ in said]
        twist = torch.from_numpy(np.stack([v.twist for v in voices]).astype("f4"))
        colour = torch.from_numpy(np.stack([v.colour for v in voices]).astype("f4"))
        twisted = said + said @ twist.transpose(1, 2) + colour[:, None] / self._spread
        everywhere = torch.ones(said.shape[:2])
        natural = self._bands(self._natural[rows])
        return listener.apart(self._bands(twisted), natural, [v.warp for v in voices], everywhere)

    def _bands(self, cepstra: Tensor) -> Tensor:
        basis = torch.from_numpy(cosines().astype(np.float32))
        return (cepstra * self._spread + torch.from_numpy(self._mean)) @ basis

    def _starts(self, count: int, frames: int) -> list[int]:
        bounds = [self._bounds[s] for s in self._generator.choice(len(self._bounds), count)]
        return [int(self._generator.integers(a, max(a + 1, b - frames))) for a, b in bounds]

    def _pieces(self, stage: Stage) -> tuple[Tensor, Tensor]:
        """Features of some pieces, half of them from the start of a session, and their rows."""
        given, rows = [], []
        for s in self._generator.choice(len(self._bounds), stage.pieces):
            first, last = (int(x) for x in self._bounds[s])
            whole = int(np.exp(self._generator.uniform(np.log(stage.frames), np.log(4000))))
            whole = min(max(whole, stage.frames + 2), last - first)
            begin = int(self._generator.integers(first, last - whole + 1))
            late = whole - stage.frames if self._generator.random() > 0.5 else 120
            at = int(self._generator.integers(0, max(1, min(late, whole - stage.frames))))
            heard = self._hear(slice(begin, begin + whole))
            given.append(heard[at : at + stage.frames])
            rows.append(torch.arange(begin + at, begin + at + stage.frames))
        return torch.stack(given), torch.stack(rows)

    def _hear(self, rows: slice, *, plain: bool = False) -> Tensor:
        bands = self._taught.bands[rows]
        heard = bands if plain else disturbed(bands, self._generator)
        speech = self._taught.speech[rows].astype(np.float32)
        return torch.from_numpy(features(heard, speech, self._mean, self._std))


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--speakers", type=int)
    target = Path(__file__).parents[1] / "disguise" / "data" / "map.npz"
    parser.add_argument("--output", type=Path, default=target)
    options = parser.parse_args()
    torch.manual_seed(0)
    training = Training(lessons(trainers(options.voices)[: options.speakers]))
    training.train_judge(max(1, options.steps // 5))
    for stage in STAGES:
        listener = Listener() if stage.listener else None
        training.train_map(stage, max(1, round(options.steps * stage.steps)), listener)
        training.find_contrast()
    training.map.save(options.output, training.contrast)


if __name__ == "__main__":
    main()
