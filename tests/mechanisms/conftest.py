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
