"""`hattama disguise devices`: where sound can come from and go to."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from hattama.disguise.devices import Device, list_devices
from hattama.engine.cli.language import translate


def devices() -> None:
    """List the sound devices as --input and --output take them."""
    table = Table(box=SIMPLE_HEAD)
    for head in ("Device", "System", "In", "Out", "Rate, Hz", "Lowest delay, ms"):
        left = head in {"Device", "System"}
        # Names have to be typed, so a long one is broken and never cut.
        table.add_column(translate(head), justify="left" if left else "right", overflow="fold")
    for device in list_devices():
        table.add_row(*_row(device))
    Console(highlight=False).print(table)


def _row(device: Device) -> tuple[str, ...]:
    delays = [
        f"{delay:.0f}"
        for delay in (device.input_latency_ms, device.output_latency_ms)
        if delay is not None
    ]
    return (
        device.name,
        device.host,
        str(device.inputs or ""),
        str(device.outputs or ""),
        str(device.rate),
        " + ".join(delays),
    )
