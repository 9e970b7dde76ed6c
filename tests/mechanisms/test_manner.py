"""One manner for all mechanisms: the plain verb blocks and takes `timeout=`, its `_nowait` never waits."""

import importlib
import inspect
import pkgutil

import pytest

from ipclab import mechanisms

NO_NOWAIT = {"connect"}              # a handshake cannot be had without waiting; its docstring says so


def operations():
    for module in pkgutil.iter_modules(mechanisms.__path__):
        classes = inspect.getmembers(importlib.import_module(f"{mechanisms.__name__}.{module.name}"), inspect.isclass)
        for _, kind in classes:
            for name, method in inspect.getmembers(kind, inspect.isfunction):
                if hasattr(method, "blocks") and kind.__module__.endswith(module.name):
                    yield pytest.param(kind, name, method, id=f"{kind.__name__}.{name}")


@pytest.mark.parametrize("kind, name, method", list(operations()))
def test_who_may_wait_takes_a_timeout_and_has_a_twin_that_never_does(kind, name, method):
    assert inspect.getdoc(method), "each operation says what it does"
    if method.blocks:
        assert "timeout" in inspect.signature(method).parameters
        assert name in NO_NOWAIT or not getattr(kind, f"{name}_nowait").blocks
    else:
        assert "timeout" not in inspect.signature(method).parameters
