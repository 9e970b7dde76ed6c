import os

import pytest

from ipclab import errors
from ipclab.processes import program

FORKS = """\
import os, sys
print("parent")
pid = os.fork()
if pid == 0:
    print("child", file=sys.stderr)
    sys.exit(3)
print("waited:", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def test_each_writer_is_shown_in_order():
    result = program(FORKS)
    assert [(p.stream, p.text) for p in result.printed] == [
        ("stdout", "parent\n"), ("stderr", "child\n"), ("stdout", "waited: 3\n")]
    parent, child, again = (p.pid for p in result.printed)
    assert parent == again == result.pid != child
    assert result.ok and result.status == 0 and result.signal is None and result.cpu > 0


def test_it_is_a_program_of_its_own_in_the_callers_folder():
    result = program("""
import os, sys
print(__name__, sys.argv[1:], os.getcwd(), os.path.basename(sys.argv[0]), repr(sys.stdin.read()))
print(sorted(int(fd) for fd in os.listdir("/proc/self/fd"))[:4])
""", args=("a", "b c"), name="demo.py")
    assert result.output == f"__main__ ['a', 'b c'] {os.getcwd()} demo.py ''\n[0, 1, 2, 3]\n"


def test_a_traceback_names_the_file_and_nothing_made_up():
    result = program("x = 1\nx.y\n", name="wrong.py")
    assert result.status == 1
    assert 'File "wrong.py", line 2, in <module>' in result.output and "/tmp" not in result.output


def test_a_program_that_is_no_python_says_so():
    assert "SyntaxError" in program("if").output


def test_it_may_import_what_lies_beside_the_notebook(tmp_path, monkeypatch):
    (tmp_path / "beside.py").write_text("VALUE = 5\n")
    monkeypatch.chdir(tmp_path)
    assert program("import beside; print(beside.VALUE)").output == "5\n"


def test_output_of_c_programs_is_told_apart():
    result = program("import os; os.system('echo one; echo two >&2'); print('three')")
    assert [(p.stream, p.text) for p in result.printed] == [
        ("stdout", "one\n"), ("stderr", "two\n"), ("stdout", "three\n")]
    assert result.printed[0].pid == result.printed[1].pid != result.pid == result.printed[2].pid


def test_it_is_ended_at_the_deadline_with_all_it_started():
    result = program("import os, time; os.fork(); print(os.getpid()); time.sleep(1000)", deadline=1)
    assert result.timed_out and result.signal == "SIGKILL" and not result.ok
    for line in result.output.split():
        assert not os.path.exists(f"/proc/{line}")


def test_a_signal_is_told_by_name():
    assert program("import os; os.abort()").signal == "SIGABRT"


def test_its_file_is_gone_afterwards():
    assert not os.path.exists(program("import sys; print(sys.path[0])").output.strip() or "/")


def test_a_name_with_a_folder_is_refused():
    with pytest.raises(errors.Misuse, match="without a folder"):
        program("pass", name="../x.py")
