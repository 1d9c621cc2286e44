"""What keeps a sender's own kernel from answering what comes back to a probe."""
import ctypes
import socket
import struct

import probe6

SO_ATTACH_FILTER, TCP_REPAIR = 26, 19


def hold_back_resets(spec):
    """A socket of the probe's connection that drops all that comes: the SYN-ACK is then not answered with a reset. What comes
    from elsewhere belongs to no connection, as with a program, and is. Repair mode connects, and closes, without a packet."""
    v6 = ":" in spec["to"]
    guard = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_STREAM)
    drop_all = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
    guard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    guard.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(drop_all)))
    guard.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    try:
        guard.bind((spec.get("from", "::" if v6 else ""), spec["sourcePort"]))
        guard.connect(probe6.destination(spec, spec["port"]) if v6 else (spec["to"], spec["port"]))
    except OSError:
        pass  # There is no way to it: the SYN does not leave, either.
    return guard
