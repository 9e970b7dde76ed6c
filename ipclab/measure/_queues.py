"""Ways through message queues: System V and POSIX, bare and through ipclab, and multiprocessing's."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import posix_ipc
import sysv_ipc

from ..mechanisms import ledger
from ..mechanisms._object import translated
from ..mechanisms._systemv import made
from ..mechanisms.message_queues import MessageQueue, PosixQueue
from ._way import End, Way, Work, in_parts, named_at_first, of_parts

__all__ = ["BarePosixQueue", "BareSystemVQueue", "IpclabPosixQueue", "IpclabSystemVQueue", "MultiprocessingPipe",
           "MultiprocessingQueue"]


def _limit(name: str) -> int:
    return int(Path("/proc/sys", name).read_text())


class BareSystemVQueue(Way):
    """A queue for each direction. A message beyond the kernel's limit goes in parts."""

    kind = "SYSTEM_V_QUEUE"

    def make(self, work: Work) -> None:
        self.part = min(work.size, _limit("kernel/msgmax"), _limit("kernel/msgmnb"))
        self.queues = [self.queue(), self.queue()]         # side 0 sends into the first

    def queue(self) -> sysv_ipc.MessageQueue:
        queue = made(sysv_ipc.MessageQueue, "sysv msg", max_message_size=self.part)
        self.closing.callback(ledger.release, "sysv msg", queue.key)
        self.closing.callback(queue.remove)
        return queue

    def end(self, side: int) -> End:
        receive = self.queues[1 - side].receive
        return End(in_parts(self.queues[side].send, self.size, self.part),
                   of_parts(lambda: receive()[0], self.size, self.part))

    def native(self, side: int) -> dict[str, int]:
        return {"out": self.queues[side].id, "in_": self.queues[1 - side].id, "part": self.part}


class BarePosixQueue(BareSystemVQueue):
    """The same; the queues' names are gone as soon as they are open."""

    kind = "POSIX_QUEUE"

    def make(self, work: Work) -> None:
        self.part = min(work.size, _limit("fs/mqueue/msgsize_max"))
        self.queues = [self.queue(), self.queue()]

    def queue(self) -> posix_ipc.MessageQueue:
        with named_at_first("posix mq") as name:
            try:
                queue = posix_ipc.MessageQueue(name, posix_ipc.O_CREX, max_message_size=self.part,
                                               max_messages=min(10, _limit("fs/mqueue/msg_max")))
            except OSError as error:                       # "too many files open", also where a user's queues are full
                raise translated(error, "mq_open", "a POSIX queue") from error
            self.closing.callback(queue.close)
        return queue

    def native(self, side: int) -> dict[str, int]:
        return {"out": self.queues[side].mqd, "in_": self.queues[1 - side].mqd, "part": self.part}


class IpclabSystemVQueue(BareSystemVQueue):
    def queue(self) -> MessageQueue:
        return self.closing.enter_context(MessageQueue())

    def end(self, side: int) -> End:
        return End(in_parts(self.queues[side].send, self.size, self.part),
                   of_parts(self.queues[1 - side].receive, self.size, self.part))


class IpclabPosixQueue(IpclabSystemVQueue):
    def make(self, work: Work) -> None:
        self.part = min(work.size, _limit("fs/mqueue/msgsize_max"))
        self.queues = [self.queue(), self.queue()]

    def queue(self) -> PosixQueue:
        made = self.closing.enter_context(PosixQueue(min(10, _limit("fs/mqueue/msg_max")), self.part))
        made.remove()                                      # the name; whoever has it open goes on
        return made


class MultiprocessingPipe(Way):
    """Its connection, as one uses it: send and recv, which pickle."""

    def make(self, work: Work) -> None:
        self.sides = multiprocessing.Pipe()
        for side in self.sides:
            self.closing.callback(side.close)

    def end(self, side: int) -> End:
        return End(self.sides[side].send, self.sides[side].recv)


class MultiprocessingQueue(Way):
    """A queue for each direction: a pipe, a lock at either end, and a thread that feeds it."""

    def make(self, work: Work) -> None:
        context = multiprocessing.get_context("fork")
        self.queues = [context.Queue(), context.Queue()]
        for queue in self.queues:
            self.closing.callback(queue._reader.close)     # Queue.close() closes the other end only where one has put
            self.closing.callback(queue._writer.close)

    def end(self, side: int) -> End:
        return End(self.queues[side].put, self.queues[1 - side].get)
