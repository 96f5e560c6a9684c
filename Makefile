# make run · make test · make check · make bench NAME=train
PORT ?= 8501
PYTHON ?= python3
NAME ?= train
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: run test check format bench browser python

run: $(VENV)/.app
	@exec $(PY) -m cnnviz serve --port $(PORT)

test: check browser
	$(PY) -m pytest

check: $(VENV)/.dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

format: $(VENV)/.dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(VENV)/.dev browser
	$(PY) -m cnnviz bench $(NAME)

# Each stamp holds until the requirements change, so the second time is quick.
$(VENV)/.app: requirements.txt | python
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.app
	@$(call install,requirements-dev.txt)
	@touch $@

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "cnnviz needs Python 3.11 or newer as $(PYTHON); name another with PYTHON=/path/to/python3."; exit 1; }

browser: $(VENV)/.dev
	@$(PY) -m cnnviz.bench.browser

define install
$(PY) -m pip install --disable-pip-version-check --progress-bar off -q -r $(1) || \
  { echo "Could not install $(1): see pip's lines above; is the network reachable?"; exit 1; }
endef
