"""Nothing outlives its run: deadlines, Ctrl-C, killed callers, and processes that try to get away."""

import os
import select
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from ipclab import kernel
from ipclab.errors import RunError
from ipclab.mechanisms.semaphores import Semaphore
from ipclab.processes import process, program, run, start, sweep
from ipclab.processes._tree import descendants

ENDS_BY_ITSELF = 6                   # seconds after which even the worst of these gives up, should we fail to end it


def gone(*pids):
    """None of these processes exists any more; a pid that another program has got since counts as gone."""
    def ours(pid):
        try:
            return "ipclab" in open(f"/proc/{pid}/cmdline").read()
        except OSError:
            return False
    return not [pid for pid in pids if ours(pid)]


def wait_until_dead(descriptors):
    """Wait on pidfds: each becomes readable when its process has ended."""
    left = set(descriptors)
    until = time.monotonic() + 10
    while left and time.monotonic() < until:
        left -= set(select.select(left, [], [], 1)[0])
    return not left


def test_a_sleeper_is_ended_at_the_deadline_and_the_result_says_where_it_was():
    def sleeper():
        time.sleep(1000)

    result = run(sleeper, process(print, "hello", name="other"), deadline=0.3)
    assert result.timed_out and not result.ok
    assert result["sleeper"].signal == "SIGKILL" and result["sleeper"].blocked_in.startswith("clock_nanosleep(")
    assert result["other"].ok and result["other"].blocked_in == "" and result["other"].output == "hello\n"
    assert result.notes[0] == "ended at its deadline of 0.3 s"


def test_a_process_that_catches_what_it_can_is_ended():
    def stubborn():
        for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:
            try:
                signal.signal(number, lambda *_: None)
            except OSError:
                pass                                       # two real-time signals belong to the C library
        while True:
            pass

    assert run(stubborn, deadline=0.3)["stubborn"].signal == "SIGKILL"


def test_a_stopped_process_is_ended():
    def stops():
        os.kill(os.getpid(), signal.SIGSTOP)

    assert run(stops, deadline=0.3)["stops"].signal == "SIGKILL"


def test_a_double_fork_in_a_session_of_its_own_is_ended():
    def daemon():
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                print(os.getpid())
                time.sleep(1000)
            os._exit(0)

    result = run(daemon, deadline=0.5)
    assert result.timed_out and result["daemon"].status == 0
    assert gone(int(result["daemon"].output))
    assert result.printed[0].process == "daemon.1.1"


def test_an_orphan_that_ends_in_time_is_waited_for():
    def leaves_an_orphan():
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(writing)
            os.read(reading, 1)                            # until the parent has ended
            print("orphan")
            os._exit(0)

    result = run(leaves_an_orphan)
    assert result.output == "orphan\n" and not result.timed_out


def test_a_fork_bomb_is_ended():
    def bomb():
        until = time.monotonic() + ENDS_BY_ITSELF
        while time.monotonic() < until:
            os.fork()

    result = run(bomb, deadline=1)
    assert result["bomb"].signal == "SIGKILL" and not result.ok


def test_a_run_that_grows_too_large_is_ended_before_its_deadline():
    def grows():
        for _ in range(300):
            if os.fork() == 0:
                signal.pause()
        signal.pause()

    result = run(grows, deadline=60)
    assert result["grows"].signal == "SIGKILL" and not result.timed_out and not result.ok
    assert result.notes == ("ended because it had more than 256 processes",)


def test_a_fork_bomb_in_a_program_is_ended():
    result = program(f"""
import os, time
until = time.monotonic() + {ENDS_BY_ITSELF}
while time.monotonic() < until:
    os.fork()
""", deadline=1)
    assert result.signal == "SIGKILL" and not result.ok


def test_a_process_that_hands_on_the_torch_does_not_get_away():
    def torch():
        until = time.monotonic() + ENDS_BY_ITSELF
        while time.monotonic() < until:
            if os.fork():
                os._exit(0)
            os.setsid()
        print("got away")

    result = run(torch, deadline=0.3)
    assert result["torch"].status == 0 and result.timed_out and not result.ok and not result.output


def test_an_endless_printer_is_cut_and_ended():
    def printer():
        while True:
            print("x" * 1000)

    result = run(printer, deadline=0.5)
    assert result.timed_out and 900_000 < len(result.output) <= 1 << 20
    assert any("output was cut" in note for note in result.notes)


def test_a_printer_of_single_bytes_fills_no_memory():
    def drip():
        for _ in range(40_000):
            os.write(1, b"\n")

    result = run(drip, deadline=60)
    assert result["drip"].ok and len(result.printed) < 20_000


def test_ctrl_c_ends_the_run():
    with Semaphore(0) as never:
        running = start(process(never.P, name="waiter"), deadline=60)

        def interrupt():
            kernel.wait_until_blocked(running.pids["waiter"], ("semop", "semtimedop"))
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        with pytest.raises(KeyboardInterrupt), running:
            thread.start()
            running.wait()
        thread.join()
    assert gone(*running.pids.values())


def test_leaving_the_block_ends_what_runs():
    with start(process(time.sleep, 1000), process(time.sleep, 1000)) as running:
        pids = running.pids.values()
    assert gone(*pids)
    running.end()                                          # twice is no error
    with pytest.raises(RunError, match="ended .* before wait"):
        running.wait()


def caller(body):
    """A Python of its own that runs `body`, and its standard output."""
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(body)], stdout=subprocess.PIPE, text=True)


def test_nothing_stays_when_the_caller_is_killed():
    child = caller("""
        import os, time
        from ipclab.processes import process, start
        from ipclab.mechanisms.semaphores import Semaphore

        def away(ready):
            if os.fork() == 0:
                os.setsid()
                ready.V()
                time.sleep(1000)
            time.sleep(1000)

        ready = Semaphore(0)
        running = start(process(away, ready), process(time.sleep, 1000), deadline=600)
        ready.P()
        print(*running.pids.values(), flush=True)
        time.sleep(1000)
        """)
    with child:
        started = [int(pid) for pid in child.stdout.readline().split()]
        below = descendants(child.pid)
        assert set(started) < below and len(below) >= 4    # zygote, supervisor, two processes, one in its own session
        watched = [os.pidfd_open(pid) for pid in below]
        child.kill()
    dead = wait_until_dead(watched)
    for descriptor in watched:
        os.close(descriptor)
    assert dead
    assert "sysv sem" in [entry.kind for entry in sweep()]


def test_a_process_that_kills_its_supervisor_loses_the_run_but_leaves_nothing():
    def kills_parent(watching):
        watching.P()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(1000)

    with Semaphore(0) as watching:
        running = start(process(kills_parent, watching), process(time.sleep, 1000))
        watched = [os.pidfd_open(pid) for pid in running.pids.values()]
        watching.V()
        with pytest.raises(RunError, match="os.getppid"):
            running.wait()
    dead = wait_until_dead(watched)
    for descriptor in watched:
        os.close(descriptor)
    assert dead
    assert run(print).ok


def test_a_signal_to_the_supervisor_is_ignored_and_noted():
    result = run(process(lambda: os.kill(os.getppid(), signal.SIGTERM), name="child"))
    assert result.ok and "sent SIGTERM to its parent" in result.notes[0]


def test_a_signal_to_the_own_group_reaches_the_run_and_nobody_else():
    def waiter(ready):
        ready.V()
        signal.pause()

    def sender(ready):
        ready.P()
        os.kill(0, signal.SIGTERM)

    with Semaphore(0) as ready:
        result = run(process(waiter, ready), process(sender, ready))
    assert [p.signal for p in result] == ["SIGTERM", "SIGTERM"] and not result.timed_out


def test_a_killed_zygote_is_replaced():
    child = caller("""
        import os, signal
        from ipclab.processes import _session, process, run
        _session.warm()
        os.kill(_session._zygote.pid, signal.SIGKILL)
        os.waitid(os.P_PID, _session._zygote.pid, os.WEXITED | os.WNOWAIT)
        print(run(process(int, "4"))["int"].value)
        """)
    assert child.communicate(timeout=30)[0] == "4\n" and child.returncode == 0
