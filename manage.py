#!/usr/bin/env python3
"""Guanshe's one command: `python3 manage.py demo`, `python3 manage.py test`, and Django's own.

Standard library only until .venv exists: the first start makes it, installs the locked requirements
and starts again inside. Every later start compares one digest and goes on.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed.txt"
# What is locked, from the least to the most: each file holds all that the ones before it hold.
LOCKS = ("requirements.txt", "requirements-scale.txt", "requirements-dev.txt")
# What WeasyPrint loads to set text; without it the site runs and says that PDFs are off.
PDF_LIBRARIES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")


def main() -> None:
    """Run the command named on the command line, inside .venv."""
    # Old interpreters must be able to read this file as far as here: no newer syntax anywhere in it.
    if sys.version_info < (3, 11):  # noqa: UP036 - this is the check itself
        sys.exit(f"Guanshe needs Python 3.11 or newer; this is Python {sys.version.split()[0]}.")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    lock = lock_for(command)
    if not installed(lock):
        try:
            install(lock, inside=inside)
        except KeyboardInterrupt:
            sys.exit("\nInterrupted; the next start installs again.")
    if not inside:
        start_again_inside()
    elif command == "test":
        test(sys.argv[2:])
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


def test(arguments: "list[str]") -> None:
    """Run pytest with `arguments`, whose paths are read from the repository's root; without any, on every core."""
    missing = [
        package
        for package, program in (("chromium", chromium()), ("gettext", shutil.which("msgfmt")))
        if program is None
    ]
    if missing:
        apt_install(missing, "the browser and translation tests")
    os.chdir(ROOT)
    import pytest

    sys.exit(pytest.main(arguments or ["-n", "auto"]))


def chromium() -> "str | None":
    """The path of a Chromium that the system provides, if any."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def lock_for(command: str) -> str:
    """The name of the least requirements file with which `command` can run."""
    if command in {"test", "bench"}:
        return "requirements-dev.txt"
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return "requirements-scale.txt"
    return "requirements.txt"


def fingerprint(lock: str) -> str:
    """What the stamp says once `lock` is installed: the file's digest and what it was installed for."""
    return f"{hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()} {installed_for()}"


def installed_for() -> str:
    """The place and the interpreter of .venv: moved elsewhere or under another Python, its programs do not start."""
    return f"{VENV} {os.path.realpath(PYTHON)}"


def installed(lock: str) -> bool:
    """Whether an install of `lock`, or of one that holds more, was finished in .venv."""
    return stamp() in map(fingerprint, LOCKS[LOCKS.index(lock) :])


def stamp() -> str:
    """The fingerprint that the last install left when it was finished; empty when none was."""
    if not PYTHON.exists() or not STAMP.exists():
        return ""
    return STAMP.read_text(encoding="utf-8", errors="surrogateescape")


def install(lock: str, *, inside: bool) -> None:
    """Bring .venv to `lock`. What an interrupted install, another place or another Python left is built anew."""
    install_system_packages()
    with one_at_a_time():
        if installed(lock):
            return
        if not (inside or stamp().endswith(f" {installed_for()}")):
            print("Making .venv ...", flush=True)
            if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
                sys.exit("Making .venv failed; the reason stands above.")
        STAMP.unlink(missing_ok=True)
        pip_install(lock)
        STAMP.write_text(fingerprint(lock), encoding="utf-8", errors="surrogateescape")


@contextlib.contextmanager
def one_at_a_time() -> "Iterator[None]":
    """Hold the lock of the repository's folder, where the system has such locks; a second start waits its turn."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def pip_install(lock: str) -> None:
    """Install the packages of `lock` by their hashes with one visible line of progress."""
    total = sum(line[:1].isalnum() for line in (ROOT / lock).read_text().splitlines())
    options = ["--require-hashes", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    pip = subprocess.Popen(
        [str(PYTHON), "-m", "pip", "install", *options, "-r", str(ROOT / lock)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert pip.stdout is not None
    said: list[str] = []
    met = 0
    for line in pip.stdout:
        said.append(line)
        if line.startswith(("Collecting ", "Requirement already satisfied: ", "Ignoring ")):
            met = min(met + 1, total)
            show_progress(met, total, line.split()[3 if line.startswith("Req") else 1].rstrip(":"))
        elif line.startswith("Installing collected"):
            show_progress(total, total, "unpacking")
    failed = pip.wait() != 0
    if sys.stdout.isatty():
        print()
    if failed:
        sys.exit("".join(said[-20:]) + f"Installing {lock} failed; pip's last words stand above.")


def show_progress(met: int, total: int, name: str) -> None:
    """Say how far the install is: one line that is written over in a terminal, now and then a line elsewhere."""
    text = f"Installing packages: {met} of {total}  {name}"
    if sys.stdout.isatty():
        print(f"\r{text[:79]:<79}", end="", flush=True)
    elif met % 10 == 1 or name == "unpacking":
        print(text, flush=True)


def install_system_packages() -> None:
    """On Debian and its kin, bring what .venv and the PDFs need; stops when .venv cannot be made without."""
    ensurepip = importlib.util.find_spec("ensurepip")
    bare = ensurepip is None or ensurepip.origin is None
    missing = [f"python3.{sys.version_info[1]}-venv"] if bare else []
    if shutil.which("dpkg-query"):
        query = ["dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Package}\n", *PDF_LIBRARIES]
        answer = subprocess.run(query, capture_output=True, text=True, check=False).stdout.splitlines()
        missing += [package for package in PDF_LIBRARIES if f"installed {package}" not in answer]
    if missing and not apt_install(missing, "Guanshe") and bare:
        sys.exit("This Python cannot make a .venv: its ensurepip module is missing.")


def apt_install(packages: "list[str]", purpose: str) -> bool:
    """Install Debian `packages` when root, else print the one line that does; says whether they are there now."""
    if not shutil.which("apt-get"):
        return False
    install_them = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() == 0:
        print(f"Installing system packages for {purpose}: {' '.join(packages)} ...", flush=True)
        os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
        # A source that does not answer need not hold the packages: the install decides.
        subprocess.call(["apt-get", "update"], stdout=subprocess.DEVNULL)
        if subprocess.call(install_them, stdout=subprocess.DEVNULL) == 0:
            importlib.invalidate_caches()
            return True
    print(f"System packages for {purpose} are missing. This line installs them:", file=sys.stderr)
    print(f"  sudo apt-get update && sudo {' '.join(install_them)}", file=sys.stderr, flush=True)
    return False


def start_again_inside() -> None:
    """Run the same command line with .venv's Python in this one's place."""
    arguments = [str(PYTHON), *sys.orig_argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.call(arguments))
    sys.stdout.flush()
    os.execv(PYTHON, arguments)


if __name__ == "__main__":
    main()
