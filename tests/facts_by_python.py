"""Run book/programs/versions/ on every CPython from 3.8 on that is here, and keep what each says for the page.

    python tests/facts_by_python.py         # writes book/_data/versions.json

The programs need the standard library only, so that they run where ipclab does not.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from pathlib import Path

import versions

BOOK = Path(__file__).parents[1] / "book"
PROGRAMS = BOOK / "programs" / "versions"
TABLE = BOOK / "_data" / "versions.json"
OLDEST = (3, 8)


def said(python: str, program: Path) -> str:
    """What a program prints on this interpreter, which is all that it knows of its surroundings."""
    ran = subprocess.run([python, "-I", program.name], cwd=program.parent, capture_output=True, text=True, timeout=60)
    if ran.returncode or ran.stderr:
        raise SystemExit(f"{program.name} failed on {python} (status {ran.returncode}): {ran.stderr}")
    return ran.stdout.strip()


def row(version: str, python: str, programs: list[Path]) -> dict:
    kernel = re.match(r"[\d.]+", platform.release())[0]
    return {"python": version, "kernel": kernel, "found": {program.stem: said(python, program) for program in programs}}


def main() -> None:
    programs = sorted(PROGRAMS.glob("*.py"))
    rows = [row(version, python, programs) for version, python in versions.pythons(versions.folders(), OLDEST).items()]
    TABLE.write_text(json.dumps(rows, indent=1) + "\n")
    print(f"{TABLE.relative_to(BOOK.parent)}: {len(programs)} facts on CPython {', '.join(r['python'] for r in rows)}")


if __name__ == "__main__":
    sys.exit(main())
