"""What nbval takes for a kernel: it "runs" a check by having the judge decide it, and answers with the verdict's text.

There is no Jupyter kernel: a behaviour check needs none, and starting one is most of what grading usually costs. The
student's code runs in the box, never here.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from queue import Empty
from typing import Any

from .verdict import Verdict

__all__ = ["Bench"]


class Bench:
    """Speaks as much of `nbval.kernel.RunningKernel` as nbval's cells use. `decide` takes a check cell's text."""

    def __init__(self, decide: Callable[[str], Verdict]):
        self.decide, self.verdict = decide, None
        self._numbers, self._messages = itertools.count(1), deque()

    def is_alive(self) -> bool:
        return True

    def execute_cell_input(self, source: str, allow_stdin: bool = False) -> str:
        id = f"check-{next(self._numbers)}"
        self.verdict = self.decide(source)
        result = {"data": {"text/plain": self.verdict.summary}, "metadata": {}, "execution_count": 1}
        self._messages += [_message(id, "execute_result", result), _message(id, "status", {"execution_state": "idle"})]
        return id

    def await_reply(self, id: str, timeout: float | None = None) -> dict[str, Any]:
        return _message(id, "execute_reply", {"status": "ok"})

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:
        if not self._messages:
            raise Empty
        return self._messages.popleft()

    def stop(self) -> None:
        self._messages.clear()


def _message(id: str, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"msg_type": kind, "parent_header": {"msg_id": id}, "content": content}
