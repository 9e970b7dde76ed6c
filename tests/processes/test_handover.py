"""Descriptors that go along with an argument, through the public surface and with a minimal object that holds one."""

import os
import pickle
import stat

import pytest

from ipclab import errors
from ipclab.mechanisms import _handover as handover
from ipclab.processes import process, run, start


class End:
    """One end of a pipe, as the mechanisms hold one."""

    def __init__(self, descriptor):
        self.descriptor, self.moved = descriptor, False

    def __getstate__(self):
        return handover.send(self.descriptor, self)

    def __setstate__(self, token):
        self.__init__(handover.receive(token))

    def handed_over(self):
        os.close(self.descriptor)
        self.moved = True


class Shared(End):
    """Both keep it, as with a segment of shared memory."""

    handed_over = None

    def __getstate__(self):
        return handover.send(self.descriptor)


def is_pipe(descriptor):
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def pipe():
    return [End(descriptor) for descriptor in os.pipe()]


def test_an_end_moves_and_end_of_file_arrives():
    def writer(end):
        os.write(end.descriptor, b"hello")

    def reader(end):
        received = b""
        while piece := os.read(end.descriptor, 100):
            received += piece
        return received

    reading, writing = pipe()
    result = run(process(reader, reading), process(writer, writing))
    assert result["reader"].value == b"hello" and not result.timed_out
    assert reading.moved and writing.moved


def test_a_process_holds_the_ends_of_its_own_arguments_only():
    def look(*ends):
        return [end.descriptor for end in ends], [fd for fd in range(1000) if is_pipe(fd)]

    (a, b), (c, d) = pipe(), pipe()
    result = run(process(look, a, d), process(look, b), process(look, c), process(look))
    assert [p.value for p in result] == [([3, 4], [3, 4]), ([3], [3]), ([3], [3]), ([], [])]


def test_who_keeps_both_ends_never_sees_end_of_file():
    def reader(reading, writing):
        os.read(reading.descriptor, 1)

    result = run(process(reader, *pipe()), deadline=0.3)
    assert result.timed_out and result["reader"].blocked_in == "read(3, …)"


def test_an_end_given_to_two_processes_is_open_in_both():
    reading, writing = pipe()

    def writer(end):
        os.write(end.descriptor, b"x")

    def reader(end):
        return len(os.read(end.descriptor, 1) + os.read(end.descriptor, 1) + os.read(end.descriptor, 1))

    result = run(process(writer, writing), process(writer, writing), process(reader, reading))
    assert result["reader"].value == 2


def test_an_object_without_a_moving_end_stays_open_here():
    reading, writing = (Shared(descriptor) for descriptor in os.pipe())
    assert run(process(lambda end: os.write(end.descriptor, b"x"), writing)).ok
    assert os.read(reading.descriptor, 1) == b"x"
    os.close(reading.descriptor)
    os.close(writing.descriptor)


def test_more_descriptors_than_one_message_takes():
    ends = [end for _ in range(150) for end in pipe()]

    def count(ends):
        return len({os.fstat(end.descriptor).st_ino for end in ends})

    assert run(process(count, ends))["count"].value == 150


def test_nothing_moves_when_nothing_starts():
    reading, writing = pipe()
    with pytest.raises(errors.Misuse):
        start(process(print, reading), process(print, iter([])), deadline=-1)
    assert not reading.moved
    for end in (reading, writing):
        end.handed_over()


def test_a_descriptor_cannot_be_pickled_by_itself():
    reading, writing = pipe()
    with pytest.raises(errors.Misuse, match="argument of run"):
        pickle.dumps(reading)
    for end in (reading, writing):
        end.handed_over()


def test_it_does_not_arrive_without_its_parcel_and_only_once():
    reading, writing = pipe()
    with handover.packing() as parcel:
        packed = pickle.dumps((reading, reading))
    assert parcel.descriptors == [reading.descriptor] and parcel.owners == [reading]
    with pytest.raises(errors.Misuse, match="did not travel"):
        pickle.loads(packed)
    with handover.unpacking([os.dup(reading.descriptor)]):
        copy, same = pickle.loads(packed)
        assert copy is same
        with pytest.raises(errors.Misuse):
            pickle.loads(packed)
    copy.handed_over()
    for end in (reading, writing):
        end.handed_over()


def test_what_nobody_unpacks_is_closed():
    reading, writing = pipe()
    copy = os.dup(writing.descriptor)
    with handover.unpacking([copy]):
        pass
    with pytest.raises(OSError):
        os.fstat(copy)
    for end in (reading, writing):
        end.handed_over()
