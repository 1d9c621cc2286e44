"""Sends probes in the namespaces of a lab and tells all that they caused there.

One process for a whole run: it enters each namespace as needed. Reads one request a line (JSON, see agent.ts) and answers
each with one line. The probes themselves are those of the lab (probe.py); taps see what `tcpdump -i any` sees.
"""
import base64
import json
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
from tap import Namespace  # noqa: E402

ETH_P_ARP, ETH_P_IPV6 = 0x0806, 0x86DD
SOLICITATION, ADVERTISEMENT, TOO_BIG, REDIRECT = 135, 136, 2, 137
# What a kernel remembers for later packets.
TEACHING = (TOO_BIG, REDIRECT)
# An answer on one machine takes a few milliseconds; a neighbour that does not answer ARP is given up after three seconds.
QUIET_S, ARP_S = 0.25, 4.5
# Where a server is a program, silence is counted in short sleeps: where a sleeper gets its turn late, so does the server.
TURN_S, LONGEST_S = 0.01, 0.9


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
    return [text_of(process, name, program) for process, (name, program) in zip(running, wanted)]


def text_of(process, name, program):
    """What was not read must not look like rules that have counted nothing: it is read again, and then a failure."""
    text = process.communicate()[0]
    if process.returncode != 0:
        namespaces[name].enter()
        text = subprocess.run([program, "-c"], stdout=subprocess.PIPE, check=True).stdout
    return text.decode()


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
