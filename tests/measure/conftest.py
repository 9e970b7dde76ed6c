import os
import resource

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """The C twins are compiled for these tests, and not left among the user's files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def one_processor():
    """This thread, and all that it starts, may use one processor only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


@pytest.fixture
def no_posix_queues():
    """This process, and all that it starts, may have no message in a POSIX queue (RLIMIT_MSGQUEUE, mq_overview(7))."""
    before = resource.getrlimit(resource.RLIMIT_MSGQUEUE)
    resource.setrlimit(resource.RLIMIT_MSGQUEUE, (0, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_MSGQUEUE, before)
