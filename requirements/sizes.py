"""Measure what each environment fetches and holds, and write it to requirements/sizes.toml: `make sizes`.

Each file of pins is downloaded once and installed into an environment of its own in a temporary folder, as the Makefile
and the Dockerfile do it. Python itself and pip count, too. It takes some minutes, and temporarily 1 GB of disk space.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

FOLDER = Path(__file__).parent

ENVIRONMENTS = ("cli", "ingest", "extractor", "enrichment", "run", "dev", "docs")
"""Files of pins without their `.txt`: the images, `make demo`, development, and `make docs`."""

MEGABYTE = 1_000_000


def main() -> None:
    """Write sizes.toml."""
    measured = ["# MB that an environment fetches, and that it takes on disk. Written by `make sizes`."]
    with tempfile.TemporaryDirectory(prefix="wiredesk-sizes-") as folder:
        for name in ENVIRONMENTS:
            fetched, disk, largest = _measure(name, Path(folder))
            measured += ["", f"[{name}]", f"fetch = {fetched}", f"disk = {disk}"]
            print(f"{name}: {fetched} MB to fetch, {disk} MB on disk, of these {largest}", flush=True)
    (FOLDER / "sizes.toml").write_text("\n".join(measured) + "\n", encoding="utf-8")


def _measure(name: str, folder: Path) -> tuple[int, int, str]:
    """Return the MB to fetch, the MB on disk, and the largest packages of an environment."""
    wheels, home = folder / f"{name}-wheels", folder / name
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    pins = ["--requirement", str(FOLDER / f"{name}.txt")]
    _run([sys.executable, "-m", "pip", "download", *quiet, "--dest", str(wheels), *pins])
    venv.create(home, with_pip=True)
    local = ["--no-index", "--find-links", str(wheels), "--no-compile"]
    _run([str(home / "bin" / "python"), "-m", "pip", "install", *quiet, *local, *pins])
    packages = {p.name: _size(p) for p in next(home.glob("lib/*/site-packages")).iterdir()}
    largest = sorted(packages, key=packages.__getitem__, reverse=True)[:6]
    return _size(wheels), _size(home), ", ".join(f"{n} {packages[n]}" for n in largest)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True)  # noqa: S603


def _size(path: Path) -> int:
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file() and not p.is_symlink()]
    return round(sum(p.stat().st_size for p in files) / MEGABYTE)


if __name__ == "__main__":
    main()
