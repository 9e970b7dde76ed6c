"""What a process in waiting does once for nothing, so that it need not when somebody waits for it.

After fork(2) both processes share each page of memory until one of them writes to it; only then does the kernel copy
it. Python writes all the time: it counts references, and keeps notes in code that it runs. So the first time is the
dear one: some 300 pages, most of what a short run costs. A rehearsal takes the way of a real task, with a line that
leads nowhere, and leaves nothing that the function could see.
"""

from __future__ import annotations

import cloudpickle

from ..gate import operation
from ..mechanisms._object import KernelObject

__all__ = ["SETTING", "TASK", "Nobody"]


class Nobody:
    """Stands at the other end of a line: sends the word to go, and hears nothing."""

    def recv(self, size: int) -> bytes:
        return b"g"

    def send(self, packet: bytes) -> None:
        pass

    def close(self) -> None:
        pass


class _Nothing(KernelObject):
    """No kernel object, so nothing can come of it."""

    family = "nothing"

    @operation("take")
    def take(self, timeout: float | None = None) -> None:
        pass


# By value, as a function of a notebook's cell travels: a lambda has no name to be found by.
TASK = cloudpickle.dumps((lambda nothing: nothing.take(), (_Nothing("nothing"),), {}, None))
SETTING = {"record": True, "most_events": 1, "environ": {}, "unset": [], "folder": "/", "umask": 0o22}
