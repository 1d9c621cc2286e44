"""The IPv6 probes of a conformance run: those of the lab's probe6.py as usual programs send them, as agent.py has for IPv4."""
import socket
import struct

import probe6
from probe import payload
from probe6 import ICMP6, TCP, UDP

# MSS 1440, SACK permitted, timestamps, window scale: what Linux offers.
SYN_OPTIONS = bytes.fromhex("020405a00402080a0000000100000000") + bytes.fromhex("01030307")


def source_towards(spec):
    """The address that the kernel will send from, or an error where there is no way."""
    if "from" in spec:
        return spec["from"]
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.connect(probe6.destination(spec, 9))
        return sock.getsockname()[0].split("%")[0]


def segment(spec, source, sequence, flags, options=b""):
    """Sends one TCP segment; the kernel fills in the checksum. Returns the socket, which hears the answer."""
    sock = probe6.raw(TCP, {**spec, "from": source})
    sock.setsockopt(socket.IPPROTO_IPV6, probe6.IPV6_CHECKSUM, 16)
    fields = (spec["sourcePort"], spec["port"], sequence, 0, (5 + len(options) // 4) << 4, flags, 64240, 0, 0)
    try:
        sock.sendto(struct.pack("!HHIIBBHHH", *fields) + options, probe6.destination(spec))
    except OSError:
        sock.close()
        raise
    return sock


def end_half_open(spec):
    try:
        fields = {key: value for key, value in spec.items() if key not in ("ttl", "df")}
        segment(fields, source_towards(spec), (spec["sequence"] + 1) & 0xFFFFFFFF, 4).close()
    except OSError:
        pass  # There is no route, or a rule of the sender's own host.


def lone_syn(spec, wait_for):
    port, sequence = spec["sourcePort"], spec["sequence"]
    with probe6.raw(ICMP6, {}) as errors, segment(spec, source_towards(spec), sequence, 2, SYN_OPTIONS) as sock:

        def handle(ready):
            if ready is errors:
                return about(errors, TCP, (port, spec["port"]), spec)
            body, hops, sender, _ = probe6.receive(sock)
            source, target, _, ack, _, flags = struct.unpack("!HHIIBB", body[:14])
            if (source, target, ack) != (spec["port"], port, (sequence + 1) & 0xFFFFFFFF):
                return None
            return {"outcome": "refused" if flags & 4 else "reply", "from": sender, "ttl": hops}

        return wait_for([sock, errors], spec, handle)


def connected_datagram(spec, wait_for):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock, probe6.raw(ICMP6, {}) as errors:
        probe6.prepare(sock, spec)
        sock.bind((spec.get("from", "::"), spec["sourcePort"]))
        sock.connect(probe6.destination(spec, spec["port"]))
        sock.send(payload(spec, spec["size"], b"h" * spec["size"]))

        def handle(ready):
            if ready is errors:
                return about(errors, UDP, (spec["sourcePort"],), spec)
            try:
                return {"outcome": "reply", "from": spec["to"], "size": len(sock.recv(65535))}
            except OSError:
                return None  # An ICMP error, of which the raw socket tells more.

        return wait_for([sock, errors], spec, handle)


def echo(spec, wait_for):
    with probe6.raw(ICMP6, spec) as sock:
        ident, seq = spec["id"], spec.get("seq", 1)
        data = payload(spec, spec["size"], bytes(i & 255 for i in range(spec["size"])))
        sock.sendto(struct.pack("!BBHHH", probe6.ECHO_REQUEST, 0, 0, ident, seq) + data, probe6.destination(spec))

        def handle(ready):
            peeked = ready.recv(65535, socket.MSG_PEEK)
            if peeked[:2] != bytes([probe6.ECHO_REPLY, 0]):
                return about(ready, ICMP6, (None, None, ident, seq), spec)
            body, hops, sender, _ = probe6.receive(ready)
            if struct.unpack("!HH", body[4:8]) != (ident, seq):
                return None
            return {"outcome": "reply", "from": sender, "ttl": hops, "size": len(body) - 8}

        return wait_for([sock], spec, handle)


def about(sock, protocol, key, spec):
    """An error about the probe. A program takes it for its own only where the packet that it quotes went to whom it asked."""
    body = sock.recv(65535, socket.MSG_PEEK)
    error = probe6.error_about(sock, protocol, key)
    quoted = body[8 + 24 : 8 + 40]
    return error if error and quoted == socket.inet_pton(socket.AF_INET6, spec["to"]) else None


def ping(target, ident):
    """An echo request that nobody waits for."""
    with probe6.raw(ICMP6, {}) as sock:
        sock.sendto(struct.pack("!BBHHH", probe6.ECHO_REQUEST, 0, 0, ident, 1), probe6.destination({"to": target}))


KINDS = {"icmp": echo, "udp": connected_datagram, "tcp-syn": lone_syn}
