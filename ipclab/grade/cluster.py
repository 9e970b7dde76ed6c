"""Beyond one machine: submissions go to the workers of a Dask cluster that is there already.

Each worker has engines of its own. A worker that is lost half-way costs what it was judging, which the scheduler gives
to another; what had come back is in the journal. A worker must have the same `ipclab`, and a box, as this machine would
have to: what its marks are worth depends on both.
"""

from __future__ import annotations

import atexit
import functools
from collections.abc import Iterable, Iterator
from typing import Any

from .. import errors
from .box import Box, best, offers
from .engine import Engines, Line
from .journal import ipclab_itself

__all__ = ["judged_by"]


def judged_by(address: str, notebooks: Iterable[dict[str, Any]], unsafe: bool) -> Iterator[tuple[int, Line]]:
    """The number of a notebook and a line of one of its checks, as they come. Raises NotInstalled and RunError."""
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise errors.NotInstalled("--dask needs the package distributed: pip install 'ipclab[dask]'.") from None
    try:
        client = Client(address, timeout=30)
    except (OSError, ValueError) as error:
        raise errors.RunError(f"No Dask scheduler answers at {address!r} ({error}). "
                              "`dask scheduler` starts one and says its address.") from None
    with client:
        futures = {client.submit(_judge, notebook, ipclab_itself(), unsafe, pure=False): number
                   for number, notebook in enumerate(notebooks)}
        for future in as_completed(futures):
            for line in future.result():
                yield futures[future], line


def _judge(notebook: dict[str, Any], ipclab: str, unsafe: bool) -> list[Line]:
    """On a worker: judge one submission."""
    if ipclab != ipclab_itself():
        raise errors.RunError("A worker of the cluster has another ipclab than this machine. Install the same on all.")
    box = best()
    if not box.safe and not unsafe:
        raise errors.NotInstalled(no_box("on a worker of the cluster"))
    return list(_engines(box).judged(notebook))


@functools.cache
def _engines(box: Box) -> Engines:
    engines = Engines(box)
    atexit.register(engines.__exit__)
    return engines


def no_box(where: str = "here") -> str:
    return (f"There is no box {where} in which to run students' code apart from everything else. " +
            " ".join(f"{problem}." for problem in offers().values()) +
            " `ipclab doctor` says more; --unsafe grades without a box, on your own risk.")
