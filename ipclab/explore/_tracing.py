"""Stopping at each bytecode boundary of a running function, and finding where the interpreter looks for signals.

CPython 3.11 offers `sys.settrace` with opcode events. Newer versions offer `sys.monitoring`; there settrace says nothing
about the first run of a code object, so it is not used. `Boundaries` hides the difference: its callback gets the frame
and the offset of the instruction that is about to run, and may fork, raise, or start and stop the tracing itself.
"""

from __future__ import annotations

import ctypes
import dis
import functools
import signal
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

__all__ = ["Boundaries", "Place", "key_of", "places_that_look_for_signals"]

Place = tuple[str, str, int, int]            # file, function, its first line, offset of the instruction


def key_of(code: CodeType, offset: int) -> Place:
    return code.co_filename, code.co_qualname, code.co_firstlineno, offset


class _Settrace:
    def __init__(self, callback: Callable[[FrameType, int], None], inside: Callable[[CodeType], bool]):
        self.callback, self.inside = callback, inside

    def start(self) -> None:
        sys.settrace(self._call)

    def stop(self) -> None:
        sys.settrace(None)

    def _call(self, frame: FrameType, event: str, arg: Any):
        if not self.inside(frame.f_code):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._local

    def _local(self, frame: FrameType, event: str, arg: Any):
        if event == "opcode":
            self.callback(frame, frame.f_lasti)
        return self._local


class _Monitoring:
    NAME = "ipclab signal sweep"

    def __init__(self, callback: Callable[[FrameType, int], None], inside: Callable[[CodeType], bool]):
        self.callback, self.inside = callback, inside
        self.tool: int | None = None

    def start(self) -> None:
        monitoring = sys.monitoring
        if self.tool is None:
            self.tool = next(i for i in (4, 3, 5, 2, 1, 0) if monitoring.get_tool(i) is None)
            monitoring.use_tool_id(self.tool, self.NAME)
            monitoring.register_callback(self.tool, monitoring.events.INSTRUCTION, self._instruction)
        monitoring.set_events(self.tool, monitoring.events.INSTRUCTION)

    def stop(self) -> None:
        if self.tool is not None:
            sys.monitoring.set_events(self.tool, 0)

    def _instruction(self, code: CodeType, offset: int):
        if not self.inside(code):
            return sys.monitoring.DISABLE
        self.callback(sys._getframe(1), offset)
        return None


Boundaries = _Monitoring if sys.version_info >= (3, 12) else _Settrace


@functools.cache
def instructions(code: CodeType) -> dict[int, str]:
    """The name of each instruction of `code` by its offset."""
    return {i.offset: i.opname for i in dis.get_instructions(code)}


@functools.cache
def resumed_before(code: CodeType, offset: int) -> int | None:
    """The offset of the RESUME that stands just before `offset`: it runs without an event of its own."""
    before = [o for o in instructions(code) if o < offset]
    return before[-1] if before and instructions(code)[before[-1]] == "RESUME" else None


# CPython handles the signals that have come in the order of their numbers, each to its end. Only one with a lower number
# than those of the scenario can strike inside their handlers.
_STORM = signal.SIGHUP
_raise = ctypes.PyDLL(None)["raise"]         # unlike signal.raise_signal, it leaves the handler for later


def places_that_look_for_signals(function: Callable[[], Any], saw: Callable[[CodeType, int], None]) -> None:
    """Run `function` under a storm of real signals, each sent as soon as the one before is handled.

    `saw(code, offset)` is called, from the handler, for every instruction at which the interpreter ran the handler.
    There is no tracing meanwhile, so this is what the interpreter really does.
    """
    def handler(number: int, frame: FrameType) -> None:
        saw(frame.f_code, frame.f_lasti)
        # Unpacking calls `raise` without a look for signals on this side of the return, so the next look is the caller's.
        _, = map(_raise, again)

    again = (_STORM,)
    signal.signal(_STORM, handler)
    try:
        _, = map(_raise, again)
        function()
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, again)
