"""Run every benchmark beside this file, one after the other; fail if one misses its bound.

A benchmark is a script that prints, for each promise, what it measured and the bound, and exits with 1 on a miss.
"""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    missed = []
    for script in sorted(Path(__file__).parent.glob("bench_*.py")):
        print(f"== {script.stem.removeprefix('bench_').replace('_', ' ')}", flush=True)
        if subprocess.run([sys.executable, script]).returncode != 0:
            missed.append(script.name)
    print(f"missed: {', '.join(missed)}" if missed else "every bound holds")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
