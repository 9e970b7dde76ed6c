"""A queue's list and a user stack of real processes, drawn and in words."""

import os
import re
import signal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from runs import started

from ipclab import MessageQueue, kernel
from ipclab.draw import StackPart, message_list, user_stack
from ipclab.errors import IPCError


def words(picture):
    root = ElementTree.fromstring(picture.svg)
    assert root.find("{*}desc").text == picture.summary
    return ["".join(text.itertext()) for text in root.findall(".//{*}text")]


@pytest.fixture
def queue():
    with MessageQueue() as queue:
        yield queue


def picture_of(queue):
    try:
        return message_list(next(row for row in kernel.sysv_tables().queues if row.id == queue.id), queue.listed())
    except IPCError:
        pytest.skip("a kernel without MSG_COPY")


def test_the_list_is_in_the_order_of_sending_and_closes_over_what_was_taken(queue):
    for type, message in (3, b"c"), (2, b"bb"), (1, b"aaa"):
        queue.send(message, type=type)
    queue.receive(type=2)
    picture = picture_of(queue)
    assert picture.lines == ("Message 1 of the list: type 3, 1 byte, b'c'.", "Message 2 of the list: type 1, 3 bytes, b'aaa'.")
    assert picture.summary == f"Queue {queue.id}: messages 2, bytes 4; in its list 2."
    assert [word for word in words(picture) if word.startswith(("type", "head", "first", "last"))] == \
        ["head", "first", "last", "type 3", "type 1"]
    assert picture.drawing.count('class="tip"') == 2            # from the head to the first, and on to the last


def test_an_empty_queue_is_its_head_alone(queue):
    picture = picture_of(queue)
    assert picture.lines == () and picture.drawing.count('class="tip"') == 0 and "first" not in words(picture)


def test_of_a_long_list_the_words_have_all(queue):
    for n in range(9):
        queue.send(b"<&>%d" % n)
    picture = picture_of(queue)
    assert "3 more" in words(picture) and len(picture.lines) == 9 and "<&>8" in picture.text


def stack_pointer(pid: int) -> int:
    return int(Path(f"/proc/{pid}/syscall").read_text().split()[-2], 16)


def test_a_real_stack_grows_downward_under_a_handler():
    before, inside = os.pipe(), os.pipe()

    def child():
        signal.signal(signal.SIGUSR1, lambda *_: os.read(inside[0], 1))
        os.read(before[0], 1)

    pid = started(child)
    try:
        pointers = []
        for _ in range(2):
            kernel.wait_until_blocked(pid, "read")
            while (pointer := stack_pointer(pid)) in pointers:
                kernel.wait_until_blocked(pid, "read")
            pointers.append(pointer)
            os.kill(pid, signal.SIGUSR1)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        for end in (*before, *inside):
            os.close(end)
    was, now = pointers
    program = StackPart("the program's frames", was)
    picture = user_stack([program], [program, StackPart("the handler's <frames>", now, was)])
    assert now < was and picture.summary.endswith(f"{was - now:,} bytes further down.")
    assert {f"{was:#x}", f"{now:#x}", f"{was - now:,} bytes", "before", "during"} <= set(words(picture))
    assert words(picture).count("stack pointer") == 2 and picture.lines[-1].endswith(f"from {now:#x} up.")
    tops = [float(y) for y in re.findall(r'<rect x="[\d.]+" y="([\d.]+)"', picture.drawing)]
    assert tops[0] == tops[1] < tops[2]                         # beside each other; what came later lies below
