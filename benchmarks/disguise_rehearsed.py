"""Sessions that begin with a sound check: the secret is chosen with the speaker beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch

from benchmarks.disguise_systems import secret_of
from hattama.diarization.campplus import CampplusEmbedder
from hattama.diarization.ge2e import Ge2eEmbedder
from hattama.disguise.audition import DRAWS, choose_secret
from hattama.disguise.moments import sound_moments
from hattama.disguise.profiles import PROFILES, Profile
from hattama.disguise.similarity import know
from hattama.disguise.stream import DisguiseStream
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.disguise_systems import Sound, System

EMBEDDINGS: Final = {"campplus": CampplusEmbedder, "ge2e": Ge2eEmbedder}
"""Which may judge in the sound check."""

_ANOTHER: Final = 1_000_000  # how far the seeds of two secrets of one sound check lie apart


class SoundCheck:
    """Chooses as `hattama.disguise.rehearsal` does, among secrets that can be repeated.

    Parameters
    ----------
    judges
        Names in EMBEDDINGS of those that have to take the disguise for a stranger's.
    """

    def __init__(self, judges: Sequence[str]) -> None:
        torch.set_num_threads(1)
        store = ModelStore.default()
        self._prints = {name: EMBEDDINGS[name](store) for name in judges}

    def choose(self, system: System, before: Sound, seed: int) -> int:
        """The seed of the secret that is taken; one of our profiles is disguised with."""
        profile = _profile(system)
        heard = sound_moments(before[:, None])
        secrets = {secret_of(seed + i * _ANOTHER): seed + i * _ANOTHER for i in range(DRAWS)}
        chosen = choose_secret(
            heard,
            [know(name, print_, heard) for name, print_ in self._prints.items()],
            lambda secret, rate: DisguiseStream(rate, profile, secret, 4096),
            fresh=iter(secrets).__next__,
        )
        return secrets[chosen.secret]


def _profile(system: System) -> Profile:
    for profile in PROFILES.values():
        if system.name == f"hattama {profile.name}":
            return profile
    raise SystemExit(f"{system.name} has no sound check; choose natural, strong or whisper")
