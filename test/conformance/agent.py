"""Sends probes in the namespaces of a lab and tells all that they caused there.

One process for a whole run: it enters each namespace as needed. Reads one request a line (JSON, see agent.ts) and answers
each with one line. The probes themselves are those of the lab (probe.py); taps see what `tcpdump -i any` sees.
"""
import base64
import ctypes
import errno
import fcntl
import json
import mmap
import os
import select
import socket
import struct
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))
import agent6  # noqa: E402
from guard import hold_back_resets  # noqa: E402
import probe  # noqa: E402

ETH_P_ALL, ETH_P_ARP, ETH_P_IPV6, PACKET_OUTGOING = 3, 0x0806, 0x86DD, 4
SOLICITATION, ADVERTISEMENT, TOO_BIG, REDIRECT = 135, 136, 2, 137
# What a kernel remembers for later packets.
TEACHING = (TOO_BIG, REDIRECT)
SOL_PACKET, PACKET_RX_RING, PACKET_STATISTICS, PACKET_VERSION = 263, 5, 6, 10
TPACKET_V2, TP_STATUS_USER, SIOCGIFNAME = 1, 1, 0x8910
CLONE_NEWNET = 0x40000000
# An answer on one machine takes a few milliseconds; a neighbour that does not answer ARP is given up after three seconds.
QUIET_S, ARP_S = 0.25, 4.5
# Where a server is a program, silence is counted in short sleeps: where a sleeper gets its turn late, so does the server.
TURN_S, LONGEST_S = 0.01, 0.9
libc = ctypes.CDLL(None, use_errno=True)


class Tap:
    """A packet socket on all devices with a ring, as tcpdump has it: what is read later has the bytes of when it was seen.

    Without a ring the kernel shares the packet's memory with its own stack, which rewrites the headers of fragments.
    """

    FRAME, FRAMES = 1024, 4096
    HEADER, ADDRESS = struct.Struct("IIIHH"), struct.Struct("=H2siHBB8s")

    def __init__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        self.socket.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
        size = self.FRAME * self.FRAMES
        self.socket.setsockopt(SOL_PACKET, PACKET_RX_RING, struct.pack("IIII", 1 << 16, size >> 16, self.FRAME, self.FRAMES))
        self.ring = mmap.mmap(self.socket.fileno(), size)
        self.at = 0
        self.names = {}
        # Only now does it begin to see packets.
        self.listen()

    def listen(self):
        address = struct.pack("=H2sIHBB8s", socket.AF_PACKET, struct.pack("!H", ETH_P_ALL), 0, 0, 0, 0, b"")
        if libc.bind(self.socket.fileno(), address, len(address)) != 0:
            raise OSError(ctypes.get_errno(), "bind")

    def name(self, index):
        if index not in self.names:
            try:
                answer = fcntl.ioctl(self.socket, SIOCGIFNAME, struct.pack("16si20x", b"", index))
            except OSError as failure:
                if failure.errno != errno.ENODEV:
                    raise
                # The device went after its last frame, as the veth of a container that is removed does.
                return f"if{index}"
            self.names[index] = answer[:16].rstrip(b"\0").decode()
        return self.names[index]

    def read(self):
        """Yields device, packet type, protocol, source MAC and first bytes of each packet since the last call."""
        while True:
            start = self.at * self.FRAME
            status, _, kept, _, net = self.HEADER.unpack_from(self.ring, start)
            if not status & TP_STATUS_USER:
                return
            _, protocol, index, _, kind, length, mac = self.ADDRESS.unpack_from(self.ring, start + 32)
            data = bytes(self.ring[start + net : start + net + kept])
            struct.pack_into("I", self.ring, start, 0)
            self.at = (self.at + 1) % self.FRAMES
            yield self.name(index), kind, struct.unpack("!H", protocol)[0], mac[:length].hex(":"), data

    def lost(self):
        return struct.unpack("II", self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]

    def close(self):
        self.ring.close()
        self.socket.close()


class Namespace:
    def __init__(self, path):
        self.fd = os.open(path, os.O_RDONLY)
        self.enter()
        self.tap = Tap()
        self.frames = []

    def enter(self):
        if libc.setns(self.fd, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")

    def pump(self):
        """As libpcap does: what leaves by the loopback device is seen again at once as it comes in."""
        self.frames += [frame for frame in self.tap.read() if frame[0] != "lo" or frame[1] != PACKET_OUTGOING]

    def lost(self):
        return self.tap.lost()

    def close(self):
        self.tap.close()
        os.close(self.fd)


namespaces = {}


def pump_all():
    for namespace in namespaces.values():
        namespace.pump()


def is_ipv6(spec):
    return ":" in spec["to"]


def icmp6_type(protocol, data):
    return data[40] if protocol == ETH_P_IPV6 and len(data) > 40 and data[6] == socket.IPPROTO_ICMPV6 else None


def unanswered_question():
    """Whether some kernel waits for a neighbour right now. Looks at what the taps have seen since the probe was sent."""
    # Who asks from no address only makes sure that an address of its own is nobody else's.
    asked, answered = set(), set()
    for namespace in namespaces.values():
        for _, _, protocol, _, data in namespace.frames:
            kind = icmp6_type(protocol, data)
            if kind == SOLICITATION and any(data[8:24]):
                asked.add((data[48:64], data[8:24]))
            elif kind == ADVERTISEMENT:
                answered.add((data[48:64], data[24:40]))
            if protocol != ETH_P_ARP or len(data) < 28:
                continue
            sender, target = data[14:18], data[24:28]
            if data[7] == 1 and sender != target:
                asked.add((target, sender))
            elif data[7] == 2:
                answered.add((sender, target))
    return bool(asked - answered)


def wait_for(sockets, spec, handle):
    """The lab's own waits a fixed time; this one ends early when nothing is going on, and late while ARP is."""
    started = time.monotonic()
    limit = spec["timeoutMs"] / 1000 if "timeoutMs" in spec else None
    by_turns = limit is None and spec["kind"] != "tcp-syn"
    turns, deadline = QUIET_S / TURN_S, started + (LONGEST_S if by_turns else limit or QUIET_S)
    while True:
        left = deadline - time.monotonic()
        # On a busy machine the time may be over before we look: what has come by then has come.
        ready = select.select(sockets, [], [], max(min(left, TURN_S) if by_turns else left, 0))[0]
        if not ready:
            turns -= 1
            if by_turns and turns > 0 and time.monotonic() < deadline:
                continue
            pump_all()
            if limit is None and deadline < started + ARP_S and unanswered_question():
                by_turns, deadline = False, started + ARP_S
                continue
            return {"outcome": "silence"}
        for sock in ready:
            result = handle(sock)
            if result is not None:
                return result


probe.wait_for = wait_for


def end_half_open(spec):
    """One RST, so that the SYN-ACK that came is not repeated into the next probe's time."""
    sequence = (spec["sequence"] + 1) & 0xFFFFFFFF
    try:
        ends = socket.inet_aton(probe.source_towards(spec)) + socket.inet_aton(spec["to"])
    except OSError:
        return  # There is no route: the SYN never left.
    fields = (spec["sourcePort"], spec["port"], sequence, 0, 5 << 4, 4, 0)
    pseudo = ends + struct.pack("!BBH", 0, socket.IPPROTO_TCP, 20) + struct.pack("!HHIIBBHHH", *fields, 0, 0)
    with probe.raw(socket.IPPROTO_TCP, {key: spec[key] for key in ("from",) if key in spec}) as sock:
        try:
            sock.sendto(struct.pack("!HHIIBBHHH", *fields, probe.checksum(pseudo), 0), (spec["to"], 0))
        except OSError:
            pass  # A rule of the sender's own host.


# MSS 1460, SACK permitted, timestamps, window scale: what Linux offers, so that the answer has its usual length, too.
SYN_OPTIONS = bytes.fromhex("020405b40402080a0000000100000000") + bytes.fromhex("01030307")


def lone_syn(spec):
    """The lab's probe of that name, with options."""
    port, sequence = spec["sourcePort"], spec["sequence"]
    ends = socket.inet_aton(probe.source_towards(spec)) + socket.inet_aton(spec["to"])
    fields = (port, spec["port"], sequence, 0, 10 << 4, 2, 64240)
    pseudo = ends + struct.pack("!BBH", 0, probe.TCP, 40) + struct.pack("!HHIIBBHHH", *fields, 0, 0) + SYN_OPTIONS
    head = struct.pack("!HHIIBBHHH", *fields, probe.checksum(pseudo), 0)
    # A connection looks up its route by the source that the first look-up gave: so does a bound socket.
    with probe.raw(probe.TCP, {**spec, "from": socket.inet_ntoa(ends[:4])}) as sock, probe.raw(probe.ICMP, {}) as errors:
        sock.sendto(head + SYN_OPTIONS, (spec["to"], 0))

        def handle(ready):
            data = ready.recv(65535)
            if ready is errors:
                error = probe.icmp_error_about(data, probe.TCP, (port, spec["port"]))
                return error and probe.judge(error)
            got = probe.split_ip(data)
            source, target, _, ack, _, flags = struct.unpack("!HHIIBB", got["body"][:14])
            if (source, target, ack) != (spec["port"], port, (sequence + 1) & 0xFFFFFFFF):
                return None
            return {"outcome": "refused" if flags & 4 else "reply", "from": got["from"], "ttl": got["ttl"]}

        return wait_for([sock, errors], spec, handle)


def connected_datagram(spec):
    """A datagram from a connected socket, as most programs that ask have: an answer from elsewhere is not for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, probe.raw(probe.ICMP, {}) as errors:
        probe.prepare(sock, spec)
        sock.bind((spec.get("from", ""), spec["sourcePort"]))
        sock.connect((spec["to"], spec["port"]))
        sock.send(probe.payload(spec, spec["size"], b"h" * spec["size"]))

        def handle(ready):
            if ready is errors:
                error = probe.icmp_error_about(errors.recv(65535), probe.UDP, (spec["sourcePort"],))
                return error and probe.judge(error)
            try:
                return {"outcome": "reply", "from": spec["to"], "size": len(sock.recv(65535))}
            except OSError:
                return None  # An ICMP error, of which the raw socket tells more.

        return wait_for([sock, errors], spec, handle)


probe.KINDS["tcp-syn"] = lone_syn
probe.KINDS["udp"] = connected_datagram


def send(spec):
    try:
        if is_ipv6(spec) and spec["kind"] in agent6.KINDS:
            return agent6.KINDS[spec["kind"]](spec, wait_for)
        if not is_ipv6(spec):
            probe.icmp_error_about = error_for(spec["to"])
        return probe.KINDS[spec["kind"]](spec)
    except OSError as failure:
        return probe.send_error(failure)


def read_counters(wanted):
    """What iptables-save -c prints in each namespace: all at once, since each mostly waits for the kernel."""
    running = []
    for name, program in wanted:
        namespaces[name].enter()
        running.append(subprocess.Popen([program, "-c"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
    return [process.communicate()[0].decode() for process in running]


def observe(request):
    sender, spec, wanted = namespaces[request["from"]], request["spec"], request["counters"]
    pump_all()
    for namespace in namespaces.values():
        namespace.frames = []
    # Whatever is counted from now on is seen, too.
    before = read_counters(wanted)
    sender.enter()
    family = agent6 if is_ipv6(spec) else sys.modules[__name__]
    guard = hold_back_resets(spec) if spec["kind"] == "tcp-syn" else None
    result = send(spec)
    # What follows an answer (the last copy of a flood, a reset, docker-proxy's own exchange) comes within milliseconds.
    time.sleep(request["settleMs"] / 1000)
    pump_all()
    frames = {name: list(namespace.frames) for name, namespace in namespaces.items()}
    after = read_counters(wanted)
    pump_all()
    late = {name: namespace.frames[len(frames[name]) :] for name, namespace in namespaces.items()}
    leftovers.append((sender, family, spec, result, guard))
    lost = [name for name, namespace in namespaces.items() if namespace.lost() > 0]
    seen = {"frames": written(frames), "late": written(late), "before": before, "after": after}
    return {"result": result, "lost": lost, **seen}


# What the last probe has left to be cleaned up.
leftovers = []


def clean_up(_):
    for sender, family, spec, result, guard in leftovers:
        sender.enter()
        if guard is not None:
            # In silence, too: the SYN may have arrived where the answer did not come through.
            if result["outcome"] in ("reply", "silence"):
                family.end_half_open(spec)
                time.sleep(0.005)
            guard.close()
    leftovers.clear()
    forget_path_mtus()
    return {}


def written(frames):
    return {name: [[*frame[:4], base64.b64encode(frame[4]).decode()] for frame in some] for name, some in frames.items()}


icmp_error = probe.icmp_error_about


def error_for(target):
    """A program takes an error for its own only where the packet that it quotes went to whom the program asked."""

    def about(packet, protocol, key):
        error = icmp_error(packet, protocol, key)
        inner = (packet[0] & 15) * 4 + 8
        return error if error and packet[inner + 16 : inner + 20] == socket.inet_aton(target) else None

    return about


def forget_path_mtus():
    """What a too-big error taught a kernel is in no host state, and would cut the packets of later probes."""
    for namespace in namespaces.values():
        namespace.enter()
        with open("/proc/sys/net/ipv4/route/flush", "w") as flush:
            flush.write("1")
        if any(icmp6_type(protocol, data) in TEACHING for _, _, protocol, _, data in namespace.frames):
            subprocess.run(["ip", "-6", "route", "flush", "cache"], check=False, stderr=subprocess.DEVNULL)


def open_namespaces(request):
    for namespace in namespaces.values():
        namespace.close()
    namespaces.clear()
    for name, path in request["namespaces"].items():
        namespaces[name] = Namespace(path)
    return {}


def warm_up(request):
    """Echo requests that nobody waits for: each kernel asks for its neighbours, and bridges learn who is where."""
    for name, targets in request["pings"].items():
        namespaces[name].enter()
        for target in targets:
            head = struct.pack("!BBHHH", 8, 0, 0, request["id"], 1)
            try:
                if ":" in target:
                    agent6.ping(target, request["id"])
                    continue
                with probe.raw(socket.IPPROTO_ICMP, {}) as sock:
                    sock.sendto(struct.pack("!BBHHH", 8, 0, probe.checksum(head), request["id"], 1), (target, 0))
            except OSError:
                pass
    return {}


COMMANDS = {"open": open_namespaces, "observe": observe, "clean-up": clean_up, "warm-up": warm_up}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = COMMANDS[request["do"]](request)
        except Exception as failure:  # pylint: disable=broad-except
            answer = {"failed": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
