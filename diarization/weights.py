"""Loading of checkpoints from the model store, without running what a pickle may carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Weights(Protocol):
    """The part of `hattama.models.store.ModelStore` that the networks need."""

    def require(self, name: str) -> Path:
        """Folder of the model `name`, its hashes checked; raises where it is missing or changed."""
        ...


def load_checkpoint(path: Path, safe: Sequence[Any] = ()) -> dict[str, Any]:
    """Tensors and plain values of a PyTorch checkpoint, on the CPU.

    Parameters
    ----------
    path
        The checkpoint, whose hash was checked by the store.
    safe
        Classes beside tensors and plain values that the checkpoint needs. Any other class in it
        raises `pickle.UnpicklingError`: no code from the file is ever run.
    """
    with torch.serialization.safe_globals(list(safe)):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    return dict(checkpoint)


def best_device() -> torch.device:
    """CUDA where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
