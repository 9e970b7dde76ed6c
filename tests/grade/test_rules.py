"""What a solution may contain: honest styles pass, ways to what watches it do not."""

import pytest

from ipclab.grade.rules import FORBIDDEN, LONGEST, refusal

HONEST = {
    "functions and closures": "def a(x):\n    def b():\n        return x\n    return b",
    "a parameter named like a module": "import signal\ndef handler(signal, frame):\n    print(signal)",
    "a parameter named like a builtin": "def f(input, open=None):\n    return input or open",
    "private attributes of self": "class A:\n    def __init__(self):\n        self._a = self.__b = 1",
    "super": "class A(Exception):\n    def __init__(self, x):\n        super().__init__(x)",
    "a context manager": "import contextlib\n@contextlib.contextmanager\ndef f():\n    try:\n        yield\n    finally:\n        pass",
    "a class as context manager": "class A:\n    def __enter__(self): return self\n    def __exit__(self, *_): return False",
    "wraps": "import functools\ndef d(f):\n    @functools.wraps(f)\n    def g(*a): return f(*a)\n    return g",
    "names from a module": "from signal import SIG_BLOCK, pthread_sigmask as mask\nmask(SIG_BLOCK, [])",
    "another name for a module": "import collections as c\nd = c.deque()",
    "comprehensions, lambdas, walrus": "a = [x for x in range(3) if (y := x)]\nb = lambda q: q\nc = {**{1: 2}}",
    "annotations": "from __future__ import annotations\nfrom typing import Any\ndef f(a: Any = 1) -> Any: ...",
    "a dataclass": "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    a: int = 0\n    b: list = field(default_factory=list)",
    "match": "match [1, 2]:\n    case [a, *rest]: print(a, rest)\n    case {'k': v, **more}: print(v, more)\n    case _: pass",
    "a generator": "def g():\n    x = yield 1\n    yield from [x]",
    "f-strings": "a = 3\nprint(f'{a!r:>{a}}')",
    "exceptions": "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)",
    "global and nonlocal": "n = 0\ndef f():\n    global n\n    n += 1",
    "a property": "class A:\n    @property\n    def b(self): return 1\n    @b.setter\n    def b(self, v): pass",
}


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
def test_honest_styles_pass(source):
    assert refusal(source) is None


HOSTILE = {
    "another module": "import sys",
    "a module inside a package": "import os.path",
    "a forbidden part": "import os\nos.fork()",
    "a forbidden part by name": "from os import fork",
    "everything": "from os import *",
    "relative import": "from . import judge",
    "the package itself": "import ipclab",
    "a module given away": "import os\nmine = os",
    "a module as an argument": "import os\nprint(os)",
    "a module under a builtin's name": "import os as eval",
    "a module changed": "import signal\nsignal.signal = None",
    "a module deleted from": "import signal\ndel signal.signal",
    "a module behind a parameter": "def f(signal):\n    import signal\n    signal.x()",
    "a module as a global behind a parameter": "import signal\ndef f(signal):\n    def g():\n        global signal\n        signal.x()",
    "a default that is a module": "import os\ndef f(os=os): os.fork()",
    "a default that is a builtin": "def f(e=eval): e('1')",
    "a decorator that is a builtin": "@exec\ndef f(): pass",
    "eval": "eval('1')", "exec": "exec('1')", "compile": "compile('1', '', 'eval')", "open": "open('/etc/passwd')",
    "getattr": "getattr(1, 'real')", "globals": "globals()", "vars": "vars()", "type": "type('A', (), {})",
    "dunder import": "__import__('sys')", "dunder builtins": "__builtins__", "the class cell": "class A:\n    def f(self): return __class__",
    "class": "().__class__", "subclasses": "object.__subclasses__()", "globals of a function": "f = lambda: 0\nf.__globals__",
    "dict": "class A: pass\nA.__dict__", "mro": "int.mro()",
    "the frame of a handler": "def h(n, frame): frame.f_back.f_globals", "the frame of a generator": "g = (i for i in ())\ng.gi_frame",
    "the frame of an error": "try: 1/0\nexcept Exception as e: e.__traceback__.tb_frame",
    "format": "'{0.__class__}'.format(1)", "format_map": "'{a.__class__}'.format_map({'a': 1})",
    "a dunder through match": "match 1:\n    case int(__class__=c): pass",
    "sunder": "import signal\nself = signal.SIGUSR1\nself._convert_",
    "private of another": "q = 1\nq._x",
    "__getattribute__": "class A:\n    def __getattribute__(self, n): pass", "__del__": "class A:\n    def __del__(self): pass",
    "__getattr__ by assignment": "class A:\n    __getattr__ = print",
    "a metaclass": "class A(metaclass=object): pass",
    "super's dunder": "class A:\n    def f(self): super().__getattribute__('x')",
    "a builtin's name as exception": "try: pass\nexcept E as eval: pass",
    "async": "async def f(): pass",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_ways_out_are_refused_with_the_line(source):
    found = refusal("x = 0\n" + source)
    assert found and found.kind == "refused"
    assert 2 <= found.line <= 1 + len(source.splitlines())
    assert "Traceback" not in found.sentence and found.sentence.endswith(".")


def test_every_builtin_outside_the_list_is_refused():
    assert {name for name in FORBIDDEN if not refusal(f"x = {name}")} == set()


@pytest.mark.parametrize("source, line", [
    ("def f(:\n", 1), ("x = 1\nif x:\ny", 3), ("return 1", 1), ("x = 1\n  y = 2", 2), ("%timeit 1", 1), ("!ls", 1),
    ("'" * 3, 1), ("(" * 300, 1), ("\0", 1), ("-" * 9000 + "1", 1), ("x = 'a\ud800'", 1), ("a." * 9000 + "a", 1)])
def test_what_is_no_python_gets_a_sentence(source, line):
    found = refusal(source)
    assert (found.kind, found.line) == ("syntax", line)


def test_a_cell_of_any_size_is_refused_early():
    assert refusal("x" * (LONGEST + 1)).kind == "refused"
