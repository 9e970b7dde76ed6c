import contextlib
import ctypes
import fcntl
import json
import multiprocessing
import os
import select
import signal
import socket
import struct
import threading
import time
from dataclasses import asdict

import posix_ipc
import pytest
import sysv_ipc

from ipclab import errors, kernel

LIBC = ctypes.CDLL(None, use_errno=True)
SEMOP = ("semop", "semtimedop")


@pytest.fixture
def semaphores():
    """`semaphores(value, value, …)`: System V semaphores that are removed after the test."""
    made = []

    def semaphores(*values):
        made.extend(sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=value) for value in values)
        return made[-len(values):]

    yield semaphores
    for semaphore in made:
        semaphore.remove()


@pytest.fixture
def rendezvous(pipe):
    """`rendezvous(n)`: a function with which n children wait until each of them has called it."""
    def rendezvous(n):
        pairs = [pipe() for _ in range(n)]

        def arrive(me):
            for _, w in pairs:
                os.write(w, b".")
            for _ in range(n):
                os.read(pairs[me][0], 1)

        return arrive

    return rendezvous


def close_all(*fds):
    for fd in fds:
        os.close(fd)


def stuck(call, *pids, **options):
    for pid in pids:
        kernel.wait_until_blocked(pid, call)
    return kernel.why_stuck(dict(zip(pids, "ABCDE", strict=False)), **options)


def hope(graph, pid):
    return graph.process(pid).hope


# Pipes

def test_two_pipes_that_both_read_first_are_a_deadlock(start, pipe):
    (r1, w1), (r2, w2) = pipe(), pipe()
    a = start(lambda: (close_all(w1, r2), os.read(r1, 1)))
    b = start(lambda: (close_all(w2, r1), os.read(r2, 1)))
    close_all(r1, w1, r2, w2)
    graph = stuck("read", a, b)
    assert graph.deadlocked == (a, b) and graph.cycles == ((a, b),)
    other_way = kernel.why_stuck([b, a])                            # which pid is smaller is chance: they wrap around
    assert other_way.deadlocked == (b, a) and other_way.cycles == ((b, a),)
    assert [(w.pid, w.call, w.holders, w.condition) for w in graph.waits] == [(a, "read", (b,), "empty"),
                                                                              (b, "read", (a,), "empty")]
    assert f"A (pid {a}) waits in read(2) for data in {graph.waits[0].object} (empty), held open for writing only by " \
           f"B (pid {b})." in str(graph)
    assert f"Deadlock: A (pid {a}) → B (pid {b}) → A (pid {a})." in str(graph)
    assert json.loads(json.dumps(asdict(graph)))["deadlocked"] == [a, b]


def test_a_forgotten_write_end_is_found_in_the_readers_own_hands(start, pipe):
    r, w = pipe()
    a = start(os.read, r, 1)
    os.close(w)
    graph = stuck("read", a)
    assert graph.deadlocked == (a,) and graph.cycles == ((a,),)
    assert "held open for writing only by itself" in str(graph)


def test_a_write_end_in_a_process_that_was_not_asked_about_is_no_deadlock_but_is_named(start, pipe):
    r, w = pipe()
    a = start(lambda: (os.close(w), os.read(r, 1)))
    graph = stuck("read", a)
    assert graph.deadlocked == () and graph.waits[0].holders == (os.getpid(),)
    assert f"(pid {os.getpid()}), which was not asked about, may end its wait" in hope(graph, a)
    assert not graph.process(os.getpid()).inside


def test_a_full_pipe_and_a_parent_that_waits_for_the_writer(start, pipe):
    (r, w), (tell_r, tell_w) = pipe(), pipe()

    def parent():
        child = os.fork()
        if child == 0:
            os.close(r)
            os.write(w, b"x" * 70_001)
            os._exit(0)
        os.write(tell_w, str(child).encode())
        os.waitpid(child, 0)

    a = start(parent)
    b = int(os.read(tell_r, 20))
    try:
        close_all(r, w)
        kernel.wait_until_blocked(b, "write")
        graph = stuck(("wait4", "write"), a, b)
        assert graph.deadlocked == graph.cycles[0] == (a, b)
        assert "for room in pipe" in str(graph) and "full: 65536 of 65536 bytes" in str(graph)
        assert f"waits in wait4(2) for the end of process {b}, that is B (pid {b})." in str(graph)
    finally:
        os.kill(b, signal.SIGKILL)


@pytest.mark.parametrize("wait", [
    lambda r: select.select([r], [], []),
    lambda r: registered(select.poll(), r).poll(),
    lambda r: registered(select.epoll(), r).poll(),
])
def test_waiting_with_select_poll_or_epoll_leads_to_the_same_writer(start, pipe, wait):
    (r1, w1), (r2, w2) = pipe(), pipe()
    a = start(lambda: (close_all(w1, r2), wait(r1)))
    b = start(lambda: (close_all(w2, r1), wait(r2)))
    close_all(r1, w1, r2, w2)
    graph = stuck(("select", "pselect6", "poll", "ppoll", "epoll_wait", "epoll_pwait"), a, b)
    assert graph.deadlocked == (a, b) and graph.cycles == ((a, b),)


def registered(poll, fd, events=select.POLLIN):
    poll.register(fd, events)
    return poll


def test_poll_with_a_time_out_is_no_deadlock(start, pipe):
    r, w = pipe()
    a = start(lambda: registered(select.poll(), r).poll(1_000_000))
    os.close(w)
    graph = stuck(("poll", "ppoll"), a)
    assert graph.deadlocked == () and "its time-out" in hope(graph, a)


def test_a_write_end_that_is_polled_waits_for_its_readers_whatever_the_events(start, pipe):
    r, w = pipe()
    a = start(lambda: (os.close(r), registered(select.poll(), w, 0).poll()))    # it asks for errors alone
    os.close(w)
    graph = stuck(("poll", "ppoll"), a)
    assert graph.waits[0].holders == (os.getpid(),) and "for reading only by" in str(graph)
    os.close(r)
    os.waitpid(a, 0)                                    # and was right: closing the last read end ends it


def test_opening_fifos_in_opposite_order_is_a_deadlock(start, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    os.mkfifo(one)
    os.mkfifo(two)
    a = start(lambda: (open(one, "rb"), open(two, "wb")))
    b = start(lambda: (os.chdir(tmp_path), open("two", "rb"), open("one", "wb")))
    graph = stuck(("open", "openat"), a, b)
    assert graph.deadlocked == (a, b) and graph.cycles == ((a, b),)
    assert [w.object for w in graph.waits] == [f"FIFO {one}", f"FIFO {two}"]
    assert "for somebody to open for writing" in str(graph)


# Semaphores and queues

def test_two_semaphores_taken_in_opposite_order_are_a_deadlock(start, semaphores, rendezvous):
    one, two = semaphores(1, 1)
    arrive = rendezvous(2)
    a = start(lambda: (one.P(), arrive(0), two.P()))
    b = start(lambda: (two.P(), arrive(1), one.P()))
    graph = stuck(SEMOP, a, b)
    assert graph.deadlocked == (a, b) and graph.cycles == ((a, b),)
    assert f"to do P on System V semaphore {two.id} (value 0), last changed by B (pid {b})." in str(graph)


def test_philosophers_who_all_take_the_left_fork_are_a_ring_of_five(start, semaphores, rendezvous):
    forks, arrive = semaphores(1, 1, 1, 1, 1), rendezvous(5)
    pids = [start(lambda i=i: (forks[i].P(), arrive(i), forks[(i + 1) % 5].P())) for i in range(5)]
    graph = stuck(SEMOP, *pids)
    assert sorted(graph.deadlocked) == sorted(pids) and len(graph.cycles) == 1 and len(graph.cycles[0]) == 5


def test_a_holder_that_died_is_named_and_nobody_can_help(start, semaphores):
    [mutex] = semaphores(1)
    dead = start(mutex.P)
    os.waitpid(dead, 0)
    a = start(mutex.P)
    graph = stuck(SEMOP, a)
    assert graph.deadlocked == (a,) and graph.cycles == ()
    assert f"last changed by process {dead}, which has ended" in str(graph)


def test_who_changed_it_last_but_was_not_asked_about_keeps_the_hope_up_unless_a_hint_says_otherwise(start, semaphores):
    [empty] = semaphores(0)                             # this process changed it last: it set the value
    a = start(empty.P)
    graph = stuck(SEMOP, a)
    assert graph.deadlocked == () and "not asked about" in hope(graph, a)
    graph = stuck(SEMOP, a, holders={f"System V semaphore {empty.id}": [a]})
    assert graph.deadlocked == (a,) and "held by itself" in str(graph)


def test_one_that_still_runs_might_do_v(start, semaphores, rendezvous):
    one, two = semaphores(1, 1)
    arrive = rendezvous(2)
    a = start(lambda: (one.P(), arrive(0), two.P()))
    b = start(lambda: (two.P(), arrive(1), one.P()))
    kernel.wait_until_blocked(a, SEMOP)
    kernel.wait_until_blocked(b, SEMOP)
    busy = start(spin)
    graph = kernel.why_stuck({"A": a, "B": b, "C": busy})           # as `running.pids` has them
    assert graph.deadlocked == () and graph.cycles == ((a, b),)
    assert "A ring, but no deadlock" in str(graph) and f"C (pid {busy}) may end its wait" in str(graph)


def spin():
    while True:
        pass


def test_several_operations_at_once_name_the_semaphore_that_waits(start):
    id = LIBC.semget(0, 3, 0o600)
    try:
        a = start(semop, id, (0, 1, 0), (2, -1, 0))
        b = start(semop, id, (1, 1, 0), (1, 0, 0))
        graph = stuck(SEMOP, a, b)
        assert [w.object for w in graph.waits] == [f"System V semaphore {id}[2]", f"System V semaphore {id}[1]"]
        assert "to do P on" in str(graph) and "until zero is the value of" in str(graph)
    finally:
        LIBC.semctl(id, 0, 0, 0)                        # IPC_RMID


def semop(id, *operations, timeout=None):
    packed = b"".join(struct.pack("=Hhh", *operation) for operation in operations)
    LIBC.semtimedop(id, packed, len(operations), timeout)


def test_p_with_a_time_out_is_no_deadlock(start, semaphores):
    [mutex] = semaphores(1)
    os.waitpid(start(mutex.P), 0)

    a = start(semop, mutex.id, (0, -1, 0), timeout=struct.pack("qq", 1000, 0))
    graph = stuck("semtimedop", a)
    assert graph.deadlocked == () and "its time-out" in hope(graph, a)


def test_client_and_server_that_both_receive_first(start):
    queues = [sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX) for _ in range(2)]
    try:
        a, b = (start(lambda q=queue: q.receive()) for queue in queues)
        graph = stuck("msgrcv", a, b)
        assert graph.deadlocked == (a, b) and graph.cycles == ((a, b),)
        assert f"for a message in System V queue {queues[0].id} (0 messages, 0 bytes)" in str(graph)
    finally:
        for queue in queues:
            queue.remove()


def test_two_senders_into_full_queues_name_who_received_last(start):
    queues = [sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX) for _ in range(2)]

    def fill(mine):
        mine.receive()
        while True:
            mine.send(b"x" * 2048)

    try:
        for queue in queues:
            queue.send(b"first")
        a, b = (start(fill, queue) for queue in queues)
        graph = stuck("msgsnd", a, b)
        assert graph.deadlocked == (a, b) and "for room in System V queue" in str(graph)
        assert f"last received from by A (pid {a})" not in str(graph)   # itself is nobody who could help
    finally:
        for queue in queues:
            queue.remove()


def test_posix_queues_and_who_has_them_open_for_sending(start):
    queues = [posix_ipc.MessageQueue(None, posix_ipc.O_CREX) for _ in range(2)]
    try:
        a, b = (start(queue.receive) for queue in queues)
        for queue in queues:
            queue.close()
            queue.unlink()
        graph = stuck("mq_timedreceive", a, b)
        assert graph.deadlocked == (a, b) and graph.cycles == ((a, b),)
        assert f"POSIX queue {queues[0].name}" in str(graph)
    finally:
        for queue in queues:
            with contextlib.suppress(posix_ipc.ExistentialError):
                queue.unlink()


# Futexes

@pytest.mark.parametrize("make", [multiprocessing.get_context("fork").Lock,
                                  lambda: posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=1)])
def test_futexes_do_not_record_a_holder_but_whoever_maps_them_is_known(start, rendezvous, make):
    one, two = make(), make()
    arrive = rendezvous(2)
    a = start(lambda: (one.acquire(), arrive(0), two.acquire()))
    b = start(lambda: (two.acquire(), arrive(1), one.acquire()))
    try:
        graph = stuck("futex", a, b)
        assert all({os.getpid(), a, b} - {wait.pid} == set(wait.holders) for wait in graph.waits)
        assert graph.deadlocked == () and "not asked about" in hope(graph, a)
        assert "which does not record its holder" in str(graph) and "POSIX semaphore" in str(graph)
        first, second = (wait.object for wait in graph.waits)
        graph = stuck("futex", a, b, holders={first: [b], second: [a]})
        assert graph.deadlocked == (a, b) and graph.cycles == ((a, b),)
    finally:
        for lock in (one, two):
            if isinstance(lock, posix_ipc.Semaphore):
                lock.unlink()
                lock.close()


def test_a_lock_that_a_process_takes_twice(start):
    lock = threading.Lock()
    a = start(lambda: (lock.acquire(), lock.acquire()))
    graph = stuck("futex", a)
    assert graph.deadlocked == (a,) and graph.cycles == ((a,),)
    assert "which only its own threads can release" in str(graph)


def test_one_thread_that_runs_keeps_its_process_alive(start, pipe):
    r, w = pipe()

    def two_threads():
        threading.Thread(target=spin, daemon=True).start()
        os.read(r, 1)

    a = start(two_threads)
    os.close(w)
    graph = kernel.why_stuck({a: "A"})
    assert graph.deadlocked == () and hope(graph, a)


# Sockets

def test_unix_sockets_that_both_receive_first(start):
    ours, theirs = socket.socketpair()
    a = start(lambda: (theirs.close(), ours.recv(1)))
    b = start(lambda: (ours.close(), theirs.recv(1)))
    ours.close()
    theirs.close()
    graph = stuck("recvfrom", a, b)
    assert graph.deadlocked == (a, b) and graph.cycles == ((a, b),)
    assert f"whose other end is held only by B (pid {b})" in str(graph)


def test_tcp_ends_that_both_receive_first(start):
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
    a = start(lambda: (accepted.close(), client.recv(1)))
    b = start(lambda: (client.close(), accepted.recv(1)))
    client.close()
    accepted.close()
    graph = stuck("recvfrom", a, b)
    assert graph.deadlocked == (a, b) and graph.cycles == ((a, b),) and "TCP 127.0.0.1:" in str(graph)


def test_a_socket_with_a_time_out_of_the_kernels_is_no_deadlock(start):
    ours, theirs = socket.socketpair()

    def patient():
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, (1000).to_bytes(8, "little") + bytes(8))
        ours.close()
        theirs.recv(1)

    a = start(patient)
    theirs.close()
    graph = stuck("recvfrom", a)
    ours.close()
    assert graph.deadlocked == () and "its time-out" in hope(graph, a)


def test_accept_waits_for_anybody_who_knows_the_address(start, tmp_path):
    def serve():
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(tmp_path / "server"))
            server.listen()
            server.accept()

    graph = stuck(("accept", "accept4"), a := start(serve))
    assert "for a connection to socket" in str(graph) and f"{tmp_path}/server, listening" in str(graph)
    assert graph.waits[0].anyone and graph.deadlocked == (a,)        # in the closed world nobody is left to connect


def test_connect_to_a_full_listener_waits_until_somebody_accepts(start, tmp_path, pipe):
    r, w = pipe()

    def serve():
        server.listen(0)
        os.close(w)
        os.read(r, 1)

    def connect():
        while True:
            client = socket.socket(socket.AF_UNIX)
            client.connect(str(tmp_path / "server"))
            clients.append(client)

    clients = []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "server"))
        a = start(serve)
        kernel.wait_until_blocked(a, "read")
        b = start(lambda: (server.close(), connect()))
    graph = stuck(("read", "connect"), a, b)
    assert "to be let in through socket" in str(graph)
    assert graph.deadlocked == () and f"(pid {os.getpid()}), which was not asked about" in hope(graph, a)
    close_all(r, w)
    assert stuck(("read", "connect"), a, b).deadlocked == (a, b)       # the client itself holds the pipe's write end


# Locks, time, signals, and the end

def test_flocks_taken_in_opposite_order_name_the_holders(start, tmp_path, rendezvous):
    arrive = rendezvous(2)

    def take(me, first, second):
        one, two = open(tmp_path / first, "w"), open(tmp_path / second, "w")
        fcntl.flock(one, fcntl.LOCK_EX)
        arrive(me)
        fcntl.flock(two, fcntl.LOCK_EX)

    a, b = start(take, 0, "x", "y"), start(take, 1, "y", "x")
    graph = stuck("flock", a, b)
    assert graph.deadlocked == (a, b) and graph.cycles == ((a, b),)
    assert f"for the lock on file {tmp_path}/y (FLOCK, inode {(tmp_path / 'y').stat().st_ino}), held by B" in str(graph)


def test_a_flock_is_held_by_every_process_that_shares_its_open_file(start, tmp_path, pipe):
    r, w = pipe()
    with open(tmp_path / "x", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        heir = start(os.read, r, 1)
        a = start(lambda: fcntl.flock(open(tmp_path / "x", "w"), fcntl.LOCK_EX))
        graph = stuck("flock", a)
        assert {os.getpid(), heir} <= set(graph.waits[0].holders) and graph.deadlocked == ()


def test_a_record_lock_and_a_pipe(start, tmp_path, pipe):
    (r, w), (ready_r, ready_w) = pipe(), pipe()

    def first():
        file = open(tmp_path / "x", "w")
        fcntl.lockf(file, fcntl.LOCK_EX)
        os.close(w)
        os.write(ready_w, b".")
        os.read(r, 1)

    a = start(first)
    os.read(ready_r, 1)
    b = start(lambda: fcntl.lockf(open(tmp_path / "x", "w"), fcntl.LOCK_EX))
    close_all(r, w)
    graph = stuck(("read", "fcntl"), a, b)
    assert graph.deadlocked == graph.cycles[0] == (a, b) and "(POSIX, inode" in str(graph)


@pytest.mark.parametrize("wait, because", [
    (lambda: time.sleep(1000), "the clock"),
    (signal.pause, "a signal"),
    (lambda: os.kill(os.getpid(), signal.SIGSTOP), "stopped by a signal"),
])
def test_what_the_clock_or_a_signal_may_end_is_no_deadlock(start, pipe, wait, because):
    r, w = pipe()
    a = start(lambda: (os.close(r), wait()))
    b = start(lambda: (os.close(w), os.read(r, 1)))
    close_all(r, w)
    kernel.wait_until_blocked(b, "read")
    if "stopped" in because:
        os.waitid(os.P_PID, a, os.WSTOPPED | os.WNOWAIT)
    else:
        kernel.wait_until_blocked(a, ("clock_nanosleep", "pause", "rt_sigsuspend", "ppoll"))
    graph = kernel.why_stuck({a: "A", b: "B"})
    assert graph.deadlocked == () and because in hope(graph, a)
    assert f"A (pid {a}) may end its wait" in hope(graph, b)


def test_a_handler_for_an_alarm_may_end_any_wait(start, pipe):
    r, w = pipe()
    a = start(lambda: (signal.signal(signal.SIGALRM, lambda *_: None), os.read(r, 1)))
    os.close(w)
    graph = stuck("read", a)
    assert graph.deadlocked == () and "SIGALRM" in hope(graph, a) and graph.cycles == ((a,),)


def test_zombies_and_vanished_processes_are_ended_and_wake_nobody(start, semaphores):
    [mutex] = semaphores(1)
    vanished, zombie = start(mutex.P), start(lambda: None)
    os.waitpid(vanished, 0)
    os.waitid(os.P_PID, zombie, os.WEXITED | os.WNOWAIT)
    a = start(mutex.P)
    kernel.wait_until_blocked(a, SEMOP)
    graph = kernel.why_stuck([a, vanished, zombie])
    assert graph.deadlocked == (a,)
    assert graph.process(vanished).ended and graph.process(zombie).ended
    assert f"(pid {zombie}) has ended" in str(graph)


@pytest.mark.alone
def test_a_process_that_runs_is_simply_running():
    graph = kernel.why_stuck([os.getpid()])
    assert graph.deadlocked == () and graph.waits == () and "is running" in str(graph)


def test_waiting_for_any_child_needs_all_of_them(start, pipe):
    r, w = pipe()

    def parent():
        for _ in range(2):
            if os.fork() == 0:
                os.close(w)
                os.read(r, 1)
                os._exit(0)
        os.close(w)
        os.wait()

    a = start(parent)
    kernel.wait_until_blocked(a, "wait4")
    graph = kernel.why_stuck([a])
    assert len(graph.waits[0].holders) == 2 and graph.deadlocked == ()
    os.close(w)                                         # end of file for the children, and so for the parent
    os.waitpid(a, 0)


def test_without_the_right_to_look_it_says_so(start, pipe, as_nobody):
    r, w = pipe()
    a = start(os.read, r, 1)
    kernel.wait_until_blocked(a, "read")

    def look():
        try:
            kernel.why_stuck([a])
        except errors.NotPermitted as error:
            return str(error)

    assert "Only root" in as_nobody(look)
