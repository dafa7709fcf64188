"""What the map is trained on is what the stream gives it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from benchmarks.disguise_heard import heard
from benchmarks.disguise_map import TAPS, Map
from hattama.disguise import core as cores
from hattama.disguise.cepstra import CEPSTRA, cosines
from hattama.disguise.core import Core, make_core
from hattama.disguise.mapping import network
from hattama.disguise.population import population
from hattama.disguise.profiles import STRONG
from hattama.disguise.secret import Secret
from hattama.disguise.voice import draw_voice

MEAN, STD = population()
DATA = Path(cores.__file__).parent / "data" / "map.npz"


def session(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Log band powers, some of them of pauses, and the pitch, 0 where there is none."""
    generator = np.random.default_rng(3)
    cepstra = MEAN + STD * generator.normal(size=(count, CEPSTRA))
    cepstra[::7, 0] -= 60.0
    return cepstra @ cosines(), np.where(generator.random(count) < 0.5, 210.0, 0.0)


def streamed(bands: np.ndarray, pitch: np.ndarray) -> Core:
    """A core that has heard every frame, one by one."""
    core = make_core(STRONG, draw_voice(STRONG, Secret(bytes(32))))
    for row, hz in zip(bands, pitch, strict=True):
        core.bands[:] = row
        core.pitch.track[:] = (4000.0 / hz, 1.0) if hz else (0.0, 0.0)
        cores._reshape(core)
    return core


def test_what_training_hears_is_what_the_stream_hears() -> None:
    bands, pitch = session(300)
    given, even = heard(bands, pitch)
    state, taps = streamed(bands, pitch).mapping, network().taps
    past = [given[len(given) - 1 - tap, :CEPSTRA] for tap in taps]
    np.testing.assert_allclose(
        state.features, np.concatenate([*past, given[-1, CEPSTRA:]]), atol=1e-4
    )
    assert np.abs(even[-1] - bands[-1]).max() > 0.1  # the tract was told and evened


def test_the_network_in_training_says_what_the_stream_says() -> None:
    bands, pitch = session(300)
    net, weights = Map().eval(), network()
    assert tuple(weights.taps) == TAPS
    net.load(DATA)
    with torch.no_grad():
        said = net(torch.from_numpy(heard(bands, pitch)[0])[None])[0, -1] * net.contrast
    mapped = streamed(bands, pitch).mapping.mapped
    np.testing.assert_allclose((mapped[1:] - MEAN[1:]) / STD[1:], said.numpy(), atol=1e-3)


def test_weights_that_were_taught_before_say_in_a_wider_network_what_they_said(
    tmp_path: Path,
) -> None:
    generator, size, taps = np.random.default_rng(5), 16, np.array(TAPS[:3])
    inputs = (len(taps) + 2) * CEPSTRA
    shapes = {
        "first": (size, inputs), "first_bias": (size,), "second": (size, size),
        "second_bias": (size,), "third": (CEPSTRA - 1, size), "third_bias": (CEPSTRA - 1,),
        "expansion": (CEPSTRA - 1,),
    }  # fmt: skip
    small = {name: generator.normal(size=s).astype("f4") for name, s in shapes.items()}
    np.savez(tmp_path / "small.npz", allow_pickle=False, taps=taps, **small)
    wide = Map().eval()
    wide.load(tmp_path / "small.npz")
    given = generator.normal(size=(1, 70, 3 * CEPSTRA)).astype("f4")
    frame = given[0, :, :CEPSTRA]
    features = np.concatenate([*(frame[69 - tap] for tap in taps), given[0, -1, CEPSTRA:]])
    hidden = np.maximum(small["first"] @ features + small["first_bias"], 0.0)
    hidden = np.maximum(small["second"] @ hidden + small["second_bias"], 0.0)
    wanted = small["third"] @ hidden + small["third_bias"] + 0.5 * frame[-1, 1:]
    with torch.no_grad():
        said = wide(torch.from_numpy(given))[0, -1].numpy()
    np.testing.assert_allclose(said, wanted, atol=1e-4)
    wide.save(tmp_path / "wide.npz")
    again = Map().eval()
    again.load(tmp_path / "wide.npz")
    with torch.no_grad():
        np.testing.assert_allclose(again(torch.from_numpy(given))[0, -1].numpy(), said, atol=1e-6)
