"""The public face: what `from ipclab import …` gives, and that it costs nothing before it is used."""

import subprocess
import sys

import ipclab


def test_every_public_name_is_there():
    for name in ipclab.__all__:
        assert getattr(ipclab, name) is not None
    assert ipclab.__all__ == sorted(set(ipclab.__all__)) == dir(ipclab)


def test_every_public_object_says_what_it_is():
    assert all(getattr(ipclab, name).__doc__ for name in ipclab.__all__)


def test_a_name_that_is_not_there_says_which_are():
    try:
        ipclab.Semaphor
    except AttributeError as error:
        assert "Semaphor" in str(error) and "Semaphore" in str(error)
    else:
        raise AssertionError("a misspelt name was found")


def test_importing_ipclab_imports_nothing_heavy():
    heavy = subprocess.run([sys.executable, "-c", "import ipclab, sys; print(*sys.modules)"],
                           text=True, capture_output=True, check=True).stdout.split()
    assert not {"IPython", "matplotlib", "numpy", "ipclab.processes", "sysv_ipc"} & set(heavy)
