"""Inter-process communication by experiment: real processes, recorded, explored and drawn.

    from ipclab import Pipe, process, run, space_time

    pipe = Pipe(label="pipe")
    result = run(process(writer, pipe.writer), process(reader, pipe.reader))
    space_time(result.trace)

All that a chapter or a lab needs stands here; `ipclab.kernel` (what the kernel says of a process), `ipclab.explore`
and `ipclab.errors` are modules of their own. Nothing is imported before it is used, so that a process of a few megabytes stays one.
"""

from __future__ import annotations

import builtins
from importlib import import_module

_WHERE = {
    "claims": ("claim", "not_here"),
    "draw": ("Picture", "descriptor_table", "page_tables", "pipe_gauge", "signal_masks", "space_time", "wait_graph"),
    "explore": ("Scenario", "System", "every_instant", "replay"),
    "mechanisms.fifos": ("Fifo",),
    "mechanisms.message_queues": ("MessageQueue", "PosixQueue"),
    "mechanisms.pipes": ("Pipe",),
    "mechanisms.semaphores": ("PosixSemaphore", "Semaphore"),
    "mechanisms.shared_memory": ("Ring", "SharedArray", "SharedInteger", "SharedMemory"),
    "mechanisms.signals": ("Signal",),
    "mechanisms.sockets": ("connect", "listen", "socket_pair"),
    "notebook": ("interactive_measurement", "interactive_run"),
    "processes": ("process", "program", "run", "sweep"),
    "scheduler": ("be_the_scheduler",),
    "trace": ("Event", "Trace"),
}
_MODULES = ("errors", "explore", "gate", "kernel")
_ROOM_OF = {name: room for room, names in _WHERE.items() for name in names}

__all__ = sorted([*_ROOM_OF, *_MODULES])


def __getattr__(name: str) -> object:
    if name in _ROOM_OF:
        value = getattr(import_module(f".{_ROOM_OF[name]}", __name__), name)
    elif name in _MODULES:
        value = import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module 'ipclab' has no attribute {name!r}; it has: {', '.join(__all__)}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


def load_ipython_extension(shell) -> None:
    """`%load_ext ipclab` brings `%%program`."""
    import_module(".notebook", __name__).load_ipython_extension(shell)


if hasattr(builtins, "get_ipython"):                       # a notebook: IPython puts it there
    load_ipython_extension(builtins.get_ipython())
