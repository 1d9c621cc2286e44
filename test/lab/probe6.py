"""The IPv6 half of probe.py: raw IPv6 sockets give no header, so what it says comes as ancillary data."""
import itertools
import os
import random
import socket
import struct

IPV6_MTU_DISCOVER, PMTUDISC_DONT, PMTUDISC_PROBE, IPV6_DONTFRAG, IPV6_CHECKSUM = 23, 0, 3, 62, 7
ICMP6, TCP, UDP, HOP_BY_HOP, FRAGMENT = socket.IPPROTO_ICMPV6, socket.IPPROTO_TCP, socket.IPPROTO_UDP, 0, 44
ECHO_REQUEST, ECHO_REPLY, TOO_BIG, LAST_ERROR = 128, 129, 2, 127


probes = itertools.count()


def fresh_port():
    """A new port each time: a second SYN from the same one would meet what conntrack remembers of the first. Chance would do
    that now and then; processes that follow one another have different ids."""
    return 40000 + (os.getpid() + 7919 * next(probes)) % 20000


def destination(spec, port=0):
    """Link-local addresses carry their device: fe80::1%eth0."""
    return socket.getaddrinfo(spec["to"], port, socket.AF_INET6, socket.SOCK_DGRAM)[0][4]


def prepare(sock, spec):
    """As for IPv4: DF by PROBE, since an earlier probe may have taught the kernel a path MTU."""
    careful = spec.get("df", True)
    sock.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_PROBE if careful else PMTUDISC_DONT)
    if sock.type != socket.SOCK_STREAM:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_DONTFRAG, 1 if careful else 0)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
    if "ttl" in spec:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, spec["ttl"])
    if "from" in spec and sock.type == socket.SOCK_RAW:
        sock.bind((spec["from"], 0))
    return sock


def raw(protocol, spec):
    return prepare(socket.socket(socket.AF_INET6, socket.SOCK_RAW, protocol), spec)


def receive(sock):
    data, extra, _, sender = sock.recvmsg(65535, 64)
    hops = [struct.unpack("i", value)[0] for _, kind, value in extra if kind == socket.IPV6_HOPLIMIT]
    return data, hops[0], sender[0].split("%")[0], sender[1]


def error_about(sock, protocol, key):
    """An ICMPv6 error that quotes our packet, as icmp_error_about of probe.py."""
    body, _, sender, _ = receive(sock)
    if len(body) < 8 + 48 or body[0] > LAST_ERROR:
        return None
    following, inner = body[8 + 6], body[48:]
    if following == FRAGMENT and len(inner) >= 16:
        following, inner = inner[0], inner[8:]
    words = struct.unpack("!4H", inner[:8])
    if following != protocol or any(k is not None and k != w for k, w in zip(key, words)):
        return None
    error = {"type": body[0], "code": body[1], "from": sender}
    if body[0] == TOO_BIG:
        error["mtu"] = struct.unpack("!I", body[4:8])[0]
    refused = body[0] == 1 and body[1] == 4
    return {"outcome": "refused" if refused else "unreachable", "icmp": error}


def probe_icmp(spec, wait_for):
    ident, seq = spec.get("id", os.getpid() & 0xFFFF), spec.get("seq", 1)
    payload = bytes(i & 255 for i in range(spec.get("size", 56)))
    with raw(ICMP6, spec) as sock:
        # The kernel writes the checksum of ICMPv6 by itself.
        sock.sendto(struct.pack("!BBHHH", ECHO_REQUEST, 0, 0, ident, seq) + payload, destination(spec))

        def handle(ready):
            peeked = ready.recv(65535, socket.MSG_PEEK)
            if peeked[:2] != bytes([ECHO_REPLY, 0]):
                return error_about(ready, ICMP6, (None, None, ident, seq))
            body, hops, sender, _ = receive(ready)
            if struct.unpack("!HH", body[4:8]) != (ident, seq):
                return None
            return {"outcome": "reply", "from": sender, "ttl": hops, "size": len(body) - 8}

        return wait_for([sock], spec, handle)


def probe_udp(spec, wait_for):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock, raw(ICMP6, {}) as errors:
        prepare(sock, spec)
        sock.bind((spec.get("from", ""), spec.get("sourcePort", 0)))
        port = sock.getsockname()[1]
        sock.sendto(b"h" * spec.get("size", 32), destination(spec, spec["port"]))

        def handle(ready):
            if ready is errors:
                return error_about(errors, UDP, (port,))
            data, hops, sender, sender_port = receive(sock)
            return {"outcome": "reply", "from": sender, "fromPort": sender_port, "ttl": hops, "size": len(data)}

        return dict(wait_for([sock, errors], spec, handle), sourcePort=port)


def probe_tcp_syn(spec, wait_for):
    port, sequence = spec.get("sourcePort", fresh_port()), spec.get("sequence", random.getrandbits(32))
    with raw(TCP, spec) as sock, raw(ICMP6, {}) as errors:
        # Where the checksum stands in the header: the kernel fills it in.
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_CHECKSUM, 16)
        head = struct.pack("!HHIIBBHHH", port, spec["port"], sequence, 0, 5 << 4, 2, 64240, 0, 0)
        sock.sendto(head, destination(spec))

        def handle(ready):
            if ready is errors:
                return error_about(errors, TCP, (port, spec["port"]))
            body, hops, sender, _ = receive(sock)
            source, target, _, ack, _, flags = struct.unpack("!HHIIBB", body[:14])
            if (source, target, ack) != (spec["port"], port, (sequence + 1) & 0xFFFFFFFF):
                return None
            return {"outcome": "refused" if flags & 4 else "reply", "from": sender, "ttl": hops}

        return dict(wait_for([sock, errors], spec, handle), sourcePort=port)


def why_not_connected(errors, port, spec):
    """The ICMPv6 error about a connection, where there was one."""
    errors.setblocking(False)
    try:
        while True:
            verdict = error_about(errors, TCP, (port, spec["port"]))
            if verdict:
                return verdict
    except BlockingIOError:
        return None
