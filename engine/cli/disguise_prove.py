"""`hattama disguise prove`: show that a disguised recording is the original in another voice."""

from __future__ import annotations

import json as plain_json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter
from rich.console import Console

from hattama.disguise.proof import Proof, ProofVerdict
from hattama.disguise.proof import prove as prove_recording
from hattama.disguise.sidecar import beside, read_log, read_seal
from hattama.engine.cli.disguise_bar import share_bar
from hattama.engine.cli.language import translate

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[ProofVerdict, str]] = {
    ProofVerdict.SAME: "{output} is {original} in another voice and nothing else: made again from "
    "the original and the sealed secret, every stream is the same bit for bit.",
    ProofVerdict.ALIKE: "{output} is {original} in another voice: made again from the original "
    "and the sealed secret, the sound is the same but for how it was rounded or encoded "
    "({distance:.0f} dB).",
    ProofVerdict.OTHER: "{output} is not what this secret makes of {original}.",
}
"""The verdict, a sentence each."""

_FAILED: Final = 1


def prove(
    original: Path,
    output: Path,
    *,
    sealed: Annotated[Path, Parameter(name="--seal")],
    log: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
) -> int:
    """Make a disguise again from the original and its sealed secret, and compare.

    Shows that a recording was not touched but for the witness's voice: the picture is the
    original's, and the sound is what the disguise makes of the original's. Ends with status 1
    where that is not so. Nothing is written.

    Parameters
    ----------
    original
        The undisguised recording.
    output
        What was handed out.
    sealed
        The secret, as hattama disguise file --seal wrote it.
    log
        The log (.disguise.json); by default the one beside the output.
    json
        Print JSON.
    quiet
        Show no progress.
    """
    logged = read_log(log or beside(output))
    secret = read_seal(sealed)
    with share_bar("Proving", quiet=quiet or json) as progress:
        proof = prove_recording(original, output, logged, secret, progress)
    console = Console(highlight=False, soft_wrap=True)
    if json:
        console.out(plain_json.dumps(as_values(proof), ensure_ascii=False, indent=2))
    else:
        _tell(console, proof, original, output)
    return _FAILED if proof.verdict is ProofVerdict.OTHER else 0


def _tell(console: Console, proof: Proof, original: Path, output: Path) -> None:
    sentence = translate(SENTENCES[proof.verdict]).format(
        output=output.name, original=original.name, distance=max(proof.distance_db)
    )
    console.print(sentence, markup=False)
    if not proof.copied:
        console.print(translate("Picture or other streams were changed."), markup=False)
    if not proof.unchanged:
        console.print(
            translate("Byte for byte it is not the file that the log and the sealed secret name."),
            markup=False,
        )


def as_values(proof: Proof) -> dict[str, object]:
    """The proof as JSON values; a stream that does not differ at all has no distance."""
    finite = [distance if math.isfinite(distance) else None for distance in proof.distance_db]
    return {"verdict": proof.verdict.value, **asdict(proof), "distance_db": finite}
