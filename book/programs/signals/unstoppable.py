"""Two signals that nobody can catch, ignore or block."""

import signal

for number in (signal.SIGKILL, signal.SIGSTOP):
    for disposition in (lambda signum, frame: None, signal.SIG_IGN):
        try:
            signal.signal(number, disposition)
            print(number.name, "accepted")
        except OSError as error:
            print(number.name, "refused:", error.strerror)
    signal.pthread_sigmask(signal.SIG_BLOCK, {number})      # no error ...
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    print(number.name, "blocked:", number in blocked)       # ... no effect
