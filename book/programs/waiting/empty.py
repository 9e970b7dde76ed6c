"""Nothing is there. Who does not want to wait is told so, by all of them."""

from ipclab import (MessageQueue, Pipe, PosixQueue, Semaphore, errors,
                    socket_pair)

pipe, (one, other) = Pipe(), socket_pair()
receives = {
    "pipe": pipe.reader.read_nowait,
    "System V queue": MessageQueue().receive_nowait,
    "POSIX queue": PosixQueue().receive_nowait,
    "semaphore": Semaphore(0).P_nowait,
    "socket": one.receive_nowait,
}
for name, receive in receives.items():
    try:
        receive()
    except errors.WouldBlock as error:
        print(f"{name}: {type(error).__name__}")
