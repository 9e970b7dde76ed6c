import os
import pickle
import select
import signal
import socket

import pytest
from forked import TIME

from ipclab import errors, gate
from ipclab.mechanisms import _handover as handover
from ipclab.mechanisms import ledger, leftovers
from ipclab.mechanisms.sockets import DatagramSocket, connect, listen, socket_pair
from ipclab.trace import Object, Trace

WHERE = {"path": (None, "stream"), "abstract": ("@ipclab-test-{}", "stream"), "TCP": (0, "stream"),
         "seqpacket": (None, "seqpacket")}


def listening(where):
    address, kind = WHERE[where]
    return listen(address.format(os.getpid()) if isinstance(address, str) else address, kind=kind)


@pytest.fixture(params=WHERE)
def linked(request):
    """The two sides of a connection: client, server's."""
    kind = WHERE[request.param][1]
    with listening(request.param) as server, connect(server.address, kind=kind) as client, server.accept() as served:
        yield client, served


@pytest.fixture(params=["stream", "seqpacket", "datagram"])
def pair(request):
    a, b = socket_pair(request.param)
    with a, b:
        yield a, b


@pytest.fixture
def stream():
    a, b = socket_pair(label="s")
    with a, b:
        yield a, b


def readable(socket):
    """Wait until poll(2) would say so: TCP's last step may come a moment later."""
    assert select.select([socket], [], [], TIME)[0] == [socket]
    return socket


def fill(side):
    done = 0
    while True:
        try:
            done += side.send_nowait(b"." * 4096)
        except errors.WouldBlock:
            return done


# --- the four verbs ---

def test_both_sides_send_and_receive(linked):
    client, served = linked
    client.send(b"request")
    assert served.receive() == b"request"
    served.send(b"reply")
    assert client.receive() == b"reply"


@pytest.mark.parametrize("where", WHERE)
def test_client_and_server_are_processes(where, child):
    with listening(where) as server:
        def client():
            with connect(server.address, kind=WHERE[where][1]) as one:
                one.send(b"hello")
                return one.receive()

        other = child(client)
        with server.accept() as served:
            served.send(served.receive().upper())
        assert other.result() == b"HELLO"


def test_a_stream_has_no_boundaries_and_the_other_kinds_keep_them(pair):
    a, b = pair
    a.send(b"one")
    a.send(b"two")
    assert b.receive() == (b"onetwo" if "stream" in a.family else b"one")


@pytest.mark.parametrize("kind", ["seqpacket", "datagram"])
def test_what_of_a_message_does_not_fit_is_lost(kind):
    a, b = socket_pair(kind)
    with a, b:
        a.send(b"long message")
        a.send(b"next")
        assert b.receive(4) == b"long" and b.receive() == b"next"


def test_receive_waits_until_somebody_sends(pair, child):
    a, b = pair
    receiver = child(b.receive).blocked("recvfrom")
    a.send(b"x")
    assert receiver.result() == b"x"


def test_send_waits_while_the_buffer_is_full_and_sends_all(stream, child):
    a, b = stream
    data = os.urandom(500_000)
    sender = child(lambda: a.send(data)).blocked("sendto")
    assert b.receive_exactly(len(data)) == data
    assert sender.result() is None


def test_the_end_comes_when_the_other_side_is_closed(linked):
    client, served = linked
    client.send(b"last")
    client.close()
    assert [served.receive(), served.receive(), served.receive_nowait(), served.receive(timeout=TIME)] == [
        b"last", b"", b"", b""]


def test_shutdown_writing_ends_one_direction(linked):
    client, served = linked
    client.send(b"question")
    client.shutdown_writing()
    assert served.receive() == b"question" and served.receive() == b""
    served.send(b"answer")
    assert client.receive() == b"answer"
    with pytest.raises(errors.Closed, match="send on .*EPIPE"):
        client.send(b"more")


@pytest.mark.parametrize("send", ["send", "send_nowait", "send_within"])
def test_the_other_side_has_closed(stream, send):
    a, b = stream
    b.close()
    with pytest.raises(errors.Closed, match="send.* on UNIX stream socket 's: a → b' .EPIPE.*nobody can.*SIGPIPE"):
        a.send(b"x", timeout=TIME) if send == "send_within" else getattr(a, send)(b"x")


def test_the_other_side_ended_without_receiving_all(stream):
    a, b = stream
    a.send(b"unread")
    b.close()
    with pytest.raises(errors.Closed, match="receive on .*ECONNRESET"):
        a.receive()


def test_a_handler_runs_and_the_receive_goes_on(stream, child):
    a, b = stream
    before = signal.signal(signal.SIGUSR1, lambda *_: b.send(b"!"))
    try:
        for limit in (None, TIME):
            receiver = child(lambda: b.receive(5, limit)).blocked("recvfrom", "poll")   # noqa: B023
            receiver.kill(signal.SIGUSR1)
            assert a.receive() == b"!"
            receiver.blocked("recvfrom", "poll")
            a.send(b"later")
            assert receiver.result() == b"later"
    finally:
        signal.signal(signal.SIGUSR1, before)


# --- never waiting, and waiting for a while ---

def test_nowait_never_waits(pair):
    a, b = pair
    with pytest.raises(errors.WouldBlock, match=r"receive_nowait on UNIX .*EAGAIN.*timeout="):
        b.receive_nowait()
    assert fill(a) > 0
    with pytest.raises(errors.WouldBlock, match="send_nowait on UNIX"):
        a.send_nowait(b"x" * 4096)
    assert b.receive_nowait(10) == b"." * 10
    for side in pair:
        assert os.get_blocking(side.fileno())                            # nothing was changed for those who share it


@pytest.mark.parametrize("seconds", [0, 0.01, -1])
def test_giving_up_after_a_time(pair, seconds):
    a, b = pair
    with pytest.raises(errors.TimedOut, match=f"receive on UNIX .*Nothing was sent within {max(0, seconds):g} s"):
        b.receive(timeout=seconds)
    fill(a)
    said = f"send on UNIX .*0 of 4096 bytes went within {max(0, seconds):g} s"
    with pytest.raises(errors.TimedOut, match=said) as caught:
        a.send(b"x" * 4096, timeout=seconds)
    assert caught.value.moved == 0


def test_within_its_time(pair):
    a, b = pair
    a.send(b"x", timeout=TIME)
    assert b.receive(timeout=TIME) == b"x"


def test_send_says_how_much_went(stream):
    a, b = stream
    data = os.urandom(1_000_000)
    with pytest.raises(errors.TimedOut) as caught:
        a.send(data, timeout=0.01)
    assert 0 < caught.value.moved < len(data)
    assert b.receive_exactly(caught.value.moved) == data[:caught.value.moved]
    assert b.waiting == 0


def test_a_message_that_is_too_big():
    a, b = socket_pair("datagram")
    with a, b:
        for send in (a.send, a.send_nowait, lambda data: a.send(data, timeout=TIME)):
            with pytest.raises(errors.TooBig, match="send.* on UNIX datagram socket .*EMSGSIZE"):
                send(bytes(10_000_000))


# --- servers ---

@pytest.mark.parametrize("where", WHERE)
def test_accept_nowait_and_with_a_time_limit(where):
    with listening(where) as server:
        with pytest.raises(errors.WouldBlock, match="accept_nowait on .*EAGAIN"):
            server.accept_nowait()
        with pytest.raises(errors.TimedOut, match="accept on .*Nobody connected within 0.01 s"):
            server.accept(timeout=0.01)
        assert not server.may("accept")
        with connect(server.address, kind=WHERE[where][1]) as client:
            assert readable(server).may("accept")
            with server.accept_nowait() as served:
                client.send(b"x")
                assert served.receive() == b"x"
        with connect(server.address, kind=WHERE[where][1], timeout=TIME), server.accept(timeout=TIME):
            pass


def test_accept_waits(child):
    with listen() as server:
        waiter = child(lambda: server.accept().receive()).blocked("accept4")
        with connect(server.address) as client:
            client.send(b"x")
        assert waiter.result() == b"x"


def test_servers_may_share_a_listener(child):
    def serves(limit):
        with server.accept(limit) as served:
            served.send(b"served")

    with listen() as server:
        servers = [child(serves, limit).blocked("accept4", "poll") for limit in (None, TIME, None)]
        for _ in servers:
            with connect(server.address) as client:
                assert client.receive() == b"served"
        for one in servers:
            one.result()


@pytest.mark.parametrize("where", ["path", "TCP"])
def test_a_full_backlog(where):
    address, kind = WHERE[where]
    with listen(address, backlog=0) as server:
        clients = []
        try:
            with pytest.raises(errors.TimedOut, match="connect on .*backlog stayed full, within 0.5 s"):
                for _ in range(5):
                    clients.append(connect(server.address, timeout=0.5))
        finally:
            for client in clients:
                client.close()
        assert clients                                                   # one had found room


def test_connect_waits_while_the_backlog_is_full(child):
    with listen(backlog=0) as server, connect(server.address):
        waiter = child(lambda: connect(server.address).receive()).blocked("connect")
        with server.accept(), server.accept(timeout=TIME) as second:
            second.send(b"at last")
            assert waiter.result() == b"at last"


@pytest.mark.parametrize("where, why", [("path", "ENOENT"), ("abstract", "ECONNREFUSED"), ("TCP", "ECONNREFUSED")])
def test_nobody_listens(where, why):
    with listening(where) as server:
        address = server.address
    with pytest.raises(errors.NotFound, match=f"connect on .*{why}.*start the server first"):
        connect(address)


def test_the_file_goes_with_the_listener():
    with listen() as server:
        assert os.path.exists(server.address) and [e.name for e in ledger.mine()] == [server.address]
    assert not os.path.exists(server.address) and ledger.mine() == []
    server.close()                                                       # twice is no error


def test_a_child_that_closes_its_copy_leaves_the_file(child):
    with listen() as server:
        child(server.close).result()
        assert os.path.exists(server.address)
        with connect(server.address), server.accept():
            pass


def test_a_stale_file_is_in_the_way(tmp_path, child):
    path = str(tmp_path / "s")

    def serves():
        listen(path)
        signal.pause()

    server = child(serves).blocked("pause")
    with pytest.raises(errors.AlreadyExists, match="listen on UNIX stream socket .*EADDRINUSE.*left its file behind"):
        listen(path)
    server.kill()
    server.wait()
    with pytest.raises(errors.NotFound, match="ECONNREFUSED.*a file alone is a leftover"):
        connect(path)
    with pytest.raises(errors.AlreadyExists):
        listen(path)
    assert path in [entry.name for _, entries in ledger.dead_ledgers() for entry in entries]
    leftovers.sweep()
    listen(path).close()


def test_the_wrong_kind_of_socket():
    with listen(kind="seqpacket") as server:
        with pytest.raises(errors.Misuse, match="connect on .*EPROTOTYPE.*same kind="):
            connect(server.address)


def test_a_path_has_at_most_107_bytes(tmp_path):
    folder = str(tmp_path)
    longest = f"{folder}/{'x' * (106 - len(folder))}"
    assert len(longest) == 107
    listen(longest).close()
    for make in (listen, connect, DatagramSocket):
        with pytest.raises(errors.TooBig, match="at most 107 bytes; choose a shorter"):
            make(longest + "x")
    listen("@" + "y" * 107).close()
    with pytest.raises(errors.TooBig):
        listen("@" + "y" * 108)


def test_ports_are_on_this_machine_only_unless_a_host_is_named():
    with listen(0) as server:
        assert server.address[0] == "127.0.0.1" and server.address[1] > 0
        with pytest.raises(errors.AlreadyExists, match="listen on TCP stream socket .*EADDRINUSE"):
            listen(server.address)
    with listen(("localhost", 0)) as server:
        assert server.family == "TCP stream socket"


def test_a_port_in_time_wait_needs_reuse_address():
    with listen(0) as server, connect(server.address) as client:
        address = server.address
        with server.accept() as served:
            served.shutdown_writing()                                    # who closes first keeps TIME_WAIT
            assert client.receive() == b""
    with pytest.raises(errors.AlreadyExists):
        listen(address, reuse_address=False)
    listen(address).close()


@pytest.mark.parametrize("address", ["", 5.5, True, ("h",), ("127.0.0.1", 99999), ("127.0.0.1", "80"), (5, 80), -1])
def test_what_is_no_address(address):
    for make in (listen, connect, DatagramSocket):
        with pytest.raises(errors.Misuse):
            make(address)


def test_bad_kinds_and_hosts():
    with pytest.raises(errors.Misuse, match="kind is one of: stream, seqpacket, datagram"):
        listen(kind="pipe")
    with pytest.raises(errors.Misuse, match="kind is one of"):
        socket_pair("pipe")
    with pytest.raises(errors.Misuse, match="DatagramSocket"):
        listen(kind="datagram")
    with pytest.raises(errors.Misuse, match="seqpacket exists for UNIX"):
        listen(0, kind="seqpacket")
    with pytest.raises(errors.NotFound, match="No host of that name"):
        connect(("no-such-host.invalid", 80))
    with pytest.raises(errors.NotFound, match="no such folder"):
        listen("/nonexistent/s")


# --- who is there ---

def test_credentials_of_the_peer(child):
    with listen() as server:
        client = child(lambda: connect(server.address).receive())
        with server.accept() as served:
            assert served.peer == (client.pid, os.getuid(), os.getgid())
            served.send(b"x")
        client.result()
    with listen(0) as server, connect(server.address) as client:
        with pytest.raises(errors.Misuse, match="SO_PEERCRED on TCP.*Only UNIX"):
            client.peer  # noqa: B018


def test_addresses_of_both_sides(linked):
    client, served = linked
    assert client.address == served.peer_address and client.peer_address == served.address


# --- messages on a stream ---

def test_messages_keep_their_boundaries(stream):
    a, b = stream
    for message in (b"one", b"", b"x" * 100_000):
        a.send_message(message, timeout=TIME)
        assert b.receive_message(timeout=TIME) == message
    a.send_message(b"last")
    a.close()
    assert b.receive_message() == b"last" and b.receive_message() is None


def test_the_header_is_four_bytes_the_length(stream):
    a, b = stream
    a.send_message(b"hello")
    assert b.receive() == b"\0\0\0\5hello"


@pytest.mark.parametrize("start", [b"\0\0", b"\0\0\0\5hel"])
def test_closed_in_the_middle_of_a_message(stream, start):
    a, b = stream
    a.send(start)
    a.close()
    with pytest.raises(errors.Closed, match="closed after"):
        b.receive_message()


def test_what_is_no_message_of_ours(stream):
    a, b = stream
    a.send(b"GET / HTTP/1.1")
    with pytest.raises(errors.TooBig, match="b'GET ', would mean"):
        b.receive_message()
    with pytest.raises(errors.TooBig, match="send_message"):
        a.send_message(bytes(16 * 2**20 + 1))


# --- open files on the way ---

def test_an_open_file_goes_to_another_process(stream, child, tmp_path):
    a, b = stream
    (tmp_path / "secret").write_text("inside")

    def reads():
        a.close()
        (number,), data = b.receive_descriptors()
        return os.read(number, 100), data, os.get_inheritable(number)

    reader = child(reads)
    with open(tmp_path / "secret") as file:
        os.unlink(file.name)                                             # there is no name to open it by
        a.send_descriptors([file], b"here")
    assert reader.result() == (b"inside", b"here", False)


@pytest.mark.parametrize("kind", ["stream", "seqpacket", "datagram"])
def test_several_at_once_and_no_more_than_asked(kind):
    a, b = socket_pair(kind)
    with a, b:
        a.send_descriptors([0, 1, a])
        numbers, data = b.receive_descriptors(timeout=TIME)
        assert data == b"+" and len(numbers) == 3
        for number in numbers:
            os.close(number)
        for sent, most in ((2, 1), (3, 2), (20, 5)):
            a.send_descriptors([0] * sent)
            with pytest.raises(errors.TooBig, match="More descriptors came"):
                b.receive_descriptors(most)                              # the fixture finds any that stays open
        with pytest.raises(errors.TimedOut, match="receive_descriptors on .*Nothing was sent within 0.01 s"):
            b.receive_descriptors(timeout=0.01)
        with pytest.raises(errors.WouldBlock, match="receive_descriptors_nowait on .*EAGAIN"):
            b.receive_descriptors_nowait()


@pytest.mark.parametrize("kind", ["stream", "seqpacket", "datagram"])
def test_descriptors_wait_for_room_no_longer_than_they_should(kind):
    a, b = socket_pair(kind)
    with a, b:
        with pytest.raises(errors.WouldBlock, match="send_descriptors_nowait on .*EAGAIN"):
            for _ in range(10_000):
                a.send_descriptors_nowait([0], b"x" * 1000)
        with pytest.raises(errors.TimedOut, match="send_descriptors on .*Nobody received within 0.01 s"):
            a.send_descriptors([0], b"x" * 1000, timeout=0.01)
        (number,), data = b.receive_descriptors_nowait(n=1000)
        os.close(number)
        assert data == b"x" * 1000


def test_what_cannot_be_sent_along(stream):
    a, b = stream
    for bad in ([], [999], ["x"], [2**40], [0] * 254, [None]):
        with pytest.raises(errors.Misuse, match="send_descriptors on"):
            a.send_descriptors(bad)
    with pytest.raises(errors.Misuse, match="at least one byte"):
        a.send_descriptors([0], b"")
    for bad in (0, -1, 254, "x"):
        with pytest.raises(errors.Misuse, match="`most` is from 1 to 253"):
            b.receive_descriptors(bad)
    with listen(0) as server, connect(server.address) as client:
        with pytest.raises(errors.Misuse, match="Only UNIX sockets"):
            client.send_descriptors([0])
        with pytest.raises(errors.Misuse, match="receive_descriptors_nowait on .*Only UNIX sockets"):
            client.receive_descriptors_nowait()


# --- datagrams ---

@pytest.mark.parametrize("address", [None, "@ipclab-test-d", 0])
def test_datagrams_need_no_connection(address):
    with DatagramSocket(address) as server, DatagramSocket(0 if address == 0 else None) as client:
        client.send(b"one", server.address)
        client.send_nowait(b"two", server.address)
        client.send(b"three", server.address, timeout=TIME)
        assert server.receive_from(timeout=TIME) == (b"one", client.address)
        assert server.receive() == b"two" and readable(server).receive_nowait(2) == b"th"
        server.send(b"", client.address)
        assert client.receive() == b""                                   # an empty message, not an end
        with pytest.raises(errors.WouldBlock, match="receive_from_nowait"):
            server.receive_nowait()
        with pytest.raises(errors.TimedOut, match="Nobody sent anything within 0.01 s"):
            server.receive(timeout=0.01)


def test_the_sender_waits_while_the_receivers_queue_is_full(child):
    with DatagramSocket() as receiver, DatagramSocket() as sender:
        count = 0
        with pytest.raises(errors.WouldBlock, match="send_nowait on UNIX datagram socket"):
            while True:
                sender.send_nowait(str(count).encode(), receiver.address)
                count += 1
        with pytest.raises(errors.TimedOut, match="queue of .* stayed full within 0.01 s"):
            sender.send(b"late", receiver.address, timeout=0.01)
        waiter = child(lambda: sender.send(b"last", receiver.address)).blocked("sendto")
        got = [receiver.receive() for _ in range(count + 1)]
        assert got == [str(i).encode() for i in range(count)] + [b"last"]
        waiter.result()


def test_where_a_datagram_cannot_go(tmp_path):
    with DatagramSocket() as one:
        with pytest.raises(errors.NotFound, match="send on UNIX datagram socket .*ENOENT"):
            one.send(b"x", str(tmp_path / "nobody"))
        with pytest.raises(errors.TooBig, match="EMSGSIZE"):
            one.send(bytes(10_000_000), one.address)
        with pytest.raises(errors.Misuse):
            one.send("text", one.address)
        with listen() as server, pytest.raises(errors.Misuse, match="EPROTOTYPE"):
            one.send(b"x", server.address)


def test_a_connection_to_a_datagram_socket():
    with DatagramSocket() as server, connect(server.address, kind="datagram") as client:
        client.send(b"x")
        data, sender = server.receive_from()
        server.send(data + b"y", sender)
        assert client.receive() == b"xy"


# --- closing, and bad arguments ---

def test_closed_here(stream):
    a, b = stream
    a.close()
    assert a.closed and a.fileno() == -1 and a.waiting is None and a.may("receive")
    for call in (lambda: a.send(b"x"), a.receive, a.receive_nowait, lambda: a.send_nowait(b"x"), a.shutdown_writing,
                 lambda: a.receive(timeout=1), lambda: a.send(b"x", timeout=1), lambda: a.peer, lambda: a.address):
        with pytest.raises(errors.Closed, match="EBADF.*It was closed in this process"):
            call()
    server, one = listen(), DatagramSocket()
    server.close(), one.close()
    for call in (server.accept, server.accept_nowait, lambda: server.accept(timeout=1), one.receive, one.receive_nowait,
                 lambda: one.receive(timeout=1), lambda: one.send(b"x", "/x"), lambda: one.send(b"x", "/x", timeout=1)):
        with pytest.raises(errors.Closed, match="EBADF"):
            call()


def test_bad_arguments(stream):
    a, b = stream
    for send in (a.send, a.send_nowait, lambda data: a.send(data, timeout=1)):
        with pytest.raises(errors.Misuse, match="send"):
            send("text")
    for receive in (b.receive, b.receive_nowait, lambda n: b.receive(n, timeout=1)):
        for bad in (-1, "x"):
            with pytest.raises(errors.Misuse, match="receive"):
                receive(bad)


def test_a_forgotten_socket_is_closed(recwarn):
    a, b = socket_pair()
    a.send(b"x")
    del a, b
    assert not recwarn.list


def test_no_descriptor_left(child):
    import resource

    def exhausts(make):
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        make()

    for make in (listen, socket_pair, lambda: connect("/tmp/x")):
        with pytest.raises(errors.LimitReached, match="EMFILE"):
            child(exhausts, make).result()


# --- may ---

def test_may_asks_the_socket(linked):
    client, served = linked
    assert not served.may("receive")
    assert client.may("send", b"x") and client.may("close")
    client.send(b"x")
    served.receive(timeout=TIME)
    client.close()
    assert readable(served).may("receive")


@pytest.mark.parametrize("size", [1, 1000, 4096])
def test_may_send_is_what_a_unix_stream_does(size):
    a, b = socket_pair()
    with a, b:
        said = done = True
        while done:
            said = a.may("send", b"." * size)
            try:
                done = a.send_nowait(b"." * size) == size
            except errors.WouldBlock:
                done = False
            assert said == done


def test_may_send_is_never_false_where_it_goes_through(pair):
    a, b = pair
    done = True
    while done:
        said = a.may("send", b"." * 4096)
        try:
            a.send_nowait(b"." * 4096)
        except errors.WouldBlock:
            done = False
        assert said or not done
    b.close()
    assert a.may("send", b"x")                                           # it fails at once


# --- what the gate sees ---

def traced(function, *objects):
    events = []
    with gate.closed(gate.Recorded("me", events.append)):
        function()
    done = sorted((e for e in events if e.end is not None), key=lambda e: e.end)
    return Trace(("me",), objects, tuple(done))


def test_each_direction_is_paired_for_itself(stream):
    a, b = stream

    def exchange():
        a.send(b"abc")
        b.send(b"12")
        b.receive(1)
        a.receive_nowait()
        b.receive()
    trace = traced(exchange, a.described(), b.described())
    assert a.described() == Object("s: a → b", "UNIX stream socket")
    assert [(e.kind, e.object, e.size) for e in trace] == [
        ("send", "s: a → b", 3), ("send", "s: b → a", 2), ("receive", "s: a → b", 1),
        ("receive_nowait", "s: b → a", 2), ("receive", "s: a → b", 2)]
    assert [(p.give.argument, p.take.result) for p in trace.pairs] == [("abc", "a"), ("abc", "bc"), ("12", "12")]


def test_connect_pairs_with_accept_and_both_name_the_direction_alike():
    with listen() as server:
        def exchange():
            with connect(server.address) as client, server.accept() as served:
                client.send(b"x")
                served.receive()
        trace = traced(exchange, server.described())
    assert [(p.give.kind, p.take.kind) for p in trace.pairs] == [("connect", "accept")]
    send, receive = (next(e for e in trace if e.kind == kind) for kind in ("send", "receive"))
    assert send.object == receive.object and server.address in send.object


def test_messages_are_paired_by_content():
    with DatagramSocket() as one, DatagramSocket() as two:
        def exchange():
            one.send(b"x", two.address)
            one.send(b"y", two.address)
            two.receive()
            two.receive_from_nowait()
        trace = traced(exchange, two.described())
    assert [(p.give.argument, p.take.result) for p in trace.pairs] == [("x", "x"), ("y", "y")]


def test_a_long_send_on_a_stream_passes_in_pieces(pair):
    a, b = pair
    sizes = [e.size for e in traced(lambda: a.send(b"x" * 5000))]
    assert sizes == ([4096, 904] if "stream" in a.family else [5000])


def test_passed_descriptors_are_paired(stream):
    a, b = stream

    def exchange():
        a.send_descriptors([0], b"take")
        os.close(b.receive_descriptors()[0][0])
    trace = traced(exchange, a.described())
    assert [(p.give.argument, p.take.result, p.take.size) for p in trace.pairs] == [("take", "take", 4)]


# --- to another process ---

def handed(object):
    with handover.packing() as parcel:
        text = pickle.dumps(object)
    with handover.unpacking([os.dup(fd) for fd in parcel.descriptors]):
        copy = pickle.loads(text)
    handover.delivered([parcel])
    return copy


def test_a_side_given_away_is_closed_here(stream):
    a, b = stream
    with handed(a) as copy:
        assert a.closed and copy.label == "s: a → b"
        copy.send(b"x")
        assert b.receive() == b"x"
    assert b.receive() == b""
    with pytest.raises(errors.Closed, match="handed over to another process"):
        a.send(b"x")
    with handed(a) as closed:
        assert closed.closed


def test_a_listener_given_away_keeps_its_file_until_its_maker_removes_it(child):
    def serves():
        with handed(server) as copy:
            copy.accept().send(b"served")

    with listen() as server:
        other = child(serves)
        with connect(server.address) as client:
            assert client.receive() == b"served"
        other.result()
        assert os.path.exists(server.address)
        server.handed_over()
    assert not os.path.exists(server.address) and ledger.mine() == []


def test_the_numbers_are_for_select_and_options(stream):
    a, b = stream
    with socket.socket(fileno=os.dup(b.fileno())) as bare:
        a.send(b"x")
        assert bare.recv(1) == b"x"
