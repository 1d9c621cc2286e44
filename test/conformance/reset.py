"""Ends a half-open connection that a lone SYN left behind: one RST, so that its SYN-ACK is not repeated.

Arguments: source address, source port, destination address, destination port, sequence number of the RST.
"""
import socket
import struct
import sys


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


source, source_port, target, target_port, sequence = sys.argv[1:]
fields = (int(source_port), int(target_port), int(sequence) & 0xFFFFFFFF, 0, 5 << 4, 4, 0)
ends = socket.inet_aton(source) + socket.inet_aton(target) + struct.pack("!BBH", 0, socket.IPPROTO_TCP, 20)
segment = struct.pack("!HHIIBBHHH", *fields, checksum(ends + struct.pack("!HHIIBBHHH", *fields, 0, 0)), 0)
with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as sock:
    sock.bind((source, 0))
    sock.sendto(segment, (target, 0))
