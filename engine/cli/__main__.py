"""`python -m hattama.engine.cli`: the command where no script is installed."""

from hattama.engine.cli.main import main

main()
