"""A pytest plugin that gives each test process a throw-away data folder before Django reads its settings.

It is named in pyproject.toml (`-p tests.own_data`): a conftest.py is read after the settings and comes too late.
The workers of pytest-xdist make their folders inside the first process's, which removes them all at the end.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(
    tempfile.mkdtemp(
        prefix="guanshe-tests-",
        dir=os.environ.get("GUANSHE_DATA") if os.environ.get("PYTEST_XDIST_WORKER") else None,
    )
)
os.environ["GUANSHE_DATA"] = str(FOLDER)
(FOLDER / "static").mkdir()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
