"""Asks a DNS server for the A record of a name: dns_query.py SERVER NAME SECONDS. Prints the answer's code and addresses."""
import socket
import struct
import sys

server, name, seconds = sys.argv[1:]
question = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0" + struct.pack("!HH", 1, 1)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(float(seconds))
    try:
        sock.connect((server, 53))
        sock.send(struct.pack("!HHHHHH", 4711, 0x0100, 1, 0, 0, 0) + question)
        data = sock.recv(4096)
        code = data[3] & 15
        found = struct.unpack("!H", data[6:8])[0]
        print({0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN"}.get(code, code), socket.inet_ntoa(data[-4:]) if found else "-")
    except socket.timeout:
        print("TIMEOUT -")
    except OSError as failure:
        print("REFUSED -" if isinstance(failure, ConnectionRefusedError) else failure)
