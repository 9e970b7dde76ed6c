import os
import pickle
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from forked import TIME

from ipclab import errors, gate
from ipclab.mechanisms import ledger, leftovers
from ipclab.mechanisms.fifos import ATOMIC, Fifo
from ipclab.trace import Object


@pytest.fixture
def fifo():
    with Fifo(label="f") as fifo:
        yield fifo


@pytest.fixture
def ends(fifo):
    with fifo.open_reader_nowait() as reader, fifo.open_writer() as writer:
        yield reader, writer


# --- opening is a rendezvous ---

def test_the_opening_reader_waits_for_a_writer(fifo, child):
    def reads():
        with fifo.open_reader() as reader:
            return reader.read_all()

    reader = child(reads).blocked("openat")
    with fifo.open_writer() as writer:
        writer.write(b"through the kernel")
    assert reader.result() == b"through the kernel"


def test_the_opening_writer_waits_for_a_reader(fifo, child):
    def writes():
        with fifo.open_writer() as writer:
            writer.write(b"x")

    writer = child(writes).blocked("openat")
    with fifo.open_reader() as reader:
        assert reader.read_all() == b"x"
    assert writer.result() is None


def test_unrelated_programs_meet_at_the_name(fifo):
    program = subprocess.Popen([sys.executable, "-c", f"open({fifo.path!r}, 'w').write('from afar')"])
    with fifo.open_reader() as reader:
        assert reader.read_all() == b"from afar"
    assert program.wait(TIME) == 0


def test_the_bytes_never_reach_the_disk(ends, fifo):
    reader, writer = ends
    writer.write(b"x" * 1000)
    assert os.stat(fifo.path).st_size == os.stat(fifo.path).st_blocks == 0
    assert reader.state() == 1000


def test_nowait_openings(fifo):
    with pytest.raises(errors.NotFound, match="open_writer_nowait on FIFO .*ENXIO.*open the reader first"):
        fifo.open_writer_nowait()
    with fifo.open_reader_nowait() as reader:
        assert reader.read() == reader.read_nowait() == b""              # no writer is the end of file
        with fifo.open_writer_nowait() as writer:
            with pytest.raises(errors.WouldBlock, match="read_nowait on byte-stream FIFO 'f'"):
                reader.read_nowait()                                     # a writer, and nothing from it yet
            writer.write(b"x")
            assert reader.read() == b"x"


def test_a_reader_opened_at_once_waits_like_any_other(fifo, child):
    with fifo.open_reader_nowait() as reader, fifo.open_writer() as writer:
        one = child(reader.read).blocked("read")
        writer.write(b"x")
        assert one.result() == b"x"


@pytest.mark.parametrize("verb, purpose", [("open_reader", "writing"), ("open_writer", "reading")])
@pytest.mark.parametrize("seconds", [0, 0.01, -1])
def test_opening_gives_up_after_its_time(fifo, verb, purpose, seconds):
    with pytest.raises(errors.TimedOut, match=f"{verb} on FIFO .*"
                                              f"Nobody opened it for {purpose} within {max(0, seconds):g} s"):
        getattr(fifo, verb)(timeout=seconds)


@pytest.mark.parametrize("mine, theirs", [("open_reader", "open_writer"), ("open_writer", "open_reader")])
@pytest.mark.parametrize("limit", [None, TIME])
def test_opening_within_its_time_meets_one_that_waits_already(fifo, child, mine, theirs, limit):
    other = child(lambda: getattr(fifo, theirs)(limit).close()).blocked("openat")
    with getattr(fifo, mine)(timeout=TIME):
        other.result()


def test_who_gave_up_opening_has_opened_nothing(fifo):
    with pytest.raises(errors.TimedOut):
        fifo.open_reader(timeout=0.01)
    with pytest.raises(errors.NotFound, match="open_writer_nowait on FIFO .*ENXIO"):
        fifo.open_writer_nowait()


def test_a_handler_runs_meanwhile_and_opening_goes_on(fifo, child):
    def patient():
        signal.signal(signal.SIGUSR1, lambda *_: None)
        fifo.open_reader(timeout=TIME).close()

    reader = child(patient).blocked("openat")
    reader.kill(signal.SIGUSR1)
    reader.blocked("openat")
    fifo.open_writer().close()
    reader.result()


def test_opening_within_a_time_is_for_the_main_thread(fifo):
    told = []

    def try_to_open():
        with pytest.raises(errors.Misuse) as caught:
            fifo.open_writer(timeout=TIME)
        told.append(str(caught.value))

    thread = threading.Thread(target=try_to_open)
    thread.start()
    thread.join()
    assert "main thread only. Leave timeout= out, or use the _nowait verb." in told[0]


def test_a_writer_that_came_and_went_is_a_meeting_too(fifo, child):
    def visits():
        with fifo.open_writer() as writer:
            writer.write(b"gone")

    visitor = child(visits).blocked("openat")
    with fifo.open_reader(timeout=TIME) as reader:
        assert reader.read_all() == b"gone"
    visitor.result()


def test_the_end_of_file_comes_each_time_the_last_writer_leaves(fifo):
    with fifo.open_reader_nowait() as reader:
        for text in (b"first", b"second"):
            with fifo.open_writer() as writer:
                writer.write(text)
            assert reader.read_all() == text
        assert reader.read() == b""


def test_a_server_that_keeps_a_writing_end_never_sees_the_end(fifo):
    with fifo.open_reader_nowait() as reader, fifo.open_writer():
        with fifo.open_writer() as client:
            client.write(b"request")
        assert reader.read() == b"request"
        with pytest.raises(errors.WouldBlock):
            reader.read_nowait()


@pytest.mark.parametrize("write", ["write", "write_nowait", "write_within"])
def test_nobody_reads_any_more(ends, write):
    reader, writer = ends
    reader.close()
    with pytest.raises(errors.Closed, match="write.* on byte-stream FIFO 'f' .EPIPE"):
        writer.write(b"x", timeout=TIME) if write == "write_within" else getattr(writer, write)(b"x")


def test_many_clients_and_no_torn_request(fifo, child):
    def client(letter):
        with fifo.open_writer() as writer:
            for _ in range(20):
                writer.write(letter * ATOMIC)

    with fifo.open_reader_nowait() as reader, fifo.open_writer() as kept:
        clients = [child(client, letter) for letter in (b"a", b"b", b"c")]
        requests = [reader.read_exactly(ATOMIC) for _ in range(60)]
        kept.close()
        assert all(len(set(request)) == 1 for request in requests)
        for one in clients:
            one.result()


# --- the name ---

def test_a_path_of_ones_own(tmp_path):
    with Fifo(tmp_path / "here") as fifo:
        assert fifo.path == str(tmp_path / "here") and stat.S_ISFIFO(os.stat(fifo.path).st_mode)
        assert ledger.mine()[-1].name == fifo.path
    assert not os.path.exists(tmp_path / "here") and ledger.mine() == []
    fifo.remove()                                                        # twice is no error


def test_the_umask_cuts_the_mode(tmp_path):
    before = os.umask(0o022)
    try:
        with Fifo(tmp_path / "open", mode=0o666) as fifo:
            assert stat.S_IMODE(os.stat(fifo.path).st_mode) == 0o644
    finally:
        os.umask(before)
    with Fifo() as fifo:
        assert stat.S_IMODE(os.stat(fifo.path).st_mode) == 0o600


def test_removing_takes_the_name_and_leaves_those_who_have_it_open(fifo):
    with fifo.open_reader_nowait() as reader, fifo.open_writer() as writer:
        fifo.remove()
        writer.write(b"still")
        assert reader.read_nowait() == b"still"
        writer.write_nowait(b"here")
        assert reader.read(timeout=TIME) == b"here"
    with pytest.raises(errors.NotFound, match="open_reader on FIFO .*ENOENT"):
        fifo.open_reader()


def test_the_name_is_taken(fifo, tmp_path):
    with pytest.raises(errors.AlreadyExists, match=r"mkfifo on FIFO .*EEXIST.*There is a FIFO already. Use Fifo.at"):
        Fifo(fifo.path)
    (tmp_path / "plain").write_text("")
    with pytest.raises(errors.AlreadyExists, match="There is a regular file already"):
        Fifo(tmp_path / "plain")


def test_at_is_the_one_that_is_there(fifo, child):
    again = Fifo.at(fifo.path, label="again")
    reader = child(lambda: fifo.open_reader().read_all()).blocked("openat")
    with again.open_writer() as writer:
        writer.write(b"same")
    assert reader.result() == b"same"
    with pytest.raises(errors.NotFound, match="open on FIFO .*ENOENT"):
        Fifo.at("/nonexistent/fifo")


@pytest.mark.parametrize("kind, make", [
    ("a regular file", lambda path: path.write_text("")), ("a directory", lambda path: path.mkdir()),
    ("a symbolic link", lambda path: path.symlink_to("/dev/null")), ("a device", None)])
def test_what_is_no_fifo_is_never_opened(tmp_path, kind, make):
    path = tmp_path / "it" if make else Path("/dev/null")
    if make:
        make(path)
    with pytest.raises(errors.Misuse, match=f"open on .*no FIFO but {kind}"):
        Fifo.at(path)


def test_a_name_that_somebody_took_over(tmp_path):
    fifo = Fifo(tmp_path / "f")
    os.unlink(fifo.path)
    Path(fifo.path).write_text("a trap")
    for verb in ("open_reader", "open_writer", "open_reader_nowait", "open_writer_nowait"):
        with pytest.raises(errors.Misuse, match=f"{verb} on .*no FIFO but a regular file"):
            getattr(fifo, verb)()
    with pytest.raises(errors.Misuse):
        fifo.open_writer(timeout=TIME)
    fifo.remove()
    assert Path(fifo.path).read_text() == "a trap"                       # not ours, so it stays
    os.unlink(fifo.path)
    fifo.remove()
    assert ledger.mine() == []


def test_bad_paths(tmp_path):
    with pytest.raises(errors.NotFound, match="mkfifo on FIFO .*ENOENT"):
        Fifo("/nonexistent/f")
    with pytest.raises(errors.Misuse, match="mkfifo on FIFO .*No path for a file"):
        Fifo("a\0b")


def test_its_mode_forbids_it(tmp_path, child):
    if os.getuid() != 0:
        pytest.skip("only root can become two users")
    tmp_path.chmod(0o711)
    for folder in tmp_path.parents[:2]:
        folder.chmod(0o711)
    with Fifo(tmp_path / "f", mode=0o600) as fifo:
        def as_nobody():
            os.setuid(65534)
            fifo.open_writer()
        with pytest.raises(errors.NotPermitted, match="open_writer on FIFO .*EACCES"):
            child(as_nobody).result()


def test_a_killed_process_leaves_its_fifo_and_the_ledger_names_it(child, tmp_path):
    def makes():
        Fifo(tmp_path / "orphan")
        signal.pause()

    owner = child(makes).blocked("pause")
    owner.kill()
    owner.wait()
    assert os.path.exists(tmp_path / "orphan")
    claims = [entry for _, entries in ledger.dead_ledgers() for entry in entries]
    assert [(entry.kind, entry.name) for entry in claims] == [("file", str(tmp_path / "orphan"))]
    leftovers.sweep()
    assert not os.path.exists(tmp_path / "orphan")


# --- in another process, and in a trace ---

def test_a_pickled_fifo_is_the_one_at_that_path(fifo, child):
    text = pickle.dumps(fifo)
    reader = child(lambda: pickle.loads(text).open_reader().read_all()).blocked("openat")
    with fifo.open_writer() as writer:
        writer.write(b"x")
    assert reader.result() == b"x"


def test_a_handler_that_raises_ends_the_opening(fifo):
    def strikes(*_):
        raise FileNotFoundError(2, "of the handler")

    before = signal.signal(signal.SIGUSR1, strikes)
    main = threading.get_ident()
    try:
        from ipclab import kernel
        killer = threading.Thread(target=lambda: (kernel.wait_until_blocked(os.getpid(), "openat"),
                                                  signal.pthread_kill(main, signal.SIGUSR1)))
        killer.start()
        with pytest.raises(FileNotFoundError, match="of the handler"):
            fifo.open_reader()
        killer.join(TIME)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_what_the_gate_sees(fifo):
    events = []
    with gate.closed(gate.Recorded("me", events.append)):
        with fifo.open_reader_nowait() as reader, fifo.open_writer(timeout=TIME) as writer:
            writer.write(b"abc")
            reader.read()
    done = sorted((e for e in events if e.end is not None), key=lambda e: e.end)
    assert [(e.kind, e.object, e.role) for e in done] == [
        ("open_reader_nowait", "f", ""), ("open_writer", "f", ""), ("write", "f", "give"), ("read", "f", "take"),
        ("close", "f", ""), ("close", "f", "")]
    assert fifo.described() == Object("f", "byte-stream FIFO", None, None)


def test_may_read_knows_a_fifo_without_writers(fifo):
    with fifo.open_reader_nowait() as reader:
        assert reader.may("read")                                        # it gives the end of file at once
        with fifo.open_writer() as writer:
            assert not reader.may("read")
            writer.write(b"x")
            assert reader.may("read")
    assert fifo.may("open_reader")
