"""Nobody will ever read this: what becomes of the writer."""

import os
import signal


def write_for_nobody(disposition) -> None:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGPIPE, disposition)
        r, w = os.pipe()
        os.close(r)                     # the only read end
        try:
            os.write(w, b"x")
        except BrokenPipeError as error:
            print("  write failed:", error.strerror)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print("  it exited" if code >= 0 else
          f"  ended by {signal.Signals(-code).name}")


print("Python has made SIGPIPE", signal.getsignal(signal.SIGPIPE).name)
print("ignored:")
write_for_nobody(signal.SIG_IGN)
print("default:")
write_for_nobody(signal.SIG_DFL)
