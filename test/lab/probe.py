"""Sends probes from the network namespace it runs in and tells what their sender saw.

Reads one probe a line from standard input (JSON, see probe.ts), answers each with one line of JSON. Stand-alone: the
tools that containers carry differ too much in what they send and report. IPv6 probes are in probe6.py.
"""
import errno
import json
import os
import random
import select
import socket
import struct
import sys
import time

sys.dont_write_bytecode = True
import probe6

IP_MTU_DISCOVER, PMTUDISC_DONT, PMTUDISC_PROBE, IP_RECVTTL = 10, 0, 3, 12
ICMP, TCP, UDP = socket.IPPROTO_ICMP, socket.IPPROTO_TCP, socket.IPPROTO_UDP
HTTP_REQUEST = "GET / HTTP/1.0\r\n\r\n"


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def prepare(sock, spec):
    """Don't-fragment is set by PROBE, not DO: DO refuses to send when an earlier probe has taught the kernel a path MTU."""
    sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_PROBE if spec.get("df", True) else PMTUDISC_DONT)
    if "ttl" in spec:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, spec["ttl"])
    if "from" in spec and sock.type == socket.SOCK_RAW:
        sock.bind((spec["from"], 0))
    return sock


def raw(protocol, spec):
    return prepare(socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol), spec)


def source_towards(spec):
    """The address that the kernel will send from; a checksum covers it."""
    if "from" in spec:
        return spec["from"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.connect((spec["to"], 9))
        return sock.getsockname()[0]


def split_ip(packet):
    head = (packet[0] & 15) * 4
    return {"from": socket.inet_ntoa(packet[12:16]), "to": socket.inet_ntoa(packet[16:20]), "ttl": packet[8],
            "protocol": packet[9], "body": packet[head:]}


def icmp_error_about(packet, protocol, key):
    """An ICMP error whose quoted packet is ours: key is the start of its transport header, None for any two bytes."""
    outer = split_ip(packet)
    body = outer["body"]
    if len(body) < 8 + 28 or body[0] not in (3, 4, 5, 11, 12):
        return None
    quoted = split_ip(body[8:])
    words = struct.unpack("!4H", quoted["body"][:8])
    if quoted["protocol"] != protocol or any(k is not None and k != w for k, w in zip(key, words)):
        return None
    error = {"type": body[0], "code": body[1], "from": outer["from"]}
    if body[0] == 3 and body[1] == 4:
        error["mtu"] = struct.unpack("!H", body[6:8])[0]
    return error


def judge(error):
    """Port and protocol unreachable come from the target itself or from a rule that poses as it: the packet is refused."""
    if error["type"] == 5:
        return None  # A redirect is advice; the packet goes on.
    refused = error["type"] == 3 and error["code"] in (2, 3)
    return {"outcome": "refused" if refused else "unreachable", "icmp": error}


def wait_for(sockets, spec, handle):
    """Hands each packet that comes in to `handle` until it gives a result or the time is over."""
    deadline = time.monotonic() + spec.get("timeoutMs", 900) / 1000
    while True:
        left = deadline - time.monotonic()
        # On a busy machine the time may be over before we look: what has come by then has come.
        ready = select.select(sockets, [], [], max(left, 0))[0]
        if not ready:
            return {"outcome": "silence"}
        for sock in ready:
            result = handle(sock)
            if result is not None:
                return result


def payload(spec, size, filler):
    """The wanted number of bytes, with the cookie (hexadecimal) at their start where there is one."""
    return (bytes.fromhex(spec.get("cookie", "")) + filler)[:size]


def probe_icmp(spec):
    ident, seq = spec.get("id", os.getpid() & 0xFFFF), spec.get("seq", 1)
    size = spec.get("size", 56)
    data = payload(spec, size, bytes(i & 255 for i in range(size)))
    head = struct.pack("!BBHHH", 8, 0, 0, ident, seq)
    packet = struct.pack("!BBHHH", 8, 0, checksum(head + data), ident, seq) + data
    with raw(ICMP, spec) as sock:
        sock.sendto(packet, (spec["to"], 0))

        def handle(ready):
            data = ready.recv(65535)
            got = split_ip(data)
            if got["body"][:2] == b"\0\0" and struct.unpack("!HH", got["body"][4:8]) == (ident, seq):
                return {"outcome": "reply", "from": got["from"], "ttl": got["ttl"], "size": len(got["body"]) - 8}
            error = icmp_error_about(data, ICMP, (None, None, ident, seq))
            return error and judge(error)

        return wait_for([sock], spec, handle)


def probe_udp(spec):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, raw(ICMP, {}) as errors:
        prepare(sock, spec)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
        sock.bind((spec.get("from", ""), spec.get("sourcePort", 0)))
        port = sock.getsockname()[1]
        # Not connected: an answer from another address than the one asked is worth knowing.
        sock.sendto(b"h" * spec.get("size", 32), (spec["to"], spec["port"]))

        def handle(ready):
            if ready is errors:
                error = icmp_error_about(errors.recv(65535), UDP, (port,))
                return error and judge(error)
            data, extra, _, sender = sock.recvmsg(65535, 64)
            ttl = [struct.unpack("i", value)[0] for _, kind, value in extra if kind == socket.IP_TTL]
            return {"outcome": "reply", "from": sender[0], "fromPort": sender[1], "ttl": ttl[0], "size": len(data)}

        return dict(wait_for([sock, errors], spec, handle), sourcePort=port)


def probe_tcp_syn(spec):
    """One SYN and no more. The kernel, which knows of no connection, answers a SYN-ACK with a reset of its own."""
    port, sequence = spec.get("sourcePort", probe6.fresh_port()), spec.get("sequence", random.getrandbits(32))
    ends = socket.inet_aton(source_towards(spec)) + socket.inet_aton(spec["to"])
    fields = (port, spec["port"], sequence, 0, 5 << 4, 2, 64240)
    pseudo = ends + struct.pack("!BBH", 0, TCP, 20) + struct.pack("!HHIIBBHHH", *fields, 0, 0)
    with raw(TCP, spec) as sock, raw(ICMP, {}) as errors:
        sock.sendto(struct.pack("!HHIIBBHHH", *fields, checksum(pseudo), 0), (spec["to"], 0))

        def handle(ready):
            data = ready.recv(65535)
            if ready is errors:
                error = icmp_error_about(data, TCP, (port, spec["port"]))
                return error and judge(error)
            got = split_ip(data)
            source, target, _, ack, _, flags = struct.unpack("!HHIIBB", got["body"][:14])
            # Our own SYN comes by as well when the target is local: only what acknowledges it is an answer.
            if (source, target, ack) != (spec["port"], port, (sequence + 1) & 0xFFFFFFFF):
                return None
            return {"outcome": "refused" if flags & 4 else "reply", "from": got["from"], "ttl": got["ttl"]}

        return dict(wait_for([sock, errors], spec, handle), sourcePort=port)


def connected(sock, spec):
    """docker-proxy accepts before it knows whether anybody is behind it: only data, or a reset, tells."""
    sock.setblocking(False)
    request = spec.get("data", HTTP_REQUEST).encode()
    if request:
        sock.send(request)

    def handle(_):
        try:
            data = sock.recv(65535)
        except ConnectionResetError:
            return {"outcome": "reset-after-connect"}
        return {"outcome": "reply", "size": len(data)} if data else {"outcome": "closed-after-connect"}

    result = wait_for([sock], spec, handle)
    return {"outcome": "connected"} if result["outcome"] == "silence" else result


def is_ipv6(spec):
    return ":" in spec["to"]


def open_errors(six):
    return probe6.raw(probe6.ICMP6, {}) if six else raw(ICMP, {})


def probe_tcp_connect(spec):
    """The kernel repeats the SYN after one second: a time limit below that keeps it at one."""
    six = is_ipv6(spec)
    family = socket.AF_INET6 if six else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock, open_errors(six) as errors:
        if "ttl" in spec and six:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, spec["ttl"])
        elif "ttl" in spec:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, spec["ttl"])
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((spec.get("from", ""), spec.get("sourcePort", 0)))
        port = sock.getsockname()[1]
        sock.settimeout(spec.get("timeoutMs", 900) / 1000)
        try:
            sock.connect(probe6.destination(spec, spec["port"]) if six else (spec["to"], spec["port"]))
            return dict(connected(sock, spec), sourcePort=port)
        except (OSError, socket.timeout) as failure:
            return dict(why_not_connected(failure, errors, port, spec), sourcePort=port)


def why_not_connected(failure, errors, port, spec):
    """connect() says only an errno for what may have been an ICMP error: the raw socket has kept that one."""
    if is_ipv6(spec):
        return probe6.why_not_connected(errors, port, spec) or by_errno(failure)
    errors.setblocking(False)
    try:
        while True:
            error = icmp_error_about(errors.recv(65535), TCP, (port, spec["port"]))
            verdict = error and judge(error)
            if verdict:
                return verdict
    except BlockingIOError:
        pass
    return by_errno(failure)


def by_errno(failure):
    if isinstance(failure, socket.timeout):
        return {"outcome": "silence"}
    if failure.errno == errno.ECONNREFUSED:
        return {"outcome": "refused"}
    return send_error(failure)


def send_error(failure):
    return {"outcome": "send-error", "error": errno.errorcode.get(failure.errno, str(failure))}


KINDS6 = {"icmp": probe6.probe_icmp, "udp": probe6.probe_udp, "tcp-syn": probe6.probe_tcp_syn}
KINDS = {"icmp": probe_icmp, "udp": probe_udp, "tcp-syn": probe_tcp_syn, "tcp-connect": probe_tcp_connect}


def main():
    for line in sys.stdin:
        spec = json.loads(line)
        started = time.monotonic()
        try:
            six = KINDS6.get(spec["kind"]) if is_ipv6(spec) else None
            result = six(spec, wait_for) if six else KINDS[spec["kind"]](spec)
        except OSError as failure:
            result = send_error(failure)
        result["tookMs"] = round((time.monotonic() - started) * 1000, 2)
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
