# Every target makes the virtual environment it needs; nothing has to be installed by hand
# but Python 3.11 or later with venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
MODELS := whisper-base segmentation-3.0 campplus ge2e

.PHONY: demo test check format clean models scoreboard

demo: models
	$(BIN)/hattama transcribe samples/civil-ru-kk.mp4 -o demo --hearing samples/hearing.toml

test: models
	$(BIN)/pytest

check: models
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

# Every recogniser in the store over every set; SETS="FOLDER=kk FOLDER=ru" adds your own.
scoreboard: models
	$(BIN)/python benchmarks/transcription_sets.py $(SETS)

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

models: $(READY)
	$(BIN)/hattama models pull $(MODELS)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt torch==2.13.0
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $(READY)

clean:
	rm -rf $(VENV) build dist *.egg-info demo
