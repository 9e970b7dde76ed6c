# Two commands matter: `make book` and `make test`. Both set up what they need by themselves.
SHELL   := /bin/sh
VENV    ?= .venv
export VENV
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export JUPYTER_PREFER_ENV_PATH := 1
JOBS    ?= 2
PORT    ?= 8000
FILE    ?= measured.json
HTML    := _build/html/index.html

.PHONY: help setup book serve lab test stress versions arm measure bench gettext clean

help:            ## list what there is
	@sed -n 's/^\([a-z]*\):[^#]*##/  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup:           ## make the environment in .venv (the others do it when needed)
	@./setup.sh

book: setup      ## run every experiment and build the book
	@book/forget_stale_runs.sh
	@jupyter-book build book --config _config.yml --path-output . -W -n --keep-going
	@echo "The book: file://$(CURDIR)/$(HTML)"

.PHONY: print epub pdf
print: epub pdf  ## the whole book as a PDF and an EPUB

epub: setup      ## the whole book for an e-book reader; runs only what `make book` has not run already
	@book/forget_stale_runs.sh
	@rm -rf _build/epub
	@jupyter-book build book --config _config.yml --path-output . --builder custom --custom-builder epub -W -n --keep-going
	@cp _build/epub/ipc-by-experiment.epub _build/
	@echo "The book: file://$(CURDIR)/_build/ipc-by-experiment.epub"

pdf: epub        ## the whole book on paper; Chromium prints it
	@python book/_print/pdf.py book _build
	@echo "The book: file://$(CURDIR)/_build/ipc-by-experiment.pdf"

serve: book      ## build the book and show it on this machine's port 8000 (PORT=...)
	@echo "The book: http://127.0.0.1:$(PORT)/ (Ctrl-C ends it)"
	@python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

lab: setup       ## open the labs in JupyterLab, the book beside them
	@jupyter lab --ServerApp.ip=127.0.0.1 --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/labs $(if $(filter 0,$(shell id -u)),--allow-root)

test: setup      ## pass every test
	@python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

stress: setup    ## the long repetitions
	@python -m pytest -n $(JOBS) --dist loadfile -m slow

versions: setup  ## the engine's tests on every Python from 3.11 on that is here; the book's table of facts by Python
	@python tests/facts_by_python.py
	@python tests/versions.py

arm: setup       ## the tests of the mechanisms on an emulated Arm machine; as root; some ten minutes once it is made
	@tests/arm.sh

measure: setup   ## how fast each mechanism is here, into measured.json (FILE=...); some seven minutes
	@ipclab measure --long --out $(FILE)

bench: setup     ## every promised figure beside its bound, measured here
	@python tests/bench/run.py

gettext: setup   ## what there is to translate, into _build/gettext/
	@jupyter-book build book --config _config.yml --path-output _build/extracting --builder custom --custom-builder gettext -W -n --keep-going
	@mkdir -p _build/gettext && cp _build/extracting/_build/gettext/*.pot _build/gettext
	@pybabel -q extract --no-wrap --project "IPC by experiment" --output _build/gettext/ipcbook.pot book/_ext/ipcbook
	@echo "What there is to translate: _build/gettext/*.pot"

clean:           ## remove what was built (not .venv)
	@rm -rf _build
