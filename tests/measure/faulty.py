"""Ways that go wrong, tried in a process of its own: `python faulty.py` reads a list of
[name, twin, what, size, seconds] from standard input and prints a line with the answer to each. `python faulty.py
serve` is the process that measures, with a bad pipe."""

import json
import os
import signal
import sys

from ipclab.measure import twin
from ipclab.measure._slots import PosixSemaphores
from ipclab.measure._streams import BarePipe
from ipclab.measure._way import End
from ipclab.measure.bench import serve, tried
from ipclab.measure.trial import Setting
from ipclab.measure.ways import WAYS


def turned(message):
    message[len(message) // 2] ^= 1
    return message


class BitFlipped(BarePipe):
    """The second side receives each message with one bit in its middle turned."""

    def end(self, side):
        good = super().end(side)
        return End(good.send, lambda: turned(bytearray(good.receive()))) if side else good


class Echoless(BarePipe):
    """The second side answers with what it received first."""

    def end(self, side):
        good = super().end(side)
        return End(lambda message: good.send(self.messages()[0]), good.receive) if side else good


class OtherMessages(BarePipe):
    """The second side, also in C, knows other messages than the first sends."""

    side = 0

    def native(self, side):
        self.side = side
        return super().native(side)

    def messages(self):
        return super().messages()[::-1] if self.side else super().messages()


class Unsynchronised(PosixSemaphores):
    """The receiver does not wait, so it finds what was there before."""

    def end(self, side):
        for counter in self.full:
            counter.down = lambda: None
        return super().end(side)


class Deserted(BarePipe):
    """The second side is killed before it receives."""

    def end(self, side):
        if side:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().end(side)


class Mute(BarePipe):
    """What the first side sends goes nowhere."""

    def end(self, side):
        return super().end(side)._replace(send=lambda message: None)


class Forbidden(BarePipe):
    """The mechanism is not allowed in either process."""

    def end(self, side):
        raise PermissionError(1, "Operation not permitted")


class Unmakable(BarePipe):
    def make(self, work):
        super().make(work)
        raise OSError(24, "Too many open files")


def left():
    return open(f"/proc/self/task/{os.getpid()}/children").read(), os.listdir("/proc/self/fd")


if "serve" in sys.argv:                          # asked as the real one is, whose pipe is a bad one here
    WAYS["pipe"]["python"] = BitFlipped
    serve()
    sys.exit()

for name, caller, what, size, seconds in json.load(sys.stdin):
    WAYS[name] = dict.fromkeys(("python", "c"), globals()[name])
    library = str(twin.compiled()) if caller == "c" else None
    before = left()
    answer = tried(Setting(what, name, caller, size, "same", None if what == "latency" else 4,
                           (min(os.sched_getaffinity(0)),) * 2, .001, library), seconds)
    print(json.dumps({**answer, "left": left() != before}))
