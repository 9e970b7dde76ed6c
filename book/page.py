"""What every page of the book imports: programs to run, and claims about what they showed."""

from __future__ import annotations

from pathlib import Path

from ipclab import processes
from ipclab.claims import claim, not_here

__all__ = ["claim", "not_here", "program"]

PROGRAMS = Path(__file__).parent / "programs"


def program(name: str, *args: str) -> list[str]:
    """Run programs/NAME in a process of its own, show what it prints, and return its lines. It must end well and complain of nothing."""
    ran = processes.program((PROGRAMS / name).read_text(), args=args, name=Path(name).name, deadline=30)
    print(ran.output, end="")
    if not ran.ok or any(line.stream == "stderr" for line in ran.printed):
        raise RuntimeError(f"{name} did not end well: status {ran.status}, signal {ran.signal}, notes {ran.notes}")
    return ran.output.splitlines()
