import json
import os
import socket
from dataclasses import asdict

import pytest

from ipclab import errors, kernel


def by_fd(pid):
    return {d.fd: d for d in kernel.descriptors(pid)}


def holders(descriptor):
    return {(other.pid, other.fd) for other in descriptor.others}


def blocked_reader(start, r, *to_close):
    def read():
        for fd in to_close:
            os.close(fd)
        os.read(r, 1)

    pid = start(read)
    kernel.wait_until_blocked(pid, "read")
    return pid


def test_a_pipe_shows_who_holds_the_other_end_in_both_directions(start, pipe):
    r, w = pipe()
    pid = blocked_reader(start, r, w)
    os.close(r)
    reader, writer = by_fd(pid)[r], by_fd(os.getpid())[w]
    assert (reader.kind, reader.mode, holders(reader)) == ("pipe", "read", {(os.getpid(), w)})
    assert (writer.kind, writer.mode, holders(writer)) == ("pipe", "write", {(pid, r)})
    assert reader.inode == writer.inode and reader.target == f"pipe:[{reader.inode}]"
    assert f"(pid {pid}, fd {r})" in str(writer)


def test_a_forgotten_write_end_is_the_culprit_that_keeps_end_of_file_away(start, pipe):
    r, w = pipe()
    pid = blocked_reader(start, r)                      # the child never closes its copy of w
    os.close(w)
    assert holders(by_fd(pid)[r]) == {(pid, w)}
    assert kernel.blocked(pid)


def test_a_fifo_shows_its_path_and_the_other_end(start, tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    pid = start(lambda: os.read(os.open(path, os.O_RDONLY), 1))
    w = os.open(path, os.O_WRONLY)
    kernel.wait_until_blocked(pid, "read")
    writer = by_fd(os.getpid())[w]
    os.close(w)
    assert (writer.kind, writer.target, writer.mode) == ("fifo", str(path), "write")
    assert {other.pid for other in writer.others} == {pid}


def test_unix_sockets_know_their_peers(start):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pid = start(lambda: (ours.close(), theirs.recv(1)))
        kernel.wait_until_blocked(pid, "recvfrom")
        there = theirs.fileno()
        theirs.close()
        socket_here, socket_there = by_fd(os.getpid())[ours.fileno()], by_fd(pid)[there]
        assert holders(socket_here) == {(pid, there)} and holders(socket_there) == {(os.getpid(), ours.fileno())}
        assert "UNIX stream" in socket_here.target and "connected" in socket_here.target


def test_a_unix_connection_that_nobody_has_accepted_leads_to_the_listener(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(str(tmp_path / "server"))
        listener.listen()
        client.connect(str(tmp_path / "server"))
        here = by_fd(os.getpid())
        assert holders(here[client.fileno()]) == {(os.getpid(), listener.fileno())}
        assert f"{tmp_path}/server, listening" in here[listener.fileno()].target


@pytest.mark.parametrize("family, address", [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_tcp_ends_on_one_machine_find_each_other(family, address):
    with socket.create_server((address, 0), family=family) as server, \
            socket.create_connection(server.getsockname()[:2]) as client:
        assert holders(by_fd(os.getpid())[client.fileno()]) == {(os.getpid(), server.fileno())}
        accepted, _ = server.accept()
        with accepted:
            here = by_fd(os.getpid())
            assert holders(here[client.fileno()]) == {(os.getpid(), accepted.fileno())}
            assert holders(here[accepted.fileno()]) == {(os.getpid(), client.fileno())}
            assert f"{address.join('[]') if ':' in address else address}:{client.getsockname()[1]}" in \
                here[client.fileno()].target
            assert here[server.fileno()].others == ()


def test_kinds_flags_and_offsets(tmp_path):
    (tmp_path / "file").write_text("hello")
    with open(tmp_path / "file", "r+b", buffering=0) as file:
        file.read(3)
        master, slave = os.openpty()
        made = {"memfd": os.memfd_create("m"), "anon:eventfd": os.eventfd(0), "tty": slave,
                "directory": os.open(tmp_path, os.O_RDONLY), "device": os.open("/dev/null", os.O_WRONLY)}
        path_only = os.open(tmp_path, os.O_PATH)
        os.set_inheritable(made["device"], True)
        here = by_fd(os.getpid())
        for fd in {*made.values(), path_only, master}:
            os.close(fd)
        found = here[file.fileno()]
    assert (found.kind, found.target, found.mode, found.offset) == ("file", str(tmp_path / "file"), "both", 3)
    assert found.cloexec and found.others == ()
    assert {kind: here[fd].kind for kind, fd in made.items()} == {kind: kind for kind in made}
    assert not here[made["device"]].cloexec and here[made["device"]].mode == "write"
    assert here[path_only].mode == "path"
    assert json.loads(json.dumps([asdict(d) for d in here.values()]))


def test_how_full_a_pipe_is_seen_from_both_ends_and_from_another_process(start, pipe):
    r, w = pipe()
    back_r, back_w = pipe()
    os.write(w, b"12345")
    pid = blocked_reader(start, back_r)
    for look in ((pid, r), (pid, w), (os.getpid(), r)):
        assert kernel.pipe_fill(*look) == kernel.Fill(5, 65536)
    assert "5" in str(kernel.pipe_fill(pid, r))
    assert os.read(r, 10) == b"12345"


def test_looking_into_a_pipe_does_not_keep_its_end_open(start, pipe):
    r, w = pipe()
    pid = blocked_reader(start, r, w)
    assert kernel.pipe_fill(os.getpid(), w).waiting == 0
    os.close(w)
    assert os.waitpid(pid, 0) == (pid, 0)               # the reader saw the end of file


def test_pipe_fill_of_what_is_no_pipe_or_not_open_is_refused(start, pipe, tmp_path):
    r, w = pipe()
    pid = blocked_reader(start, r)
    with open(tmp_path / "file", "w") as file, pytest.raises(errors.Misuse, match="no pipe"):
        kernel.pipe_fill(os.getpid(), file.fileno())
    with pytest.raises(errors.NotFound, match="no such descriptor"):
        kernel.pipe_fill(pid, 999)


def test_descriptors_of_another_user_are_refused_with_advice(start, pipe, as_nobody):
    pid = blocked_reader(start, pipe()[0])

    def look():
        return "; ".join(message(view) for view in (lambda: kernel.descriptors(pid), lambda: kernel.pipe_fill(pid, 0)))

    def message(view):
        try:
            view()
        except errors.NotPermitted as error:
            return str(error)

    assert as_nobody(look).count("Only root") == 2
