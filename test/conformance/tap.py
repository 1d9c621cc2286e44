"""What a run sees: a tap in each namespace, which sees what `tcpdump -i any` sees there."""
import ctypes
import errno
import fcntl
import mmap
import os
import socket
import struct

ETH_P_ALL, PACKET_OUTGOING = 3, 4
SOL_PACKET, PACKET_RX_RING, PACKET_STATISTICS, PACKET_VERSION = 263, 5, 6, 10
TPACKET_V2, TP_STATUS_USER, SIOCGIFNAME = 1, 1, 0x8910
CLONE_NEWNET = 0x40000000
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
