"""Kernel views of real processes, drawn and in words."""

import mmap
import os
import signal
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from runs import started

from ipclab import kernel
from ipclab.draw import descriptor_table, page_tables, pipe_gauge, signal_masks, wait_graph
from ipclab.mechanisms.semaphores import Semaphore

SEMOP = ("semop", "semtimedop")


@pytest.fixture
def child():
    pids = []

    def start(function):
        pids.append(started(function))
        return pids[-1]

    yield start
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def words(picture):
    root = ElementTree.fromstring(picture.svg)
    assert root.get("role") == "img" and root.get("aria-label") and root.find("{*}desc").text == picture.summary
    return ["".join(text.itertext()) for text in root.findall(".//{*}text")]


def test_a_deadlock_stands_out(child):
    ends = [os.pipe(), os.pipe()]
    with Semaphore(1, label="A") as a, Semaphore(1, label="B") as b:
        def first():
            a.P()
            os.write(ends[0][1], b".")
            os.read(ends[1][0], 1)
            b.P()

        def second():
            b.P()
            os.write(ends[1][1], b".")
            os.read(ends[0][0], 1)
            a.P()

        pids = {child(first): "first", child(second): "second"}
        for pid in pids:
            kernel.wait_until_blocked(pid, SEMOP)
        graph = kernel.why_stuck(pids)
        picture = wait_graph(graph)
    for end in sum(ends, ()):
        os.close(end)
    assert {"first", "second", f"System V semaphore {a.id}", f"System V semaphore {b.id}"} <= set(words(picture))
    assert len(graph.deadlocked) == 2 and picture.svg.count("can never go on") == 2
    assert picture.summary.startswith("Deadlock: ") and picture.lines == tuple(str(graph).splitlines())


def test_no_ring_is_said_too(child, pipe):
    pid = child(lambda: os.read(pipe[0], 1))
    kernel.wait_until_blocked(pid, "read")
    picture = wait_graph(kernel.why_stuck({pid: "reader"}))
    assert "No ring of processes." in picture.text and "reader" in words(picture)
    assert any("held open for writing only by" in word for word in words(picture))


def test_a_forgotten_write_end_can_be_seen(child, pipe):
    reading, writing = pipe
    pid = child(lambda: os.read(reading, 1))
    kernel.wait_until_blocked(pid, "read")
    inode = os.fstat(reading).st_ino
    tables = {name: [d for d in kernel.descriptors(p) if d.inode == inode] for name, p in
              [("parent", os.getpid()), ("child", pid)]}
    picture = descriptor_table(tables)
    assert {f"parent: {reading}", f"child: {writing}", "read end", "write end"} <= set(words(picture))
    assert {"pipe 1", "2 can read, 2 can write"} <= set(words(picture))
    assert f"child: descriptor {writing} writes to pipe 1, closed by exec." in picture.text
    assert descriptor_table(tables).html == picture.html


def test_two_processes_one_frame(child, pipe):
    memory = mmap.mmap(-1, 2 * mmap.PAGESIZE)
    memory[0] = 1
    ready = os.pipe()

    def look():
        memory[0] = 2
        os.write(ready[1], b".")
        os.read(pipe[0], 1)

    pid, address = child(look), kernel.address_of(memory)
    os.read(ready[0], 1)
    for end in ready:
        os.close(end)
    try:
        frames = kernel.shared_frames(os.getpid(), address, pid, address)
    except kernel.states.errors.NotPermitted:
        pytest.skip("only root sees page frames")
    picture = page_tables(frames)
    page, = frames.pages
    assert {f"{address:#x}", f"frame {page.frame_a}", "one frame for both"} <= set(words(picture))
    assert "Every page of both lies in the same frame." in picture.text
    missing = replace(frames, pages=(replace(page, frame_b=None, same=False),), same=False)
    assert "not in memory" in words(page_tables(missing)) and "not the same." in page_tables(missing).text


def test_signal_masks_in_words_and_marks(child, pipe):
    def wait():
        signal.signal(signal.SIGUSR1, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        os.kill(os.getpid(), signal.SIGUSR1)
        os.read(pipe[0], 1)

    pid = child(wait)
    kernel.wait_until_blocked(pid, "read")
    state = kernel.signals(pid)
    picture = signal_masks(replace(state, name="child"))
    assert "child: SIGUSR1 is blocked and caught and pending." in picture.text
    assert {"SIGUSR1", "blocked", "ignored", "caught", "pending"} <= set(words(picture))


@pytest.mark.parametrize("waiting, said", [
    (0, "0 of 65,536 bytes wait; 65,536 bytes more fit."), (65536, "65,536 of 65,536 bytes wait; it is full."),
    (1, "1 of 65,536 bytes wait; 65,535 bytes more fit."), (70000, "70,000 of 65,536 bytes wait; it is full.")])
def test_the_gauge_says_what_it_shows(waiting, said):
    picture = pipe_gauge(waiting, 65536)
    assert said in words(picture) and said in picture.text


def test_the_gauge_of_a_real_pipe(pipe):
    os.write(pipe[1], b"x" * 1000)
    fill = kernel.pipe_fill(os.getpid(), pipe[0])
    assert f"1,000 of {fill.capacity:,} bytes wait" in pipe_gauge(fill.waiting, fill.capacity).text


def test_hostile_names_stay_text(child, pipe):
    state = kernel.signals(os.getpid())
    picture = signal_masks(replace(state, name="<script>\u202e\n"))
    assert "<script" not in picture.html and "\u202e" not in picture.html
    words(picture)
