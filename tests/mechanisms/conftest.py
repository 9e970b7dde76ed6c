import signal

import pytest
from forked import Child


@pytest.fixture
def child():
    """`child(function, *args)` starts a Child; all are ended and reaped after the test."""
    children = []

    def start(function, *args):
        children.append(Child(function, *args))
        return children[-1]

    yield start
    for one in children:
        one.end()


@pytest.fixture
def on_signal():
    """`on_signal(handler, number)` installs it, for SIGUSR1 if no number is given, until the test ends."""
    before = {}

    def install(handler, number=signal.SIGUSR1):
        former = signal.signal(number, handler)
        before.setdefault(number, former)

    yield install
    for number, handler in before.items():
        signal.signal(number, handler)
