"""Ways from a solution to what watches it. The rules refuse each of these texts before any of it runs."""

REFUSED = {
    # what the report on graders saw to work elsewhere
    "patched ipclab": "import ipclab.grade.judge as j\nj.examine = None",
    "patched builtins": "import builtins\nbuiltins.len = lambda x: 1",
    "patched sys.modules": "import sys\nsys.modules['json'] = None",
    "a line magic": "%load_ext evil",
    "a shell command": "!cat master.md",
    "pickle": "import pickle\npickle.loads(b'')",
    "ctypes": "import ctypes\nctypes.string_at(0)",
    "threads": "import threading\nthreading.Thread(target=print).start()",
    "subprocess": "import subprocess\nsubprocess.run(['id'])",
    "a trace function": "import sys\nsys.settrace(None)",
    "the garbage collector": "import gc\ngc.get_objects()",
    "inspect": "import inspect\ninspect.stack()",
    "another process": "import os\nif os.fork(): os._exit(0)",
    "a program": "import os\nos.execv('/bin/sh', ['sh'])",
    "signals to the judge": "import os\nos.kill(os.getppid(), 9)",
    # jails of Python that were broken before
    "subclasses of object": "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen']",
    "the frame of a generator": "g = (g.gi_frame.f_back.f_globals for _ in [0])\nnext(g)",
    "the frame of a traceback": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    e.__traceback__.tb_frame.f_back",
    "the frame a handler is given": "import signal\ndef h(number, frame):\n    frame.f_back.f_locals['said'] = 1",
    "the code of a function": "def f(): pass\nf.__code__ = (lambda: 1).__code__",
    "the globals of a function": "def f(): pass\nf.__globals__['__builtins__']",
    "the closure of a function": "def f(): pass\nf.__closure__[0].cell_contents",
    "the defaults of a method": "class A:\n    def f(self): pass\nA.f.__defaults__ = (1,)",
    "the module behind a method": "from queue import Queue\nQueue.put.__globals__",
    "the self of a builtin": "print.__self__.open('/etc/passwd')",
    "a format string": "'{0.__init__.__globals__}'.format(print)",
    "a format string by map": "list(map(str.format, ['{0.__class__}'], [1]))",
    "a format string by mapping": "'{x.__class__}'.format_map({'x': 1})",
    "an f-string": "f'{().__class__.__base__!r}'",
    "an f-string in an f-string": "f'{f\"{().__class__}\"!s:>{len([].__doc__)}}'",
    "a keyword pattern": "match print:\n    case object(__self__=module):\n        module.open('/etc/passwd')",
    "attributes named in text": "class A:\n    __match_args__ = ('__globals__',)",
    "attributes named by a slot": "class A:\n    __slots__ = ('__class__',)",
    "attributes named by joined text": "class A:\n    __slots__ = ('__cl' + 'ass__',)",
    "attributes named by a loop": "class A:\n    for __match_args__ in [('__globals__',)]: pass",
    "attributes named by import": "class A:\n    from os import read as __match_args__",
    "an annotation": "def f(x: ().__class__.__base__): pass",
    "an annotation of a variable": "x: __import__('os').system('id') = 1",
    "a default": "def f(x=().__class__): pass",
    "a decorator": "@().__class__.__base__.__subclasses__\ndef f(): pass",
    "a decorator that is eval": "@eval\n@lambda f: '1'\ndef f(): pass",
    "a lambda's default": "f = lambda x=open: x('/etc/passwd')",
    "a factory of fields": "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    x: int = field(default_factory=globals)",
    "a class that is made anew": "from dataclasses import make_dataclass\nmake_dataclass('A', ['x'], bases=())",
    "reduce over getattr": "from functools import reduce\nreduce(getattr, ['__class__'], 1)",
    "partial of getattr": "from functools import partial\npartial(getattr, 1)('__class__')",
    "operator": "from operator import attrgetter\nattrgetter('__class__')(1)",
    "wraps with any attribute": "from functools import update_wrapper",
    "a metaclass": "class A(metaclass=type): pass",
    "a class keyword": "class A(b=1): pass",
    "__init_subclass__": "class A:\n    def __init_subclass__(cls): pass",
    "__class_getitem__": "class A:\n    def __class_getitem__(cls, x): pass",
    "__getattr__": "class A:\n    def __getattr__(self, name): pass",
    "__reduce__": "class A:\n    def __reduce__(self): return print, ()",
    "__del__, after the end": "class A:\n    def __del__(self): pass",
    "__set_name__": "class A:\n    def __set_name__(self, owner, name): pass",
    "super's own ways": "class A:\n    def f(self): return super().__getattribute__('__class__')",
    "a name in wide letters": "().__ｃｌａｓｓ__",
    "a builtin in wide letters": "ｏｐｅｎ('/etc/passwd')",
    "an import in wide letters": "import ｓｙｓ",
    "a module given away": "import os\nx = [os]\nx[0].system('id')",
    "a module by star": "from os import *",
    "a module by walrus": "import os\n(x := os).system('id')",
    "a module changed": "import signal\nsignal.raise_signal = None",
    "globals by name": "global __builtins__\n__builtins__ = {}",
    "the class cell": "class A:\n    def f(self): return __class__",
    "a coroutine's frame": "async def f(): pass\nf().cr_frame",
    "type parameters": "def f[T: ().__class__](): pass",
    "private names of enums": "import signal\nself = signal.SIGUSR1\nself._member_map_",
    "breakpoint": "breakpoint()",
    "input, until the next student": "input()",
    # texts that would keep the judge itself busy
    "a program too long": "x = 1\n" * 4000,
    "finally in finally": "".join(f"{' ' * n}try: pass\n{' ' * n}finally:\n" for n in range(19)) + " " * 19 + "pass",
    "finally at each return": "def f():\n try:\n" + "  return\n" * 900 + " finally:\n" + "  x = 1\n" * 1200,
}

# The rules let these pass; what they reach is nothing. Each says what it got; the last line tells.
HARMLESS = '''
import contextlib, copy, os, signal, functools, dataclasses
from collections.abc import Callable, Iterable
from typing import Optional, Union

got = []

def attack(function):
    try:
        if function():
            got.append(function)
    except Exception:
        pass

@attack
def an_input_transformer():
    return get_ipython().input_transformers_post.append(lambda lines: ["pass"]) or True

@attack
def an_ast_transformer():
    return get_ipython().ast_transformers.append(None) or True

@attack
def a_hint_that_is_evaluated():
    class A:
        def f(self): return self._evaluate(None, None, frozenset())
    return A.f(Union["__import__('os')"]) or A.f(Optional["1"])

@attack
def a_descriptor_of_the_watcher():
    line = b'\\n{"observation": {"seen": {"the balance": 125}, "pending": []}, "handled": true, "how": "returned"}\\n'
    return any([writes(number, line) for number in range(3, 64)])

def writes(number, line):
    try:
        return os.write(number, line)
    except OSError:
        return 0

@attack
def a_descriptor_that_is_two_numbers():
    class Two(int):
        def __hash__(self): return 99
        def __eq__(self, other): return False
    return any([writes(Two(number), b"{}") for number in range(3, 64)])

@attack
def a_descriptor_closed():
    for number in range(3, 64):
        try:
            os.close(number)
        except OSError:
            continue
        return True

@attack
def a_class_that_says_it_is_another():
    class A(Iterable):
        def __iter__(self): return iter(())
    A.register(Callable)
    match print:
        case A(): return False

@attack
def the_helpers_of_a_context_manager():
    @contextlib.contextmanager
    def f(): yield
    self = f()
    return self.gen.close() or self._recreate_cm().args

@attack
def a_changed_class_of_the_library():
    contextlib.ExitStack.close = lambda self: got.append("close")
    with contextlib.ExitStack(): pass
    return False

@attack
def a_copy_of_a_module():
    return copy.copy(functools.partial(os.read)).func.open

@attack
def a_slot_set_by_a_copy():
    class A:
        __slots__ = ("a", "_b")
    return copy.copy(A()).a

raise ValueError(f"reached: {got}")
'''
