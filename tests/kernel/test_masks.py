import json
import os
import signal
import threading
from dataclasses import asdict

from ipclab import kernel


def test_blocked_ignored_caught_and_pending_are_told_apart(start, pipe):
    r, w = pipe()

    def wait():
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_SETMASK, {signal.SIGUSR1, signal.SIGRTMIN + 3})
        os.read(r, 1)

    pid = start(wait)
    kernel.wait_until_blocked(pid, "read")
    for number in (signal.SIGUSR1, signal.SIGUSR1, signal.SIGRTMIN + 3):
        os.kill(pid, number)
    seen = kernel.signals(pid)
    assert seen.blocked == ("SIGUSR1", "SIGRTMIN+3")
    assert "SIGUSR2" in seen.ignored and "SIGHUP" not in seen.ignored
    assert "SIGHUP" in seen.caught and "SIGUSR2" not in seen.caught
    assert seen.shared_pending == ("SIGUSR1", "SIGRTMIN+3") and seen.pending == ()
    assert "pending (process)  SIGUSR1, SIGRTMIN+3" in str(seen)
    assert json.loads(json.dumps(asdict(seen)))["blocked"] == ["SIGUSR1", "SIGRTMIN+3"]


def test_each_thread_has_its_own_mask_and_pending_signals(start, pipe):
    r, w = pipe()

    def two_threads():
        def helper():
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
            signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
            ready.set()
            os.read(r, 1)

        ready = threading.Event()
        threading.Thread(target=helper).start()
        ready.wait()
        os.read(r, 1)

    pid = start(two_threads)
    kernel.wait_until_blocked(pid, "read")
    seen = kernel.signals(pid)
    main, helper = seen.threads
    assert (main.tid, main.blocked, main.pending) == (pid, (), ())
    assert (helper.blocked, helper.pending) == (("SIGUSR1",), ("SIGUSR1",))
    assert seen.blocked == () and str(helper.tid) in str(seen)


def test_names_cover_every_number():
    assert kernel.signal_name(signal.SIGKILL) == "SIGKILL"
    assert kernel.signal_name(signal.SIGRTMIN) == "SIGRTMIN"
    assert kernel.signal_name(signal.SIGRTMAX) == f"SIGRTMIN+{signal.SIGRTMAX - signal.SIGRTMIN}"
    assert kernel.signal_name(32) == "SIG32"


def test_a_mask_of_nearly_all_prints_what_is_missing(start, pipe):
    r, w = pipe()

    def wait():
        signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals() - {signal.SIGUSR1})
        os.read(r, 1)

    pid = start(wait)
    kernel.wait_until_blocked(pid, "read")
    assert "all but SIGKILL, SIGUSR1, SIGSTOP" in str(kernel.signals(pid))
