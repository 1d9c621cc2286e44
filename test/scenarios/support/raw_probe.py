"""Sends one packet that the lab's probes cannot make, and tells what its sender saw.

Reads one JSON object from standard input: `kind` is `raw4` (an IPv4 packet with any header: forged sources, resets), or
`icmp6`, `udp6`, `syn6` (what the lab's probes are for IPv4), `rst6` (which ends what a `syn6` began). Answers with one line: outcome, from, icmp.
"""
import ctypes
import errno
import json
import select
import socket
import struct
import sys
import time

SO_ATTACH_FILTER, IPV6_CHECKSUM, IPV6_MTU_DISCOVER, PMTUDISC_PROBE = 26, 7, 23, 3
# The answer to a SYN is repeated after a second.
TURN, LONGEST = 0.01, 0.9
V6, ICMP6 = socket.IPPROTO_IPV6, socket.IPPROTO_ICMPV6


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def transport4(spec, ends):
    if spec["protocol"] == "icmp":
        body = struct.pack("!BBHHH", spec.get("type", 8), 0, 0, spec["sourcePort"], 0) + bytes(56)
        return 1, body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    if spec["protocol"] == "udp":
        data = bytes(32)
        head = (spec["sourcePort"], spec["port"], 8 + len(data))
        pseudo = ends + struct.pack("!BBH", 0, 17, 8 + len(data))
        return 17, struct.pack("!HHHH", *head, checksum(pseudo + struct.pack("!HHHH", *head, 0) + data)) + data
    fields = (spec["sourcePort"], spec["port"], spec.get("sequence", 7), 0, 5 << 4, {"syn": 2, "rst": 4, "ack": 16}[spec["flag"]], 64240)
    pseudo = ends + struct.pack("!BBH", 0, 6, 20)
    return 6, struct.pack("!HHIIBBHHH", *fields, checksum(pseudo + struct.pack("!HHIIBBHHH", *fields, 0, 0)), 0)


def raw4(spec):
    ends = socket.inet_aton(spec["from"]) + socket.inet_aton(spec["to"])
    number, body = transport4(spec, ends)
    # The kernel fills in the length, the id and the checksum.
    head = struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0x4000, spec.get("ttl", 64), number, 0) + ends
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sock, socket.socket(
        socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800)
    ) as tap:
        if "device" in spec:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, spec["device"].encode())
        sock.sendto(head + body, (spec.get("via", spec["to"]), 0))
        for _ in arrivals([tap]):
            data, (_, _, kind, _, _) = tap.recvfrom(65535)
            if kind != 4 and data[16:20] == ends[:4] and data[12:16] == ends[4:]:
                return {"outcome": "refused" if data[9] == 6 and data[33] & 4 else "reply"}
    return {"outcome": "silence"}


def error6(data, number, key):
    """An ICMPv6 error about a packet of ours: its quoted header follows eight bytes of its own."""
    if len(data) < 48 + 4 or data[0] > 127 or data[14] != number or data[48:52] != key:
        return None
    return {"type": data[0], "code": data[1]}


def arrivals(sockets):
    """Gives the sockets that have something to read, until there was silence for WAIT seconds. These are counted in short
    sleeps: where a sleeper gets its turn late, so does a server, and is waited for that much longer."""
    turns, last = WAIT / TURN, time.monotonic() + max(WAIT, LONGEST)
    while True:
        ready = select.select(sockets, [], [], TURN)[0]
        yield from ready
        if not ready:
            turns -= 1
            if turns <= 0 or time.monotonic() > last:
                return


def wait(sockets, handle):
    for sock in arrivals(sockets):
        try:
            data, sender = sock.recvfrom(65535)
        except OSError:
            continue  # A connected socket hears of an error as well, which the raw one shows in full.
        result = handle(sock, data, sender[0].split("%")[0])
        if result is not None:
            return result
    return {"outcome": "silence"}


def told(error, sender):
    refused = error["type"] == 1 and error["code"] == 4
    return {"outcome": "refused" if refused else "unreachable", "icmp": {**error, "from": sender}}


def prepare(sock, spec):
    sock.setsockopt(V6, IPV6_MTU_DISCOVER, PMTUDISC_PROBE)
    if "ttl" in spec:
        sock.setsockopt(V6, socket.IPV6_UNICAST_HOPS, spec["ttl"])
    return sock


def target(spec, port=0):
    return socket.getaddrinfo(spec["to"], port, socket.AF_INET6)[0][4]


def source(spec, port):
    return socket.getaddrinfo(spec.get("from", "::"), port, socket.AF_INET6)[0][4]


def icmp6(spec):
    with prepare(socket.socket(socket.AF_INET6, socket.SOCK_RAW, ICMP6), spec) as sock:
        if "from" in spec:
            sock.bind(source(spec, 0))
        head = struct.pack("!BBHHH", 128, 0, 0, spec["sourcePort"], 1)
        sock.sendto(head + bytes(spec.get("size", 56)), target(spec))

        def handle(_, data, sender):
            if data[:1] == b"\x81" and data[4:6] == head[4:6]:
                return {"outcome": "reply", "from": sender}
            if len(data) > 54 and data[0] < 128 and data[14] == 58 and data[52:54] == head[4:6]:
                return told({"type": data[0], "code": data[1]}, sender)
            return None

        return wait([sock], handle)


def udp6(spec):
    with prepare(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM), spec) as sock, socket.socket(
        socket.AF_INET6, socket.SOCK_RAW, ICMP6
    ) as errors:
        sock.bind(source(spec, spec["sourcePort"]))
        # As most programs do: only an answer from the address that was asked is taken.
        sock.connect(target(spec, spec["port"]))
        sock.send(b"h" * spec.get("size", 32))
        key = struct.pack("!HH", spec["sourcePort"], spec["port"])

        def handle(ready, data, sender):
            if ready is sock:
                return {"outcome": "reply", "from": sender}
            error = error6(data, 17, key)
            return error and told(error, sender)

        return wait([sock, errors], handle)


def guard(port):
    """A listener that drops all it gets: a SYN-ACK to this port is then not answered with a reset by our own kernel."""
    sock = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    sock.bind(("::", port))
    drop_all = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(drop_all)))
    sock.listen(1)
    return sock


def sequence_of(spec):
    return spec["sourcePort"] * 65537 & 0xFFFFFFFF


def rst6(spec):
    """Ends the half-open connection of an earlier syn6, so that its answer is not sent again and again."""
    fields = (spec["sourcePort"], spec["port"], sequence_of(spec) + 1 & 0xFFFFFFFF, 0, 5 << 4, 4, 0, 0, 0)
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_TCP) as sock:
        sock.setsockopt(V6, IPV6_CHECKSUM, 16)
        if "from" in spec:
            sock.bind(source(spec, 0))
        sock.sendto(struct.pack("!HHIIBBHHH", *fields), target(spec))
    return {"outcome": "silence"}


def syn6(spec):
    sequence = sequence_of(spec)
    fields = (spec["sourcePort"], spec["port"], sequence, 0, 5 << 4, 2, 64240, 0, 0)
    with guard(spec["sourcePort"]), prepare(
        socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_TCP), spec
    ) as sock, socket.socket(socket.AF_INET6, socket.SOCK_RAW, ICMP6) as errors:
        sock.setsockopt(V6, IPV6_CHECKSUM, 16)
        if "from" in spec:
            sock.bind(source(spec, 0))
        sock.sendto(struct.pack("!HHIIBBHHH", *fields), target(spec))
        key = struct.pack("!HH", spec["sourcePort"], spec["port"])

        def handle(ready, data, sender):
            if ready is errors:
                error = error6(data, 6, key)
                return error and told(error, sender)
            source, port, _, ack, _, flags = struct.unpack("!HHIIBB", data[:14])
            if (source, port, ack) != (spec["port"], spec["sourcePort"], (sequence + 1) & 0xFFFFFFFF):
                return None
            return {"outcome": "refused" if flags & 4 else "reply", "from": sender}

        result = wait([sock, errors], handle)
        time.sleep(0.05)
        return result


WAIT = 0.3
request = json.load(sys.stdin)
WAIT = request.get("timeoutMs", 300) / 1000
try:
    answer = {"raw4": raw4, "icmp6": icmp6, "udp6": udp6, "syn6": syn6, "rst6": rst6}[request["kind"]](request)
except OSError as failure:
    answer = {"outcome": "send-error", "error": errno.errorcode.get(failure.errno, str(failure))}
print(json.dumps(answer))
