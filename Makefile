# Every target makes the virtual environment it needs; nothing has to be installed by hand
# but Python 3.11 or later with venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
REPEATS ?= 1
MODELS := whisper-base segmentation-3.0 campplus ge2e

.PHONY: demo test check format clean models peers scoreboard

demo: models
	$(BIN)/hattama transcribe samples/civil-ru-kk.mp4 -o demo --hearing samples/hearing.toml

test: models
	$(BIN)/pytest

check: models
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

# Every recogniser in the store, and its peers, over every set; then who speaks when. What is absent
# is named. SETS="FOLDER=kk FOLDER=ru" adds your recordings, VOICES=FOLDER composes hearings of
# single voices, REPEATS=3 takes the fastest of three, PEERS=FOLDER is where the peers are installed.
scoreboard: models
	$(BIN)/python -m benchmarks.transcription --repeats $(REPEATS) $(if $(PEERS),--peers $(PEERS)) $(SETS)
	$(BIN)/python -m benchmarks.diarization $(if $(VOICES),--voices $(VOICES))

# The scoreboard's peers, in an environment of their own; several gigabytes.
peers: $(READY)
	$(BIN)/python -m benchmarks.peers.install $(PEERS)

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
