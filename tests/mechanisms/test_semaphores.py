import pytest

from ipclab import errors
from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore


@pytest.mark.parametrize("kind", [Semaphore, PosixSemaphore])
def test_p_takes_and_v_gives(kind):
    with kind(2) as semaphore:
        semaphore.P()
        assert semaphore.value == 1
        semaphore.V()
        assert semaphore.value == 2


@pytest.mark.parametrize("kind", [Semaphore, PosixSemaphore])
def test_nowait_never_waits(kind):
    with kind(0, label="empty") as semaphore:
        with pytest.raises(errors.WouldBlock, match="empty"):
            semaphore.P_nowait()
        assert semaphore.value == 0
