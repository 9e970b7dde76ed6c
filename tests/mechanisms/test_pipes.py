import fcntl
import os
import pickle
import signal
import subprocess
import sys

import pytest
from forked import TIME

from ipclab import errors, gate
from ipclab.mechanisms import _handover as handover
from ipclab.mechanisms.pipes import ATOMIC, Pipe
from ipclab.trace import Object, Trace

PAGE = os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def pipe():
    with Pipe("p") as pipe:
        yield pipe


def full(pipe):
    """Fill it to the last byte."""
    while True:
        try:
            pipe.writer.write_nowait(b"." * 65536)
        except errors.WouldBlock:
            return pipe


# --- a stream of bytes ---

def test_bytes_come_out_in_the_order_in_which_they_went_in_and_without_boundaries(pipe):
    pipe.writer.write(b"one")
    pipe.writer.write(bytearray(b"two"))
    assert pipe.reader.read(4) == b"onet"
    assert pipe.reader.read() == b"wo"


def test_it_is_between_processes(pipe, child):
    writer = child(lambda: pipe.writer.write(b"from the child"))
    assert pipe.reader.read_exactly(14) == b"from the child"
    writer.result()


def test_read_waits_until_somebody_writes(pipe, child):
    reader = child(pipe.reader.read).blocked("read")
    pipe.writer.write(b"x")
    assert reader.result() == b"x"


def test_write_waits_while_the_pipe_is_full_and_puts_all_in(pipe, child):
    data = os.urandom(200_000)
    writer = child(lambda: pipe.writer.write(data)).blocked("write")
    assert pipe.state() == pipe.capacity()
    assert pipe.reader.read_exactly(len(data)) == data
    assert writer.result() is None


def test_a_write_that_a_handler_interrupts_is_finished(pipe, child, on_signal):
    data, ran = os.urandom(200_000), Pipe()
    on_signal(lambda *_: ran.writer.write(b"!"))
    writer = child(lambda: pipe.writer.write(data)).blocked("write")
    writer.kill(signal.SIGUSR1)
    assert ran.reader.read(timeout=TIME) == b"!"
    writer.blocked("write")
    assert pipe.reader.read_exactly(len(data)) == data
    assert writer.result() is None
    ran.close()


@pytest.mark.parametrize("timeout", [None, TIME])
def test_a_read_that_a_handler_interrupts_goes_on(pipe, child, on_signal, timeout):
    with Pipe() as ran:
        on_signal(lambda *_: ran.writer.write(b"!"))
        reader = child(lambda: pipe.reader.read(5, timeout)).blocked("read", "poll")
        reader.kill(signal.SIGUSR1)
        ran.reader.read()
        reader.blocked("read", "poll")
        pipe.writer.write(b"later")
        assert reader.result() == b"later"


def test_what_a_handler_raises_comes_out_as_it_is(pipe, child, on_signal):
    def strikes(*_):
        raise BrokenPipeError(32, "of the handler")
    on_signal(strikes)
    reader = child(pipe.reader.read).blocked("read")
    reader.kill(signal.SIGUSR1)
    with pytest.raises(BrokenPipeError, match="of the handler"):
        reader.result()


# --- the end of the file ---

def test_the_end_comes_when_the_last_writing_end_is_closed(pipe, child):
    def reads():
        pipe.writer.close()
        return pipe.reader.read_all()

    reader = child(reads)
    pipe.writer.write(b"all of it")
    reader.blocked("read")
    pipe.writer.close()
    assert reader.result() == b"all of it"


def test_no_end_while_the_reader_itself_holds_a_writing_end(pipe, child):
    reader = child(pipe.reader.read_all)
    pipe.writer.close()
    reader.blocked("read")                                       # for ever: it is its own last writer
    reader.kill()
    assert reader.wait() == -signal.SIGKILL


def test_the_end_is_seen_again_and_again_also_by_those_who_do_not_wait(pipe):
    pipe.writer.close()
    assert [pipe.reader.read(), pipe.reader.read_nowait(), pipe.reader.read(timeout=TIME)] == [b"", b"", b""]


def test_read_exactly_says_how_far_it_came(pipe):
    pipe.writer.write(b"abc")
    pipe.writer.close()
    with pytest.raises(errors.Closed, match="read_exactly on byte-stream pipe 'p'.*after 3 of 5 bytes"):
        pipe.reader.read_exactly(5)


@pytest.mark.parametrize("write", ["write", "write_nowait", "write_within"])
def test_nobody_can_read_any_more(pipe, write):
    pipe.reader.close()
    with pytest.raises(errors.Closed, match="write.* on byte-stream pipe 'p' .EPIPE.*every reading end is.*SIGPIPE"):
        if write == "write_within":
            pipe.writer.write(b"x", timeout=TIME)
        else:
            getattr(pipe.writer, write)(b"x")


def test_sigpipe_ends_a_program_that_does_not_ignore_it(pipe, child):
    def writes():
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        pipe.writer.write(b"x")

    pipe.reader.close()
    assert child(writes).wait() == -signal.SIGPIPE


def test_a_writer_that_waits_is_told_when_the_last_reader_goes(pipe, child):
    def writes():
        pipe.reader.close()
        pipe.writer.write(b"more")

    writer = child(writes) if full(pipe) else None
    writer.blocked("write")
    pipe.reader.close()
    with pytest.raises(errors.Closed, match="EPIPE"):
        writer.result()


# --- never waiting, and waiting for a while ---

def test_nowait_never_waits(pipe):
    with pytest.raises(errors.WouldBlock, match=r"read_nowait on byte-stream pipe 'p' .EAGAIN.*timeout="):
        pipe.reader.read_nowait()
    assert pipe.writer.write_nowait(b"." * 100_000) == pipe.capacity()
    with pytest.raises(errors.WouldBlock, match="write_nowait"):
        pipe.writer.write_nowait(b"x")
    assert len(pipe.reader.read_nowait(10)) == 10


def test_a_nowait_write_within_the_atomic_bound_goes_in_whole_or_not_at_all(pipe):
    full(pipe)
    pipe.reader.read_exactly(PAGE)
    pipe.writer.write_nowait(b"x")                               # a page is free, and now all but empty
    before = pipe.state()
    with pytest.raises(errors.WouldBlock):
        pipe.writer.write_nowait(b"y" * ATOMIC)
    assert pipe.state() == before


def test_not_waiting_does_not_change_the_open_file_that_others_share(pipe):
    pipe.writer.write_nowait(b"x")
    pipe.reader.read_nowait()
    pipe.reader.may("read")
    for end in (pipe.reader, pipe.writer):
        assert not fcntl.fcntl(end.fileno(), fcntl.F_GETFL) & os.O_NONBLOCK


@pytest.mark.parametrize("seconds", [0, 0.01, -1])
def test_read_gives_up_after_its_time(pipe, seconds):
    with pytest.raises(errors.TimedOut, match=f"read on .*Nothing was written within {max(0, seconds):g} s"):
        pipe.reader.read(timeout=seconds)
    pipe.writer.write(b"x")
    assert pipe.reader.read(timeout=seconds) == b"x"


def test_write_gives_up_and_says_how_much_went_in(pipe):
    with pytest.raises(errors.TimedOut, match="write on .*65536 of 70000 bytes went in within 0.01 s") as caught:
        pipe.writer.write(b"." * 70_000, timeout=0.01)
    assert caught.value.moved == pipe.state() == 65536
    with pytest.raises(errors.TimedOut) as caught:
        pipe.writer.write(b"x" * ATOMIC, timeout=0.01)
    assert caught.value.moved == 0 and pipe.state() == 65536


def test_write_within_its_time(pipe, child):
    data = os.urandom(300_000)
    reader = child(lambda: pipe.reader.read_exactly(len(data)) == data)
    pipe.writer.write(data, timeout=TIME)
    assert reader.result() is True


def test_readers_with_a_time_limit_may_share_a_pipe(pipe, child):
    """Both see that something is there and only one gets it; the other must not wait in a read that no limit ends."""
    readers = [child(lambda: pipe.reader.read(1, timeout=TIME)).blocked("poll") for _ in range(2)]
    pipe.writer.write(b"x")
    quick = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT).si_pid
    first, second = sorted(readers, key=lambda reader: reader.pid != quick)
    assert first.result() == b"x"
    second.blocked("poll")


# --- bounded, and atomic up to a bound ---

def test_capacity_and_what_is_in_it(pipe):
    assert (pipe.state(), pipe.capacity()) == (0, 65536)
    pipe.writer.write(b"12345")
    assert pipe.described() == Object("p", "byte-stream pipe", 5, 65536)
    assert pipe.reader.described() == pipe.writer.described() == pipe.described()


def test_resize_counts_in_pages():
    with Pipe(capacity=5000) as pipe:
        assert pipe.capacity() == 2 * PAGE
        assert pipe.resize(1) == PAGE == pipe.capacity()
        pipe.writer.write_nowait(b"." * PAGE)
        assert pipe.reader.read_nowait(PAGE + 1) == b"." * PAGE


def test_what_resize_refuses(pipe, child):
    full(pipe)
    with pytest.raises(errors.LimitReached, match="F_SETPIPE_SZ on .*EBUSY.*read some first"):
        pipe.resize(PAGE)
    for bad in (0, -1, "x", 2**32 + 1):
        with pytest.raises(errors.Misuse, match="F_SETPIPE_SZ"):
            pipe.resize(bad)
    if os.getuid() == 0:
        def as_nobody():
            os.setuid(65534)
            Pipe().resize(2**24)
        with pytest.raises(errors.NotPermitted, match="pipe-max-size"):
            child(as_nobody).result()
    pipe.close()
    with pytest.raises(errors.Closed):
        pipe.resize(PAGE)


def torn(size, child):
    """Two writers of records of one letter each into a pipe of one page: how many records came out mixed?"""
    with Pipe(capacity=PAGE) as pipe:
        def writes(letter):
            for _ in range(50):
                pipe.writer.write(letter * size)

        writers = [child(writes, letter) for letter in (b"a", b"b")]
        got = pipe.reader.read_exactly(100 * size)
        for writer in writers:
            writer.result()
    runs = [got[i:i + size] for i in range(0, len(got), size)]
    return sum(len(set(run)) > 1 for run in runs)


def test_records_up_to_the_atomic_bound_are_never_torn(child):
    assert ATOMIC == PAGE == 4096
    assert torn(ATOMIC, child) == 0


def test_a_longer_record_is_torn_when_another_writer_comes_in_between(child):
    with Pipe(capacity=PAGE) as pipe:
        first = child(lambda: pipe.writer.write(b"a" * (ATOMIC + 1))).blocked("write")     # one byte is still outside
        second = child(lambda: pipe.writer.write(b"b" * (ATOMIC + 1))).blocked("write")
        got = pipe.reader.read_exactly(2 * (ATOMIC + 1))
        assert first.result() is None and second.result() is None
    assert got.count(b"a") == got.count(b"b") == ATOMIC + 1
    assert got[:ATOMIC] == b"a" * ATOMIC


# --- closing ---

def test_a_closed_end(pipe):
    pipe.reader.close()
    assert pipe.reader.closed and pipe.reader.fileno() == -1 and pipe.reader.state() is None
    for read in (pipe.reader.read, pipe.reader.read_nowait, lambda: pipe.reader.read(timeout=1)):
        with pytest.raises(errors.Closed, match="read.* on byte-stream pipe 'p' .EBADF.*closed in this process"):
            read()
    pipe.reader.close()                                          # twice is no error
    pipe.close()
    assert pipe.state() is None and pipe.capacity() is None


def test_a_forgotten_pipe_is_closed():
    pipe = Pipe()
    pipe.writer.write_nowait(b"x")                               # the fixture finds what is left open


def test_with_closes_one_end_or_both(pipe):
    with pipe.writer:
        pipe.writer.write(b"x")
    assert pipe.writer.closed and not pipe.reader.closed and pipe.reader.read_all() == b"x"


def test_no_descriptor_left(child):
    import resource

    def exhausts():
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        Pipe("late")

    with pytest.raises(errors.LimitReached, match="pipe on byte-stream pipe 'late' .EMFILE"):
        child(exhausts).result()


def test_bad_arguments(pipe):
    with pytest.raises(errors.Misuse, match="write on .*not 'str'"):
        pipe.writer.write("text")
    with pytest.raises(errors.Misuse, match="write_nowait on "):
        pipe.writer.write_nowait(3)
    with pytest.raises(errors.Misuse, match="write on "):
        pipe.writer.write("text", timeout=1)
    for bad in (-1, "x"):
        for read in (pipe.reader.read, pipe.reader.read_nowait, lambda n: pipe.reader.read(n, timeout=1)):
            with pytest.raises(errors.Misuse, match="read"):
                read(bad)


def test_the_numbers_are_for_dup2_and_exec(pipe):
    subprocess.run([sys.executable, "-c", "print('hello')"], stdout=pipe.writer, check=True)
    pipe.writer.close()
    assert pipe.reader.read_all() == b"hello\n"


def test_a_program_inherits_no_end_unless_it_is_told_so(pipe):
    listed = subprocess.run([sys.executable, "-c", "import os; print(os.listdir('/proc/self/fd'))"],
                            capture_output=True, text=True, check=True, close_fds=False).stdout
    assert f"'{pipe.writer.fileno()}'" not in listed and f"'{pipe.reader.fileno()}'" not in listed


# --- may ---

def test_may_read_asks_the_pipe(pipe):
    assert not pipe.reader.may("read") and pipe.reader.may("read_nowait") and pipe.reader.may("close")
    pipe.writer.write(b"x")
    assert pipe.reader.may("read") and pipe.state() == 1
    pipe.reader.read()
    pipe.writer.close()
    assert pipe.reader.may("read")                               # the end of file needs no waiting


@pytest.mark.parametrize("size", [1, 100, 1000, ATOMIC])
@pytest.mark.parametrize("capacity", [PAGE, 4 * PAGE])
def test_may_write_is_never_false_where_a_write_goes_through(capacity, size):
    with Pipe(capacity=capacity) as pipe:
        for _ in range(capacity // size + 2):
            said = pipe.writer.may("write", b"." * size)
            try:
                done = pipe.writer.write_nowait(b"." * size) == size
            except errors.WouldBlock:
                done = False
            assert said or not done
            if ATOMIC % size == 0:                               # no page is left half empty
                assert said == done


def test_may_write_where_nobody_reads(pipe):
    full(pipe)
    assert not pipe.writer.may("write", b"x")
    pipe.reader.close()
    assert pipe.writer.may("write", b"x")                        # it fails at once


# --- what the gate sees ---

def traced(function):
    events = []
    with gate.closed(gate.Recorded("me", events.append)):
        function()
    done = sorted((e for e in events if e.end is not None), key=lambda e: e.end)
    return Trace(("me",), (Object("p", "byte-stream pipe", 0, 65536),), tuple(done))


def test_gives_and_takes_are_paired_by_bytes(pipe):
    def exchange():
        pipe.writer.write(b"abc")
        pipe.writer.write_nowait(b"de")
        pipe.reader.read(3)
        pipe.reader.read_nowait(10)
        pipe.writer.close()
        pipe.reader.read()
    trace = traced(exchange)
    assert [(e.kind, e.size, e.value) for e in trace.of("me")] == [
        ("write", 3, 3), ("write_nowait", 2, 5), ("read", 3, 2), ("read_nowait", 2, 0), ("close", 1, None),
        ("read", 0, 0)]
    assert [(p.give.kind, p.take.result) for p in trace.pairs][:2] == [("write", "abc"), ("write_nowait", "de")]


def test_a_write_beyond_the_atomic_bound_passes_in_pieces(pipe):
    trace = traced(lambda: pipe.writer.write(b"x" * (ATOMIC + 1), timeout=TIME))
    assert [e.size for e in trace.of("me")] == [ATOMIC, 1]
    assert [e.size for e in traced(lambda: pipe.writer.write(b"")).of("me")] == [0]
    with pytest.raises(errors.Misuse):
        traced(lambda: pipe.writer.write("text"))


def test_a_new_label_is_that_of_both_ends():
    with Pipe() as pipe:
        assert pipe.label == pipe.reader.label and not pipe.named
        pipe.label = "numbers"
        assert pipe.reader.label == pipe.writer.label == "numbers" == pipe.described().label


# --- to another process ---

def handed(object):
    with handover.packing() as parcel:
        text = pickle.dumps(object)
    with handover.unpacking([os.dup(fd) for fd in parcel.descriptors]):
        copy = pickle.loads(text)
    handover.delivered([parcel])
    return copy


def test_giving_one_end_away_gives_that_end_alone(pipe):
    pipe.writer.write_nowait(b"x")
    with handed(pipe.writer) as writer:
        assert pipe.writer.closed and not pipe.reader.closed
        writer.write(b"y")
    assert pipe.reader.read_all() == b"xy"                       # so the end of file is seen
    with pytest.raises(errors.Closed, match="handed over to another process"):
        pipe.writer.write(b"z")


def test_giving_a_pipe_away_gives_both_ends(pipe):
    with handed(pipe) as copy:
        assert pipe.reader.closed and pipe.writer.closed
        copy.writer.write(b"x")
        assert copy.reader.read() == b"x" and copy.label == "p"
        copy.label = "q"
        assert copy.reader.label == "q"


def test_a_closed_end_travels_closed(pipe):
    pipe.writer.close()
    with handed(pipe) as copy:
        assert copy.writer.closed and copy.reader.read() == b""


def test_a_pickle_alone_carries_no_descriptor(pipe):
    with pytest.raises(errors.Misuse, match="argument of run"):
        pickle.dumps(pipe)
