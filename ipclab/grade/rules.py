"""What a solution may use, decided from its text before any of it runs.

A behaviour check runs a student's code in the same process as the code that watches it, because a real signal has to
strike inside that very code. So a solution may not reach what watches it: no modules beyond those of the lesson, none
of their parts beyond those named here, no way from an object to its class, its frame or its globals. What honest
solutions use (functions, classes, closures, generators, context managers, decorators, dataclasses) is all allowed.

`refusal(source)` looks at the text alone. It executes nothing, and says in one sentence which line is not allowed.
"""

from __future__ import annotations

import ast
import builtins
import re
import types
from dataclasses import dataclass

__all__ = ["BESIDE_THE_GATE", "LONGEST", "MODULES", "Refusal", "refusal"]

LONGEST = 20_000                     # characters of one solution cell
MOST_COMPILED = 100_000              # nodes; an ordinary cell of that length has 10,000

MODULES: dict[str, frozenset[str]] = {name: frozenset(parts.split()) for name, parts in {
    "signal": """signal getsignal pause pthread_sigmask sigpending sigwait sigwaitinfo sigtimedwait set_wakeup_fd raise_signal
        SIG_BLOCK SIG_UNBLOCK SIG_SETMASK SIG_DFL SIG_IGN SIGUSR1 SIGUSR2 SIGINT SIGTERM SIGHUP SIGALRM SIGCHLD SIGCONT
        SIGWINCH valid_signals""",
    "os": """read write pipe close set_blocking waitpid waitstatus_to_exitcode WNOHANG WIFEXITED WEXITSTATUS WIFSIGNALED
        WTERMSIG""",
    "collections": "deque namedtuple Counter defaultdict OrderedDict",
    "collections.abc": "Callable Generator Iterable Iterator Sequence Mapping",
    "contextlib": "contextmanager ContextDecorator ExitStack closing nullcontext suppress",
    "copy": "copy deepcopy",
    "dataclasses": "dataclass field",
    "functools": "wraps partial reduce",
    "itertools": "count chain islice repeat accumulate",
    "queue": "Queue SimpleQueue LifoQueue Empty Full",
    "threading": "Lock RLock Condition Event Semaphore BoundedSemaphore local",
    "typing": "Any Callable Generator Iterable Iterator Optional Union",
    "struct": "calcsize pack unpack",
    "ipclab.errors": "WouldBlock Closed Removed TooBig LimitReached",
    "__future__": "annotations",
}.items()}
# Where processes take turns, only what passes the gate is seen; so nothing there may act beside it.
BESIDE_THE_GATE = frozenset({"signal", "os", "queue", "threading"})

BUILTINS = frozenset("""abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod
    enumerate filter float format frozenset hasattr hash hex id int isinstance issubclass iter len list map max min
    next object oct ord pow print property range repr reversed round set slice sorted staticmethod str sum super tuple
    zip Ellipsis NotImplemented""".split()) | {
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)}
FORBIDDEN = frozenset(vars(builtins)) - BUILTINS - {"True", "False", "None", "__name__", "_"}

MAY_DEFINE = frozenset(f"__{name}__" for name in """init new post_init enter exit call iter next len bool repr str
    contains getitem setitem delitem add radd iadd sub rsub isub mul eq ne lt le gt ge hash int index get set
    """.split())
NO_ATTRIBUTE = re.compile(r"__\w*__|_\w*_|mro|format|format_map|with_traceback")
INSIDES = frozenset(name for kind in (types.FrameType, types.TracebackType, types.GeneratorType, types.CoroutineType,
                                      types.AsyncGeneratorType, types.CodeType)
                    for name in dir(kind) if re.match("(f|tb|gi|cr|ag|co)_", name))      # of frames, code, …


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is not run. `kind` is "syntax" for text that is no Python at all, else "refused"."""

    kind: str
    line: int
    sentence: str


class _Refused(Exception):
    def __init__(self, node: ast.AST, sentence: str):
        self.line, self.sentence = getattr(node, "lineno", 1), sentence


def refusal(source: str, without: frozenset[str] = frozenset()) -> Refusal | None:
    """Why `source` may not run, or None if it may. `without` names modules that this task does not allow."""
    if len(source) > LONGEST:
        return Refusal("refused", 1, f"This cell is longer than {LONGEST} characters. Keep what the task asks for.")
    try:
        tree = ast.parse(source)
        if _compiled_size(tree) > MOST_COMPILED:
            return Refusal("refused", 1, "There are far too many `finally` in each other. Keep what the task asks for.")
        compile(tree, "<solution>", "exec", dont_inherit=True)      # some errors of syntax are found only here
        _Reader(tree, frozenset(MODULES) - without).visit(tree)
    except SyntaxError as error:
        return Refusal("syntax", error.lineno or 1, f"Python cannot read this line: {error.msg}.")
    except (RecursionError, MemoryError, ValueError):
        return Refusal("syntax", 1, "Python cannot read this cell: it is nested too deeply, or holds a character that "
                                    "does not belong in a program.")
    except _Refused as refused:
        return Refusal("refused", refused.line, refused.sentence)
    return None


def _compiled_size(node: ast.AST) -> int:
    """About how many nodes are compiled: a `finally` once for each way out, so that 20 in each other are a million."""
    if isinstance(node, ast.Try | ast.TryStar) and node.finalbody:
        ways_out = 2 + sum(isinstance(inner, ast.Return | ast.Break | ast.Continue)
                           for part in (node.body, node.handlers, node.orelse) for each in part for inner in ast.walk(each))
        copies = {id(each): ways_out for each in node.finalbody}
        return 1 + sum(copies.get(id(each), 1) * _compiled_size(each) for each in ast.iter_child_nodes(node))
    return 1 + sum(map(_compiled_size, ast.iter_child_nodes(node)))


def _is_plain(name: object) -> bool:
    return isinstance(name, str) and not NO_ATTRIBUTE.fullmatch(name) and name not in INSIDES


class _Reader(ast.NodeVisitor):
    """Walks a solution and raises `_Refused` at the first thing that is not allowed.

    A *guarded* name (a module, or a builtin outside the list) may not be loaded or given away, because whoever holds
    the object has all its parts. A parameter of that name is another thing, so `def handler(signal, frame)` is fine.
    """

    def __init__(self, tree: ast.Module, allowed: frozenset[str]):
        self.allowed = allowed
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
        aliases = [alias for node in imports for alias in node.names]
        self.modules = {alias.asname or alias.name.split(".")[0]: alias.name for alias in aliases}
        self.guarded = FORBIDDEN | set(self.modules)
        self.parameters: list[set[str]] = []

    # imports

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name not in self.allowed or alias.name == "__future__":
                raise _Refused(node, f"This lab does without the module `{alias.name}`.")
            if "." in alias.name and not alias.asname:
                raise _Refused(node, f"Write `from {alias.name} import …` instead.")
            bound = alias.asname or alias.name
            if self.modules[bound] != alias.name or any(bound in names for names in self.parameters):
                raise _Refused(node, f"`{bound}` stands for two things here; give each its own name.")
            if bound in FORBIDDEN or bound.startswith("__"):
                raise _Refused(node, f"Import `{alias.name}` under another name.")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level or node.module not in self.allowed:
            raise _Refused(node, f"This lab does without the module `{'.' * node.level}{node.module or ''}`.")
        for alias in node.names:
            if alias.name not in MODULES[node.module]:
                raise _Refused(node, f"This lab does without `{node.module}.{alias.name}`.")
            self._stored(alias.asname or alias.name, node)

    # names and attributes

    def visit_Name(self, node: ast.Name) -> None:
        if any(node.id in names for names in self.parameters):
            return
        if isinstance(node.ctx, ast.Store | ast.Del):
            return self._stored(node.id, node)
        if node.id in self.modules:
            raise _Refused(node, f"`{node.id}` is a module here. Use its parts as `{node.id}.name`, "
                                 "and give variables other names.")
        if node.id in FORBIDDEN or (node.id.startswith("__") and node.id != "__name__"):
            raise _Refused(node, f"This lab does without `{node.id}`.")

    def _stored(self, name: str, node: ast.AST) -> None:
        if name in self.guarded:
            what = "a module" if name in self.modules else "a function of Python"
            raise _Refused(node, f"`{name}` is the name of {what} here; give yours another name.")
        # `__match_args__` would name attributes in text, and so would a slot of such a name.
        if name in INSIDES or name.startswith("__") and name.endswith("__") and name not in MAY_DEFINE:
            raise _Refused(node, f"This lab does without `{name}`.")

    def visit_Assign(self, node: ast.Assign) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id="__slots__")], value=ast.Tuple(elts=names) | ast.List(elts=names)) \
                    if all(isinstance(name, ast.Constant) and _is_plain(name.value) for name in names):
                return
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and self._is_module(node.value.id):
            return self._part(node, self.modules[node.value.id])
        self._attribute(node.attr, node, node.value)
        self.visit(node.value)

    def _is_module(self, name: str) -> bool:
        return name in self.modules and not any(name in names for names in self.parameters)

    def _part(self, node: ast.Attribute, module: str) -> None:
        if not isinstance(node.ctx, ast.Load):
            raise _Refused(node, f"A solution must not change the module `{module}`.")
        if node.attr not in MODULES[module]:
            raise _Refused(node, f"This lab does without `{module}.{node.attr}`.")

    def _attribute(self, name: str, node: ast.AST, owner: ast.AST | None = None) -> None:
        of_super = isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super"
        if (name in INSIDES or NO_ATTRIBUTE.fullmatch(name)) and not (of_super and name in MAY_DEFINE):
            instead = " Use an f-string." if name == "format" else ""
            raise _Refused(node, f"This lab does without the attribute `{name}`.{instead}")
        if name.startswith("_") and not of_super and not (isinstance(owner, ast.Name) and owner.id in {"self", "cls"}):
            raise _Refused(node, f"`{name}` is private to its object: only `self.{name}` may be used.")

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        for name in node.kwd_attrs:
            self._attribute(name, node)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self._binds(node.name, node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self._binds(node.name, node)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self._binds(node.rest, node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._binds(node.name, node)

    def _binds(self, name: str | None, node: ast.AST) -> None:
        if name:
            self._stored(name, node)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        for name in node.names:
            self._stored(name, node)

    visit_Nonlocal = visit_Global

    # functions and classes

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._without_type_parameters(node)
        self._stored(node.name, node)
        self._scope(node, node.decorator_list, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._scope(node, [], [node.body])

    def _scope(self, node: ast.FunctionDef | ast.Lambda, outside: list, body: list) -> None:
        """Decorators, defaults and annotations belong to the scope around; only the body sees the parameters."""
        arguments = [a for a in ast.walk(node.args) if isinstance(a, ast.arg)]
        for part in [*outside, *node.args.defaults, *node.args.kw_defaults, getattr(node, "returns", None),
                     *(a.annotation for a in arguments)]:
            if part is not None:
                self.visit(part)
        own = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        self.parameters.append({a.arg for a in own if a is not None})
        for part in body:
            self.visit(part)
        self.parameters.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._stored(node.name, node)
        if node.keywords:
            raise _Refused(node, "This lab does without metaclasses and class keywords.")
        self.generic_visit(node)

    def _never(self, node: ast.AST) -> None:
        raise _Refused(node, "This lab does without `async` and `await`.")

    visit_AsyncFunctionDef = visit_AsyncFor = visit_AsyncWith = visit_Await = _never

    def generic_visit(self, node: ast.AST) -> None:
        self._without_type_parameters(node)
        super().generic_visit(node)

    def _without_type_parameters(self, node: ast.AST) -> None:
        if getattr(node, "type_params", None) or type(node).__name__ == "TypeAlias":
            raise _Refused(node, "This lab does without type parameters.")
