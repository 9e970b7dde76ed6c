"""The single-threaded parent of one run's processes: it starts, hears and ends them, and says what happened."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..mechanisms import leftovers
from . import _calls, _tree, _wire
from ._child import GO, begin
from ._output import Output

__all__ = ["supervise"]

MOST_PROCESSES = 256
SPARES = 2                           # processes forked before anybody has asked for a run
LOOK = 0.05                          # seconds between counts of the descendants
MANY = 100                           # messages of one process, or forks, until everything else is looked at again


@dataclass(slots=True)
class Member:
    """One process of the run, as its parent sees it."""

    pid: int
    line: socket.socket              # its task goes there
    report: socket.socket | None     # None once it and all that it forked have closed it
    name: str = ""
    result: dict = field(default_factory=dict)
    value: bytearray = field(default_factory=bytearray)
    status: int | None = None        # as wait(2) gives it
    cpu: float = 0.0
    blocked_in: str = ""


def supervise(caller: socket.socket) -> None:
    """Get ready, serve one run, asked for over `caller`, and return when nothing of it is left."""
    _calls.call_oneself("ipclab-spare")
    _calls.adopt_orphans()
    Supervisor(caller).serve()


class Supervisor:
    def __init__(self, caller: socket.socket):
        self.caller = caller
        self.members: list[Member] = []
        self.names: dict[int, str] = {}                    # pid → lane
        self.events: dict[bytes, bytes] = {}
        self.objects: dict[str, dict] = {}
        self.notes: list[str] = []
        self.tag = "none yet"
        self.forks = 0                                     # since the descendants were last counted
        self.timed_out = self.truncated = False
        self.output = Output(self._name)
        self.wake, self.waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.poll = select.poll()
        self.poll.register(self.wake, select.POLLIN)
        self.poll.register(self.output.receiver, select.POLLIN)
        self.spares = [self._fork() for _ in range(SPARES)]

    def serve(self) -> None:
        wanted = False
        with contextlib.suppress(EOFError, OSError):       # the caller is gone; so is the run
            self._start(_wire.receive(self.caller))
            self._watch()
            wanted = True
        self._end_all()
        if not wanted:
            leftovers.sweep(self.tag)                      # else the caller does it, if it is still there
        with self.caller, contextlib.suppress(OSError):
            _wire.send(self.caller, self._report())

    # Starting

    def _start(self, request: dict) -> None:
        _calls.call_oneself("ipclab-run")
        specs, setting = request["specs"], request["setting"]
        self.tag, self.most_events = setting["environ"]["IPCLAB_RUN"], setting["most_events"]
        while len(self.spares) < len(specs):               # all before a descriptor arrives: none inherits another's
            self.spares.append(self._fork())
        for spec in specs:
            self._give(self.spares.pop(0), [spec, setting], _wire.receive_descriptors(self.caller, spec["descriptors"]))
        for spare in self.spares:
            spare.line.close()                             # end-of-file: it is not needed, and ends
        os.setsid()                                        # a share of the processor of its own, whatever the run takes
        _wire.send(self.caller, [os.getpid(), {m.name: m.pid for m in self.members}])
        if request["moving"]:
            _wire.receive(self.caller)                     # it has let go of what it handed over
        self._go(request["deadline"])

    def _go(self, seconds: float) -> None:
        self.poll.register(self.caller, select.POLLIN)
        self.deadline = time.monotonic() + seconds
        for member in self.members:
            with contextlib.suppress(BrokenPipeError):     # it has failed already
                member.line.send(GO)
            member.line.close()

    def _fork(self) -> Member:
        """A process in waiting; it is forked ahead of time, because a fork costs more than all that follows."""
        line, theirs = socket.socketpair()
        report, theirs_too = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        writers, supervisor = self.output.writers(), os.getpid()
        pid = os.fork()
        if pid == 0:
            _calls.die_with(supervisor)
            begin(theirs, theirs_too, writers)
        theirs.close()
        theirs_too.close()
        report.setblocking(False)
        member = Member(pid, line, report)
        self.output.listen_to(member, writers)
        return member

    def _give(self, member: Member, task: list, descriptors: list[int]) -> None:
        member.name = task[0]["name"]
        self.members.append(member)
        self.names[member.pid] = member.name
        os.setpgid(member.pid, self.members[0].pid)        # one group for the run, as a shell's pipeline has
        self.poll.register(member.report, select.POLLIN)
        with contextlib.suppress(BrokenPipeError):
            _wire.send(member.line, task)
            _wire.send_descriptors(member.line, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)                           # ours, or a reader would never see end-of-file

    # Watching

    def _watch(self) -> None:
        """Return when no process of the run is left, or it must end. Raises EOFError if the caller has gone."""
        look = time.monotonic() + LOOK
        while self._reap():
            now = time.monotonic()
            if now >= self.deadline:
                return self._deadline()
            if now >= look or self.forks > MANY:
                look, self.forks = now + LOOK, 0
                if len(_tree.descendants(os.getpid(), MOST_PROCESSES)) > MOST_PROCESSES:
                    return self.notes.append(f"ended because it had more than {MOST_PROCESSES} processes")
            self._listen(min(self.deadline, look) - now)

    def _listen(self, seconds: float) -> None:
        ready = {fd for fd, _ in self.poll.poll(max(seconds, 0) * 1000 + 1)}
        if self.wake in ready:
            os.read(self.wake, 1000)
        self._hear()
        self.output.drain()
        if self.caller.fileno() in ready:
            raise EOFError                                 # it closed its end, or it has died: nobody wants the run

    def _hear(self, most: int = MANY) -> None:
        for member in self.members:
            for _ in range(most):
                if member.report is None or not (packet := self._packet(member)):
                    break
                self._take(member, packet)

    def _hear_all(self) -> None:
        """All have ended: read until nothing is left."""
        while any(m.report for m in self.members):
            self._hear()

    def _packet(self, member: Member) -> bytes | None:
        try:
            packet = member.report.recv(1 << 18)
        except BlockingIOError:
            return None
        except ConnectionResetError:
            packet = b""
        if not packet:
            self.poll.unregister(member.report)
            member.report.close()
            member.report = None
        return packet

    def _take(self, member: Member, packet: bytes) -> None:
        kind, body = packet[:1], packet[1:]
        if kind == b"E":
            process, index, event = body.split(b"\0", 2)
            self._keep(process + b"\0" + index, event)
        elif kind == b"V":
            member.value += body
        elif kind == b"O":
            object = json.loads(body)
            self.objects.setdefault(object["label"], object)
        elif kind == b"F":
            pid, name = json.loads(body)
            self.names[pid] = name
            self.forks += 1
        else:
            member.result |= json.loads(body)

    def _keep(self, key: bytes, event: bytes) -> None:
        if key in self.events or len(self.events) < self.most_events:
            self.events[key] = event
        else:
            self.truncated = True

    def _name(self, pid: int, member: Member) -> str:
        """The lane of a writer: a process that a function forked has told us its own, others count as their member."""
        if pid not in self.names:
            self._hear(MOST_PROCESSES)
        return self.names.setdefault(pid, member.name)

    def _reap(self) -> bool:
        """Take the statuses of those that have ended; False when no process is left."""
        members = {m.pid: m for m in self.members}
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    return True
                if pid in members and members[pid].status is None:
                    members[pid].status = status
                    members[pid].cpu = usage.ru_utime + usage.ru_stime
        return False

    # Ending

    def _deadline(self) -> None:
        from ..kernel import state                         # not in the zygote, whose pages every process shares
        self.timed_out = True
        for member in self._living():
            with contextlib.suppress(Exception):
                member.blocked_in = state(member.pid).shown_call

    def _living(self) -> Iterator[Member]:
        return (m for m in self.members if m.status is None)

    def _end_all(self) -> None:
        """Freeze and kill until none is left: what slipped out of one pass is caught in the next."""
        for spare in self.spares:
            spare.line.close()
        for member in self._living():                      # whose group cannot be another's, as it is in it
            if os.getpgid(member.pid) == self.members[0].pid:
                os.killpg(self.members[0].pid, signal.SIGSTOP)
        while self._reap():
            for pid in _tree.freeze(os.getpid(), self._reap):
                _tree.signal_to(pid, signal.SIGKILL)
            if self._reap():
                self.poll.poll(5)                          # woken by the next death
                self._hear()
                self.output.drain()
        self._hear_all()
        self.output.drain_all()

    def _report(self) -> dict:
        return {
            "members": [[m.name, m.pid, m.status, m.cpu, m.result, bytes(m.value), m.blocked_in] for m in self.members],
            "events": list(self.events.values()), "objects": list(self.objects.values()),
            "chunks": self.output.chunks, "timed_out": self.timed_out, "notes": self.notes + list(self._remarks()),
        }

    def _remarks(self) -> Iterator[str]:
        if self.truncated:
            yield f"the trace was cut after {self.most_events} operations"
        if self.output.discarded:
            yield f"output was cut after {len(self.output.chunks)} pieces"
        for number in signal.sigpending() - {signal.SIGCHLD, signal.SIGPIPE}:      # that one is of our own writing
            yield (f"a process sent {signal.Signals(number).name} to its parent, which is the run's supervisor and "
                   "ignores it; signal a process whose pid another of yours knows")
