# Short names for the commands of the house; each works without make as well.
.PHONY: demo test check format lock

demo:
	python3 manage.py demo

test:
	python3 manage.py test -n 2

check:
	.ci/run

format:
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# The maintainer's: needs uv. After it, read the difference and note the reason in docs/dependencies.md.
LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade
lock:
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) pyproject.toml --group scale --constraint requirements.txt --output-file requirements-scale.txt
	$(LOCK) pyproject.toml --group dev --constraint requirements-scale.txt --output-file requirements-dev.txt
