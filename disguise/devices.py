"""Sound devices: those of PortAudio, and the sources and sinks of PulseAudio or PipeWire."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any, Literal

from hattama.disguise.errors import DeviceError

Kind = Literal["portaudio", "pulse"]

PULSE = "pulse:"
"""What the name of a PulseAudio or PipeWire source or sink begins with."""


@dataclass(frozen=True, slots=True)
class Device:
    """One device that sound comes from or goes to."""

    name: str
    """As `--input` and `--output` take it."""
    kind: Kind
    """Who gives it."""
    host: str
    """Sound system behind it: ALSA, CoreAudio, WASAPI, PulseAudio."""
    inputs: int
    """Channels that can be recorded."""
    outputs: int
    """Channels that can be played."""
    rate: int
    """Its own sample rate, Hz."""
    input_latency_ms: float | None = None
    """Lowest delay that it states for recording; None where it states none."""
    output_latency_ms: float | None = None
    """Lowest delay that it states for playing; None where it states none."""
    description: str = ""
    """For people."""


def list_devices() -> tuple[Device, ...]:
    """Every device of the machine; one that a sound system does not give is left out.

    Raises
    ------
    DeviceError
        When neither PortAudio nor PulseAudio is there.
    """
    try:
        found = portaudio_devices()
    except DeviceError:
        if not pulse_running():
            raise
        found = ()
    return found + pulse_devices()


def portaudio_devices() -> tuple[Device, ...]:
    """Devices of PortAudio.

    Raises
    ------
    DeviceError
        When the PortAudio library is missing.
    """
    sounddevice = load_sounddevice()
    hosts = [host["name"] for host in sounddevice.query_hostapis()]
    return tuple(
        Device(
            device["name"],
            "portaudio",
            hosts[device["hostapi"]],
            device["max_input_channels"],
            device["max_output_channels"],
            round(device["default_samplerate"]),
            1000 * device["default_low_input_latency"] if device["max_input_channels"] else None,
            1000 * device["default_low_output_latency"] if device["max_output_channels"] else None,
        )
        for device in sounddevice.query_devices()
    )


def load_sounddevice() -> Any:
    """The sounddevice module.

    Raises
    ------
    DeviceError
        When the PortAudio library is missing.
    """
    try:
        import sounddevice  # noqa: PLC0415  importing it loads PortAudio
    except OSError as error:
        raise DeviceError(
            "the PortAudio library is missing; install it (Debian: libportaudio2) or use "
            "pulse: devices"
        ) from error
    return sounddevice


def pulse_running() -> bool:
    """Whether PulseAudio, or PipeWire in its place, answers."""
    return bool(shutil.which("pactl")) and _pactl("info") is not None


def pulse_devices() -> tuple[Device, ...]:
    """Sources and sinks of PulseAudio or PipeWire; empty where neither runs."""
    found = []
    for what in ("sources", "sinks"):
        text = _pactl("--format=json", "list", what) if shutil.which("pactl") else None
        for entry in json.loads(text) if text else ():
            channels, rate = _spec(entry["sample_specification"])
            found.append(
                Device(
                    PULSE + entry["name"],
                    "pulse",
                    "PulseAudio",
                    channels if what == "sources" else 0,
                    channels if what == "sinks" else 0,
                    rate,
                    description=str(entry.get("description", "")),
                )
            )
    return tuple(found)


def _spec(text: str) -> tuple[int, int]:
    """Channels and rate of `s16le 2ch 44100Hz`."""
    _, channels, rate = text.split()
    return int(channels.removesuffix("ch")), int(rate.removesuffix("Hz"))


def _pactl(*arguments: str) -> str | None:
    program = shutil.which("pactl")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603  a program of the system with fixed arguments
        [program, *arguments], capture_output=True, text=True, check=False, timeout=10
    )
    return done.stdout if done.returncode == 0 else None
