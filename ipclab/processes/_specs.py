"""What to start, and how it is packed: functions by value, kernel objects by name, descriptors beside them."""

from __future__ import annotations

import io
import linecache
import os
import pickle
import sys
import sysconfig
import types
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Self

import cloudpickle

from .. import errors
from ..gate import Gate
from ..mechanisms import _handover as handover
from ..mechanisms._object import KernelObject
from ..trace import Event
from ._labels import bound, label, name_of

__all__ = ["GateFactory", "Packed", "Spec", "as_specs", "pack", "process"]

GateFactory = Callable[[str, Callable[[Event], None]], Gate]


@dataclass(frozen=True)
class Spec:
    """A process to be: `function(*args, **kwargs)`, and its name in traces and pictures.

    `gate(name, sink)` is called in the new process before the function and makes the gate its operations pass, instead
    of the usual recording one; events given to `sink` become the run's trace.
    """

    function: Callable
    args: tuple = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    gate: GateFactory | None = None


def process(function: Callable, /, *args: Any, name: str | None = None, **kwargs: Any) -> Spec:
    """`function(*args, **kwargs)` as a process to be started by `run`. Raises Misuse if the arguments do not fit.

    `name` is the process's own; a parameter of the function with that name must be given by position.
    """
    if not callable(function):
        raise errors.Misuse("process", repr(function), hint="Give a function, then its arguments: process(f, 1, 2).")
    spec = Spec(function, args, kwargs, name)
    bound(function, args, kwargs)
    return spec


def as_specs(processes: tuple[Spec | Callable, ...]) -> list[Spec]:
    """Each as a Spec with a name of its own; functions of one name are numbered."""
    if not processes:
        raise errors.Misuse("run", "no process", hint="Name at least one function: run(producer, consumer).")
    specs = [p if isinstance(p, Spec) else process(p) for p in processes]
    given = Counter(s.name for s in specs if s.name)
    twice = [name for name, times in given.items() if times > 1]
    if twice:
        raise errors.Misuse("run", f"process {twice[0]!r}", hint="Two processes have this name; give each its own.")
    return _named(specs, set(given))


def _named(specs: list[Spec], taken: set[str]) -> list[Spec]:
    usual = [s.name or name_of(s.function) for s in specs]
    often, numbers, named = Counter(usual), Counter(), []
    for spec, name in zip(specs, usual, strict=True):
        while spec.name is None and (often[name] > 1 or name in taken):
            numbers[name] += 1
            if (numbered := f"{name}-{numbers[name]}") not in taken:
                name = numbered
                break
        taken.add(name)
        named.append(replace(spec, name=name))
    return named


@dataclass(slots=True)
class Packed:
    """A Spec ready to travel: the pickle, the descriptors beside it, and what it carries."""

    name: str
    pickle: bytes
    parcel: handover.Parcel
    objects: list[KernelObject]
    sources: dict[str, str]                                            # file name → text, of cells


def pack(specs: list[Spec]) -> list[Packed]:
    """Name the kernel objects after the parameters that receive them, and pickle each Spec apart from the others."""
    label((spec.function, spec.args, spec.kwargs) for spec in specs)
    return [_pack(spec) for spec in specs]


def _pack(spec: Spec) -> Packed:
    buffer = io.BytesIO()
    pickler = _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL)
    with handover.packing() as parcel, pickler:
        try:
            pickler.dump((spec.function, spec.args, spec.kwargs, spec.gate))
        except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
            raise errors.Misuse("run", f"process {spec.name!r}", hint=f"Something it uses cannot go to another process "
                                f"({error}). Make it inside the function, or give plain values.") from error
    sources = {file: "".join(lines) for file in pickler.files
               if not os.path.exists(file) and (lines := linecache.getlines(file))}
    return Packed(spec.name, buffer.getvalue(), parcel, list(pickler.objects.values()), sources)


def _reduced_code(code: types.CodeType) -> tuple:
    """As cloudpickle does it, but with the name of the file: a traceback must lead to the reader's line."""
    make, args = cloudpickle.Pickler.dispatch_table[types.CodeType](code)
    return make, tuple(code.co_filename if arg == "<dynamic-code>" else arg for arg in args)


class _Pickler(cloudpickle.Pickler):
    """Notes which kernel objects and source files travel: it is shown each object before that is pickled."""

    dispatch_table = cloudpickle.Pickler.dispatch_table.new_child({types.CodeType: _reduced_code})

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.objects: dict[int, KernelObject] = {}
        self.files: set[str] = set()
        self.registered: list[types.ModuleType] = []

    def persistent_id(self, value: Any) -> None:
        if isinstance(value, KernelObject):
            self.objects[id(value)] = value
        elif isinstance(value, types.CodeType):
            self.files.add(value.co_filename)

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, (types.FunctionType, type)):
            self._by_value(sys.modules.get(value.__module__))
        return super().reducer_override(value)

    def _by_value(self, module: types.ModuleType | None) -> None:
        if _is_loose(module) and module.__name__ not in cloudpickle.list_registry_pickle_by_value():
            cloudpickle.register_pickle_by_value(module)
            self.registered.append(module)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for module in self.registered:
            cloudpickle.unregister_pickle_by_value(module)


def _is_loose(module: types.ModuleType | None) -> bool:
    """A module file beside the notebook is as much the reader's own text as a cell: it goes along as it is now."""
    file = getattr(module, "__file__", None)
    return bool(file) and module.__name__ != "__main__" and not hasattr(module, "__path__") and _lies_loose(
        module.__name__, file)


@cache
def _lies_loose(name: str, file: str) -> bool:
    installed = tuple(os.path.realpath(path) + os.sep for path in sysconfig.get_paths().values())
    return "." not in name and not os.path.realpath(file).startswith(installed)
