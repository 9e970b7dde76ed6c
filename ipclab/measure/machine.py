"""What the results say of the machine, and which processors the two sides of a trial get."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Iterable
from pathlib import Path

from .results import Machine

__all__ = ["CROSS", "SAME", "described", "one_core", "processors"]

SAME, CROSS = "same", "cross"        # both processes on one processor; each on its own


def described(compiler: str | None) -> Machine:
    return Machine(cpu=_cpu(), cpus=len(os.sched_getaffinity(0)), kernel=f"{platform.system()} {platform.release()}",
                   python=f"{platform.python_implementation()} {platform.python_version()}", compiler=compiler,
                   date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                   hypervisor=_hypervisor(), load=round(os.getloadavg()[0], 2))


def _cpu() -> str:
    names = _said("/proc/cpuinfo", "model name") or _said("/proc/cpuinfo", "Model")
    return names or _text("/sys/firmware/devicetree/base/model") or platform.machine()


def _hypervisor() -> str | None:
    if "hypervisor" not in _said("/proc/cpuinfo", "flags").split():
        return None
    return _text("/sys/hypervisor/type") or _text("/sys/class/dmi/id/sys_vendor") or "unknown"


def _said(path: str, name: str) -> str:
    """The value of the first line `name : value`."""
    for line in _text(path).splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _text(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace").strip("\0\n ")
    except OSError:
        return ""


def processors(allowed: Iterable[int] | None = None) -> dict[str, tuple[int, int]]:
    """For each placement that is possible here, the processors of the two sides.

    For "cross" two cores if there are two: the hardware threads of one core share it, and are nearer than two cores.
    """
    usable = sorted(os.sched_getaffinity(0) if allowed is None else allowed)
    first, others = usable[0], usable[1:]
    found = {SAME: (first, first)}
    if others:
        elsewhere = [cpu for cpu in others if not one_core(first, cpu)]
        found[CROSS] = (first, (elsewhere or others)[0])
    return found


def one_core(*cpus: int) -> bool:
    """Are they hardware threads of one core?"""
    return len({_core(cpu) for cpu in cpus}) == 1


def _core(cpu: int) -> tuple[str, str]:
    topology = f"/sys/devices/system/cpu/cpu{cpu}/topology"
    core = _text(f"{topology}/core_id")
    return _text(f"{topology}/physical_package_id"), core or str(cpu)
