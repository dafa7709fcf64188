"""Train the map of the disguise: disguise/data/map.npz.

    python -m benchmarks.disguise_map --voices DIR [--steps N] [--output FILE]

The map learns to give the teacher's average voice (`benchmarks/disguise_teacher.py`) from the
features that the stream has at that moment, whatever the speaker, the room's colour, the noise
and the length of the vocal tract. Plain least squares blur the sounds: a second network, trained
to tell 200 kinds of sound apart in natural speech, listens to what the map makes and asks that
they stay apart.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.disguise_teacher import INNER, Lessons, lessons
from hattama.disguise.bands import BANDS, centres
from hattama.disguise.core import cosines
from hattama.disguise.framing import HOP, RATE_HZ
from hattama.disguise.mapping import TAPS
from hattama.disguise.normalise import CEPSTRA, PRIOR_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

_HIDDEN: Final = 128
_KINDS: Final = 200
_AROUND: Final = (-15, -11, -8, -5, -3, -1, 0, 1, 3, 5, 8, 11, 15)  # frames that the judge hears
_JUDGE_WEIGHT: Final = 25.0
_SEGMENT: Final = 450
_CONTRAST: Final = 1.5
_PRIOR: Final = PRIOR_S * RATE_HZ / HOP


def features(bands: Array, speech: Array, mean: Array, std: Array) -> Array:
    """What the stream gives the network, for a whole recording; see `mapping.py`."""
    cepstra = bands @ cosines().T
    heard = np.cumsum(speech)[:, None] + _PRIOR
    centre = (_PRIOR * mean + np.cumsum(cepstra * speech[:, None], axis=0)) / heard
    apart = (cepstra - mean) ** 2 * speech[:, None]
    square = (_PRIOR * std**2 + np.cumsum(apart, axis=0)) / heard
    spread = np.sqrt(np.maximum(square - (centre - mean) ** 2, 0.01))
    past = [
        np.concatenate([np.repeat(cepstra[:1], k, axis=0), cepstra[: len(cepstra) - k]])
        for k in TAPS
    ]
    parts = [(p - centre) / std for p in past]
    return np.concatenate([*parts, (centre - mean) / std, np.log(spread / std)], 1).astype("f4")


def disturbed(bands: Array, generator: np.random.Generator) -> Array:
    """The same speech from another throat, in another room, louder or softer, in noise."""
    basis = cosines()
    if generator.random() < 0.7:
        bands = bands @ _stretch(float(np.exp(generator.uniform(-0.16, 0.16)))).T
    colour = generator.normal(size=6) * np.array([5.0, 3.0, 2.0, 1.5, 1.0, 1.0])
    bands = bands + generator.uniform() * colour @ basis[1:7] + generator.normal()
    if generator.random() < 0.5:
        level = np.percentile(bands.mean(axis=1), 90) - generator.uniform(2.5, 9.0)
        noise = level + generator.normal(size=3) * np.array([6.0, 4.0, 2.0]) @ basis[1:4]
        bands = np.logaddexp(bands, noise + 0.5 * generator.normal(size=bands.shape))
    return np.asarray(bands, np.float32)


def _stretch(factor: float) -> Array:
    middle, knee = centres(), 7000.0 * min(1.0, factor)
    source = np.interp(middle, [0.0, knee, 8000.0], [0.0, knee / factor, 8000.0])
    place = np.clip(np.interp(source, middle, np.arange(BANDS)), 0.0, BANDS - 1.001)
    below, matrix = place.astype(int), np.zeros((BANDS, BANDS), np.float32)
    matrix[np.arange(BANDS), below] = 1.0 - (place - below)
    matrix[np.arange(BANDS), below + 1] = place - below
    return matrix


def around(cepstra: Tensor) -> Tensor:
    """Each frame with its neighbours at `_AROUND`, shape (frames, len(_AROUND) * CEPSTRA)."""
    count = len(cepstra)
    index = torch.arange(count)[:, None] + torch.tensor(_AROUND)[None]
    return cepstra[index.clamp(0, count - 1)].reshape(count, -1)


def kinds(content: Array) -> Tensor:
    """Kind of sound of every frame of the disguise, by k-means on the encoder's view."""
    points = torch.from_numpy(np.ascontiguousarray(content[:, -64:]))
    centre = points[torch.randperm(len(points))[:_KINDS]].clone()
    for _ in range(8):
        nearest = torch.cdist(points[::3], centre).argmin(1)
        for k in range(len(centre)):
            if bool((nearest == k).any()):
                centre[k] = points[::3][nearest == k].mean(0)
    nearest = torch.cat([torch.cdist(part, centre).argmin(1) for part in points.split(8000)])
    return nearest.repeat_interleave(INNER)


class Training:
    """Judge and map, with what they learn from."""

    def __init__(self, taught: Lessons) -> None:
        self._taught = taught
        self._generator = np.random.default_rng(0)
        self._kinds = kinds(taught.content)
        self._mean, self._std = taught.mean.astype("f4"), taught.std.astype("f4")
        self._bounds = [
            np.flatnonzero(taught.speaker == s)[[0, -1]] for s in np.unique(taught.speaker)
        ]
        self.judge = nn.Sequential(
            nn.Linear(CEPSTRA * len(_AROUND), 256),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(256, _KINDS),
        )
        self.net = nn.Sequential(
            nn.Linear(CEPSTRA * (len(TAPS) + 2), _HIDDEN), nn.ReLU(),
            nn.Linear(_HIDDEN, _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, CEPSTRA - 1),
        )  # fmt: skip

    def train_judge(self, steps: int) -> None:
        """Teach the judge to tell the kinds of sound apart in natural and averaged speech."""
        natural = torch.from_numpy((self._taught.normal - self._mean) / self._std)
        average = torch.from_numpy((self._taught.target - self._mean) / self._std)
        average[:, 0] = natural[:, 0]
        optimiser = torch.optim.Adam(self.judge.parameters())
        for step in range(steps):
            optimiser.param_groups[0]["lr"] = 1.5e-3 * (1.0 - step / steps) + 2e-5
            heard, wanted = [], []
            for first, last in self._some(10):
                start = int(self._generator.integers(first, max(first + 1, last - 300)))
                rows = slice(start, min(start + 300, last))
                share = self._generator.uniform() if self._generator.random() < 0.6 else 0.0
                gain = self._generator.uniform(0.9, 1.5)
                mixed = natural[rows] * (1.0 - share) + average[rows] * share * gain
                heard.append(around(mixed + 0.15 * torch.randn(CEPSTRA)))
                wanted.append(self._kinds[rows])
            loss = nn.functional.cross_entropy(self.judge(torch.cat(heard)), torch.cat(wanted))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        self.judge.eval().requires_grad_(requires_grad=False)

    def train_map(self, steps: int, contrast: Tensor, judge_weight: float) -> None:
        """Teach the map: near the average voice, and every kind of sound told apart."""
        optimiser = torch.optim.Adam(self.net.parameters())
        std = torch.from_numpy(self._std)
        for step in range(steps):
            optimiser.param_groups[0]["lr"] = 6e-4 * (1.0 + np.cos(np.pi * step / steps)) + 1e-5
            loss = torch.zeros(())
            for first, last in self._some(6):
                start = int(self._generator.integers(first, max(first + 1, last - 3200)))
                rows = slice(start, min(last, start + int(self._generator.integers(500, 3200))))
                given, weight = self._hear(rows)
                at = int(self._generator.integers(0, max(1, len(given) - _SEGMENT)))
                part = slice(at, at + _SEGMENT)
                said = self.say(given[part])
                wanted = torch.from_numpy((self._taught.target[rows] - self._mean) / self._std)
                apart = ((said - wanted[part, 1:]) * std[1:]) ** 2
                loss = loss + (weight[part, None] * apart).sum(1).mean() / 6
                judged = self.judge(around(torch.cat([given[part, :1], said * contrast], 1)))
                loss = (
                    loss
                    + judge_weight
                    * nn.functional.cross_entropy(judged, self._kinds[rows][part])
                    / 6
                )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if step % 100 == 0:
                print(f"step {step}: {float(loss.detach()):.1f}", flush=True)

    def say(self, given: Tensor) -> Tensor:
        """Normalised cepstra that the map makes; half of the input goes past the network."""
        result: Tensor = 0.5 * given[:, 1:CEPSTRA] + self.net(given)
        return result

    def contrast(self) -> Tensor:
        """What brings the spread of the map's cepstra back, at most `_CONTRAST`."""
        with torch.no_grad():
            rows = [self._hear(slice(a, b), plain=True) for a, b in self._bounds[::12]]
            said = torch.cat([self.say(g)[w > 0.5] for g, w in rows])
        gain = torch.clamp(1.0 / said.std(0), max=_CONTRAST)
        gain[12:] = torch.linspace(1.0, 0.6, CEPSTRA - 13)
        return gain

    def save(self, path: Path, contrast: Tensor) -> None:
        """Write the weights as `hattama.disguise.mapping` reads them."""
        state = {k: v.numpy() for k, v in self.net.state_dict().items()}
        np.savez(
            path,
            first=state["0.weight"], first_bias=state["0.bias"],
            second=state["2.weight"], second_bias=state["2.bias"],
            third=state["4.weight"], third_bias=state["4.bias"],
            expansion=contrast.numpy(),
        )  # fmt: skip

    def _some(self, count: int) -> list[tuple[int, int]]:
        picked = self._generator.choice(len(self._bounds), count)
        return [(int(self._bounds[s][0]), int(self._bounds[s][1])) for s in picked]

    def _hear(self, rows: slice, *, plain: bool = False) -> tuple[Tensor, Tensor]:
        bands = self._taught.bands[rows]
        speech = self._taught.speech[rows].astype(np.float32)
        heard = bands if plain else disturbed(bands, self._generator)
        given = features(heard, speech, self._mean, self._std)
        return torch.from_numpy(given), torch.from_numpy(0.2 + 0.8 * speech)


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--speakers", type=int)
    target = Path(__file__).parents[1] / "disguise" / "data" / "map.npz"
    parser.add_argument("--output", type=Path, default=target)
    options = parser.parse_args()
    torch.manual_seed(0)
    paths = sorted((options.voices / "train-clean").glob("*.flac"))[: options.speakers]
    training = Training(lessons(paths))
    training.train_judge(max(1, options.steps // 2))
    training.train_map(options.steps, torch.ones(CEPSTRA - 1), _JUDGE_WEIGHT / 3.0)
    contrast = training.contrast()
    training.train_map(max(1, options.steps * 3 // 5), contrast, _JUDGE_WEIGHT)
    training.save(options.output, contrast)


if __name__ == "__main__":
    main()
