"""`hattama disguise file`: a witness hidden in a recording."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from hattama.disguise.audition import choose_secret
from hattama.disguise.check import CheckReport, check
from hattama.disguise.errors import RecognisedError, TooLittleSpeechError
from hattama.disguise.file import FileOptions, FileReport, disguise_file
from hattama.disguise.moments import LEAST_S, spoken_moments
from hattama.disguise.profiles import profile as choose_profile
from hattama.disguise.protocols import Progress
from hattama.disguise.secret import Secret, fingerprint
from hattama.disguise.sidecar import Sealed, beside, log, refuse_sealed, seal, write_log
from hattama.disguise.similarity import Witness, meet
from hattama.disguise.spans import Span
from hattama.disguise.stream import DisguiseStream
from hattama.engine.cli.disguise_bar import share_bar
from hattama.engine.cli.disguise_places import Places, read_beeps
from hattama.engine.cli.disguise_verdict import (
    CheckOptions,
    draw_picture,
    reader,
    tell_verdict,
    voice_prints,
)
from hattama.engine.cli.language import translate
from hattama.engine.document import json
from hattama.engine.document.model import Speaker, Transcript
from hattama.engine.editing.record import read_current
from hattama.engine.errors import BadInputError
from hattama.engine.witness import find_speaker, spoken_names, stretches, without_name
from hattama.models.store import ModelStore

_BLOCK = 4096
"""Samples of a block; a recording has time."""


class UnprovenError(BadInputError):
    """There is too little speech to prove that the voice is hidden."""


class WhichError(BadInputError):
    """It was not said who is to be disguised, or said twice."""


def file(
    media: Path,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    spans: Annotated[tuple[str, ...], Parameter(name="--span", negative=())] = (),
    speaker: str | None = None,
    record: Path | None = None,
    everything: Annotated[bool, Parameter(name="--all", negative=())] = False,
    options: Annotated[FileOptions | None, Parameter(name="*")] = None,
    asked: Annotated[CheckOptions | None, Parameter(name="*")] = None,
    unproven: Annotated[bool, Parameter(negative=())] = False,
    beep: Path | None = None,
    pseudonym: str | None = None,
    sealed: Annotated[Path | None, Parameter(name="--seal")] = None,
    start_timecode: str | None = None,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
) -> None:
    """Disguise a witness in a recording; picture, timecode and everything else stay as they are.

    Voices are tried on the witness until programs take one for a stranger's. The result gets its
    name only after it has passed everything that hattama disguise check asks. Beside it stand a log
    (.disguise.json) and, with --record, the record without the witness's name (.record.json).

    Parameters
    ----------
    media
        The recording.
    output
        The disguised recording; its ending says what kind of file.
    spans
        When the witness speaks: START-END in timecode (10:05:01:00-10:09:30:12) or in seconds
        (61.5-70); may be given several times.
    speaker
        The witness's name in the record; every turn of his is disguised. Look through them first:
        a turn that the record gives to somebody else stays as it is.
    record
        The record (.record.json) of this recording.
    everything
        Disguise the whole recording.
    unproven
        Do not ask whether programs recognise the voice: for the profile natural, which they do
        recognise, and for a witness who speaks for less than 12 s. The result is searched for the
        witness's own voice all the same.
    beep
        A list of what goes under a tone: a span or a word of the record a line.
    pseudonym
        What the record calls the witness from now on.
    sealed
        Write the secret to this new file, readable by its owner alone, to prove later what was
        done (hattama disguise prove). It takes the original too: the secret alone tells nothing of
        the voice. Without it the secret is forgotten.
    start_timecode
        Timecode of the first frame, where the file's own is not to be used.
    quiet
        Show no progress.
    """
    chosen = options or FileOptions()
    places = Places.of(media, start_timecode)
    transcript = read_current(record) if record else None
    witness = _witness(speaker, transcript)
    wanted = _spans(places, spans, witness, transcript, everything=everything)
    if witness and chosen.microphone is None:
        chosen = replace(chosen, microphone=witness.channel)
    beeps = read_beeps(beep, places, transcript) if beep else []
    if sealed:
        refuse_sealed(sealed)
    profile = choose_profile(chosen.profile)
    proof = None if unproven else _Proof(media, wanted, asked or CheckOptions())
    original = _fingerprint(media, quiet=quiet) if sealed else None

    def core(secret: Secret, rate: int, channels: int = 1) -> DisguiseStream:
        drawn_from = secret.bound(original) if original else secret
        return DisguiseStream(rate, profile, drawn_from, _BLOCK, channels=channels)

    secret = proof.secret_for(core, quiet=quiet) if proof else Secret.fresh()

    def before_handing_out(report: FileReport) -> None:
        if sealed:
            seal(sealed, Sealed(secret, bound=True, output_sha256=report.output_sha256))
        write_log(beside(output), log(media, output, report, chosen, places.timecode))
        if transcript and witness:
            name = pseudonym or translate("Protected witness")
            belongs = replace(transcript.media, name=output.name, sha256=report.output_sha256)
            hidden = [places.stretch(span) for span in report.beeps]
            changed = without_name(transcript, witness, name, hidden, belongs)
            json.write(output.with_name(output.stem + ".record.json"), changed)

    try:
        with share_bar("Disguising and checking", quiet=quiet) as progress:
            report = disguise_file(
                media,
                output,
                wanted,
                partial(core, secret),
                chosen,
                beeps=beeps,
                examine=proof.examine if proof else None,
                before_handing_out=before_handing_out,
                progress=progress,
            )
    except RecognisedError as error:
        tell_verdict(_console(stderr=True), error.check, places)
        raise
    _tell(media, output, report, places)
    if transcript and witness:
        _warn_of_names(transcript, witness, report, places)


def _fingerprint(media: Path, *, quiet: bool) -> bytes:
    """What binds the sealed secret to the recording; a long one takes its time."""
    with share_bar("Reading the recording", quiet=quiet):
        return fingerprint(media)


class _Proof:
    """That programs do not recognise the voice."""

    def __init__(self, media: Path, spans: Sequence[Span], asked: CheckOptions) -> None:
        store = ModelStore.default()
        self._media, self._spans, self._asked = media, spans, asked
        self._prints = voice_prints(store)
        self._listener = reader(store, asked)
        self._witness: Sequence[Witness] | None = None

    def secret_for(
        self, make_core: Callable[[Secret, int], DisguiseStream], *, quiet: bool
    ) -> Secret:
        """Try voices on the witness."""
        try:
            with share_bar("Choosing a voice", quiet=quiet) as progress:
                heard = spoken_moments(self._media, self._spans)
                self._witness = meet(self._media, self._spans, heard, self._prints)
                return choose_secret(heard, self._witness, make_core, progress=progress).secret
        except TooLittleSpeechError as error:
            raise UnprovenError(
                "the witness speaks too little here to compare voices; give spans of at least "
                "{least:.0f} s, or --unproven to leave the comparison out",
                least=LEAST_S,
            ) from error

    def examine(self, output: Path, progress: Progress) -> CheckReport:
        """Check the output as `hattama disguise check` does."""
        report, found = check(
            self._media,
            output,
            self._spans,
            self._prints,
            listener=self._listener,
            witness=self._witness,
            progress=progress,
        )
        if self._asked.picture:
            draw_picture(self._asked.picture, report, found)
        return report


def _witness(name: str | None, transcript: Transcript | None) -> Speaker | None:
    if name is None:
        return None
    if transcript is None:
        raise WhichError("--speaker needs --record, which says when {name} speaks", name=name)
    return find_speaker(transcript, name)


def _spans(
    places: Places,
    texts: tuple[str, ...],
    witness: Speaker | None,
    transcript: Transcript | None,
    *,
    everything: bool,
) -> list[Span]:
    if sum((bool(texts), witness is not None, everything)) != 1:
        raise WhichError("say who is to be disguised by one of --span, --speaker or --all")
    if everything:
        return [places.extent]
    if witness and transcript:
        found = [places.span(stretch) for stretch in stretches(transcript, witness)]
        if not found:
            raise WhichError(
                "{name} does not speak in this record", name=witness.name or witness.id
            )
        return found
    return [places.read(text) for text in texts]


def _warn_of_names(
    transcript: Transcript, witness: Speaker, report: FileReport, places: Places
) -> None:
    """Name the places where the witness's name is still heard."""
    tones = [places.stretch(span) for span in report.beeps]
    heard = [
        word
        for word in spoken_names(transcript, witness.name)
        if not any(start <= word.start and word.end <= end for start, end in tones)
    ]
    if heard:
        _console(stderr=True).print(
            translate(
                "The name may still be heard and read; put these places into --beep: {places}."
            ).format(places=", ".join(f"{places.clock.timecode(w.start)} {w.text}" for w in heard)),
            markup=False,
        )


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def _tell(media: Path, output: Path, report: FileReport, places: Places) -> None:
    console = _console()
    seconds = sum(span.end - span.start for span in report.spans)
    console.print(
        translate(
            "{name}: {seconds:.1f} s disguised in every channel ({channels}); "
            "the leak check found nothing (highest peak {peak:.1f})."
        ).format(
            name=output.name,
            seconds=seconds,
            channels=report.leak.channels,
            peak=max(report.leak.peak, report.leak.total),
        ),
        markup=False,
    )
    if report.check:
        tell_verdict(console, report.check, places)
    else:
        command = shlex.join(["hattama", "disguise", "check", str(media), str(output)])
        console.print(
            translate(
                "Whether programs recognise the voice was not asked. To ask: {command}"
            ).format(command=command),
            markup=False,
        )
    console.print(
        translate("Words, accent, rhythm and background are not disguised. Listen to the result."),
        markup=False,
    )
