"""A handler that logs while the program logs: where does its record go?"""
import logging
import signal

order = []


class Stream:
    def write(self, text):
        order.append(f"begin {text.strip()}")
        if text.startswith("program"):
            signal.raise_signal(signal.SIGUSR1)
        order.append(f"end {text.strip()}")

    def flush(self):
        pass


logging.basicConfig(stream=Stream(), format="%(message)s")
signal.signal(signal.SIGUSR1, lambda *_: logging.warning("handler"))
logging.warning("program")
print(", ".join(order))
