"""`hattama disguise`: the commands that hide a witness's voice, each imported when it is called."""

from __future__ import annotations

from cyclopts import App

app = App(name="disguise", help="Disguise a protected witness's voice.")
for _name, _target, _help in (
    ("live", "disguise_live:live", "Disguise a microphone; silence leaves in every doubt."),
    ("devices", "disguise_devices:devices", "List the sound devices."),
    ("pipe", "disguise_pipe:pipe", "Disguise raw PCM from standard input to standard output."),
    ("file", "disguise_file:file", "Disguise a witness in a recording."),
    ("check", "disguise_check:check", "Say whether a disguised recording gives the voice away."),
    ("prove", "disguise_prove:prove", "Prove what was done, with the original and the secret."),
):
    app.command(f"hattama.engine.cli.{_target}", name=_name, help=_help)
