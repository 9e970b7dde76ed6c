"""What a `kill -9` left is removed, and nothing else."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import sysv_ipc

from ipclab.mechanisms import ledger, leftovers
from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore
from ipclab.processes import process, run, sweep


def dead(body):
    """The words that a Python printed before it was killed."""
    code = f"import os, sys\n{textwrap.dedent(body)}\nsys.stdout.flush()\nos.kill(os.getpid(), 9)\n"
    return subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True).stdout.split()


def swept():
    """The objects; processes are of the whole machine, where another session may have died, too."""
    return [entry for entry in sweep() if entry.kind != "process"]


def alive(id):
    return any(line.split()[1] == str(id) for line in Path("/proc/sysvipc/sem").read_text().splitlines()[1:])


@pytest.fixture(autouse=True)
def nothing_to_sweep_yet():
    swept()                                                # what other tests killed


def test_objects_of_the_dead_are_removed_and_those_of_the_living_stay():
    theirs, key, name = dead("""
        from ipclab.mechanisms import ledger
        from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore
        print(Semaphore(1).id, ledger.mine()[0].name, PosixSemaphore(1).name)
        """)
    with Semaphore(1) as mine, PosixSemaphore(1):
        assert alive(theirs) and Path(f"/dev/shm/sem.{name[1:]}").exists()
        removed = swept()
        assert {(e.kind, e.name) for e in removed} == {("sysv sem", key), ("posix sem", name)}
        assert {*map(str, removed)} == {f"sysv sem with key 0x{int(key):08x}", f"posix sem {name}"}
        assert not alive(theirs) and alive(mine.id)
        assert swept() == []


def test_a_path_that_belongs_to_another_file_now_is_left_alone_and_so_is_what_has_another_key(tmp_path):
    mine, other = tmp_path / "fifo", tmp_path / "kept"
    with Semaphore(1) as semaphore, PosixSemaphore(1) as posix:
        mine.write_text("not theirs")
        os.mkfifo(other)
        _dead_ledger([("sysv sem", semaphore.id, ledger.BY_NAME), ("posix sem", posix.name + "x", ledger.BY_NAME),
                      ("file", mine, "1:2:100000"), ("file", other, leftovers.file_proof(other)), ("file", mine, ""),
                      ("sysv sem", "text", ledger.BY_NAME), ("nonsense", "x", "y"), ("folder", tmp_path, "")])
        assert [(e.kind, e.name) for e in swept()] == [("file", str(other))]
        assert alive(semaphore.id) and posix.value == 1 and mine.exists()


def _dead_ledger(entries):
    (identity,) = dead("from ipclab.mechanisms import ledger; print(ledger.identity(os.getpid()))")
    lines = [json.dumps({"kind": k, "name": str(n), "proof": p}) for k, n, p in entries]
    (ledger.folder() / f"{identity}-0.jsonl").write_text("\n".join([*lines, "{half a li"]))


def test_a_ledger_from_another_world_is_none_of_our_business():
    pid, start, world = ledger.identity(os.getpid()).split("-")
    path = ledger.folder() / f"1-{start}-elsewhere.1-0.jsonl"
    path.write_text("")
    try:
        assert swept() == [] and path.exists()
        assert not ledger.ended("1-1-elsewhere.1") and ledger.ended(f"1-1-{world}")
    finally:
        path.unlink()


def test_what_a_killed_process_of_a_run_made_is_gone_after_the_run():
    def maker():
        semaphore = Semaphore(1)
        PosixSemaphore(1)
        print(semaphore.id)
        os.kill(os.getpid(), 9)

    result = run(maker)
    assert result["maker"].signal == "SIGKILL" and not alive(result.output.strip())


def test_what_a_process_left_at_its_ordinary_end_is_gone_too():
    assert run(process(lambda: Semaphore(1).id, name="maker"))["maker"].status == 0


ORPHANS = """
# A process with a dead session's mark, whose supervisor and zygote are gone, and one with a live mark.
import os, subprocess, sys
from ipclab.mechanisms import ledger
from ipclab.processes import sweep
identity = "import os; from ipclab.mechanisms import ledger; print(ledger.identity(os.getpid()))"
ended = subprocess.run([sys.executable, "-c", identity], stdout=subprocess.PIPE, text=True).stdout.strip()
sleeper = [sys.executable, "-c", "print(flush=True); import signal; signal.pause()"]
orphan, other = (subprocess.Popen(sleeper, env=os.environ | {"IPCLAB_SESSION": mark}, stdout=subprocess.PIPE)
                 for mark in (ended, ledger.identity(os.getpid())))
orphan.stdout.readline(), other.stdout.readline()
assert [(e.kind, e.name) for e in sweep()] == [("process", str(orphan.pid))]
assert orphan.wait() == -9 and other.poll() is None
print("right")
"""


def test_orphans_of_a_dead_session_are_ended_and_others_are_not():
    # In a pid namespace of its own, as a sweep looks at the whole machine: another test's could be quicker. And with
    # the namespace's first process all others end, also when an assertion fails.
    mine = ["unshare", "--pid", "--fork", "--mount-proc", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*mine, "true"], capture_output=True).returncode != 0:
        assert not os.environ.get("CI"), "the CI runs as root, so that this test can"
        pytest.skip("only root, or a user who may make namespaces, can see a sweep alone")
    done = subprocess.run([*mine, sys.executable, "-c", ORPHANS], capture_output=True, text=True, timeout=100)
    assert (done.stdout, done.stderr) == ("right\n", "")


def test_the_folder_must_be_ours_alone(tmp_path, monkeypatch):
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    for path in (open_to_all, link):
        monkeypatch.setenv("IPCLAB_LEDGERS", str(path))
        with pytest.raises(PermissionError, match="IPCLAB_LEDGERS"):
            ledger.folder()


def test_a_program_that_owns_nothing_leaves_no_folder(tmp_path):
    folder = tmp_path / "ledgers"
    code = ("import shutil, sys; from ipclab.processes import process, run\n"
            "assert run(process(int)).ok; shutil.rmtree(sys.argv[1])")
    subprocess.run([sys.executable, "-c", code, folder], env=os.environ | {"IPCLAB_LEDGERS": str(folder)}, check=True)
    assert not folder.exists()


def test_removing_by_hand_closes_the_ledger():
    semaphore = Semaphore(1)
    assert [(e.kind, e.name) for e in ledger.mine()] == [("sysv sem", str(semaphore._semaphore.key))]
    semaphore.remove()
    assert ledger.mine() == [] and os.listdir(ledger.folder()) == []


def test_an_object_removed_behind_our_back_is_no_error():
    semaphore = Semaphore(1)
    sysv_ipc.remove_semaphore(semaphore.id)
    semaphore.remove()
    assert ledger.mine() == []
