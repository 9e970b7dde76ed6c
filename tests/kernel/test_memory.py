import json
import mmap
import os
import subprocess
import sys
from dataclasses import asdict

import pytest
import sysv_ipc

from ipclab import errors, kernel

PAGE = mmap.PAGESIZE


@pytest.fixture
def segment():
    made = sysv_ipc.SharedMemory(None, sysv_ipc.IPC_CREX, mode=0o600, size=3 * PAGE)
    yield made
    if made.attached:
        made.detach()
    made.remove()


@pytest.fixture
def as_permitted():
    """Frame numbers are for root; anybody else gets the clear refusal asserted instead."""
    if os.geteuid() != 0:
        assert not os.environ.get("CI"), "the CI runs as root, so that this test can"
        memory = mmap.mmap(-1, PAGE)
        memory[0] = 1
        with pytest.raises(errors.NotPermitted, match="CAP_SYS_ADMIN"):
            kernel.page_frames(os.getpid(), kernel.address_of(memory))
        pytest.skip("frame numbers are for root; the refusal was as it should be")


def child_that_writes_when_told(start, pipe, memory):
    """A forked child; `write()` makes it store 2 into the first byte of each page and returns when it has."""
    (go_r, go_w), (done_r, done_w) = pipe(), pipe()

    def child():
        os.read(go_r, 1)
        for page in range(0, len(memory), PAGE):
            memory[page] = 2
        os.write(done_w, b".")
        os.read(go_r, 1)

    def write():
        os.write(go_w, b".")
        os.read(done_r, 1)

    return start(child), write


@pytest.mark.usefixtures("as_permitted")
def test_after_fork_a_shared_mapping_keeps_one_frame_when_written(start, pipe):
    with mmap.mmap(-1, 2 * PAGE, mmap.MAP_SHARED) as memory:
        memory[:] = b"\1" * (2 * PAGE)
        here = kernel.address_of(memory)
        pid, write = child_that_writes_when_told(start, pipe, memory)
        write()
        seen = kernel.shared_frames(os.getpid(), here, pid, here, 2)
        assert seen.same and [pair.same for pair in seen.pages] == [True, True]
        assert memory[0] == 2
        assert "one memory, seen by both" in str(seen) and f"{here:#x}" in str(seen)
        assert json.loads(json.dumps(asdict(seen)))["same"] is True


@pytest.mark.usefixtures("as_permitted")
def test_after_fork_a_private_mapping_has_one_frame_until_somebody_writes(start, pipe):
    with mmap.mmap(-1, PAGE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        memory[0] = 1
        here = kernel.address_of(memory)
        pid, write = child_that_writes_when_told(start, pipe, memory)
        assert kernel.shared_frames(os.getpid(), here, pid, here).same
        write()
        seen = kernel.shared_frames(os.getpid(), here, pid, here)
        assert not seen.same and None not in (seen.pages[0].frame_a, seen.pages[0].frame_b)
        assert memory[0] == 1 and "not the same frames" in str(seen)


ATTACH = """
import sys, sysv_ipc
segment = sysv_ipc.attach(int(sys.argv[1]))
segment.write(b"theirs")
print(flush=True)
sys.stdin.read(1)
"""


@pytest.mark.usefixtures("as_permitted")
def test_a_system_v_segment_is_one_memory_in_two_unrelated_programs(segment):
    segment.write(b"ours")
    program = subprocess.Popen([sys.executable, "-c", ATTACH, str(segment.id)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    with program:
        program.stdout.readline()
        here, there = (kernel.find_mapping(pid, segment=segment.id) for pid in (os.getpid(), program.pid))
        assert kernel.shared_frames(os.getpid(), here.start, program.pid, there.start).same
        assert here.shared and there.shared and here.size == there.size == 3 * PAGE
        assert segment.read(6) == b"theirs"


@pytest.mark.usefixtures("as_permitted")
def test_a_page_that_nobody_touched_has_no_frame(start, pipe):
    with mmap.mmap(-1, 2 * PAGE) as memory:
        memory[0] = 1
        first, second = kernel.page_frames(os.getpid(), kernel.address_of(memory), 2)
        assert first is not None and second is None
        pid, _ = child_that_writes_when_told(start, pipe, memory)
        seen = kernel.shared_frames(os.getpid(), kernel.address_of(memory), pid, kernel.address_of(memory), 2)
        assert not seen.same and seen.pages[1].frame_a is None


def test_frame_numbers_are_refused_to_others_with_advice(as_nobody):
    def look():
        with mmap.mmap(-1, PAGE) as memory:
            memory[0] = 1
            try:
                kernel.page_frames(os.getpid(), kernel.address_of(memory))
            except errors.NotPermitted as error:
                return str(error)

    assert "CAP_SYS_ADMIN" in as_nobody(look)


def test_maps_show_files_memfds_and_permissions(tmp_path):
    (tmp_path / "a file").write_bytes(b"x" * 2 * PAGE)
    fd = os.memfd_create("nameless")
    os.ftruncate(fd, PAGE)
    with open(tmp_path / "a file", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), \
            mmap.mmap(fd, PAGE, mmap.MAP_PRIVATE) as private:
        mapped = kernel.find_mapping(os.getpid(), path=str(tmp_path / "a file"))
        assert (mapped.permissions, mapped.shared, mapped.size) == ("r--s", True, 2 * PAGE)
        assert kernel.find_mapping(os.getpid(), inode=os.fstat(file.fileno()).st_ino) == mapped
        copy = kernel.find_mapping(os.getpid(), path="/memfd:nameless")
        assert (copy.permissions, copy.shared, copy.start) == ("rw-p", False, kernel.address_of(private))
        assert str(kernel.maps(os.getpid())[:1]).count("\n") == 1
        assert "a file" in str(kernel.maps(os.getpid())) and "r--s" in str(mapped)
    os.close(fd)
    with pytest.raises(errors.NotFound, match="/memfd:nameless.*has"):
        kernel.find_mapping(os.getpid(), path="/memfd:nameless")


def test_a_vanished_process_and_bad_arguments(start):
    pid = start(lambda: None)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert kernel.maps(pid) == ()                       # a zombie has no memory left
    os.waitpid(pid, 0)
    for look in (lambda: kernel.maps(pid), lambda: kernel.page_frames(pid, 0)):
        with pytest.raises(errors.NotFound, match="ended and been waited for"):
            look()
    with pytest.raises(errors.Misuse, match="count"):
        kernel.page_frames(os.getpid(), 0, 0)
    with pytest.raises(errors.Misuse, match="writable"):
        kernel.address_of(b"constant")
