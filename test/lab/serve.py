"""Answers TCP (a short HTTP page) and UDP (an echo) until it is ended. Runs in the namespaces of the lab.

serve.py --tcp ADDRESS:PORT --udp ADDRESS:PORT ...     IPv6 addresses in brackets
"""
import argparse
import socket
import threading

PAGE = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nhopwire lab\n"


def bound(kind, where):
    address, port = where.rsplit(":", 1)
    server = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address.strip("[]"), int(port)))
    return server


def answer(connection):
    with connection:
        connection.settimeout(2)
        try:
            connection.recv(4096)
            connection.sendall(PAGE)
        except OSError:
            pass  # The other side only wanted to connect, or is gone.


def serve_tcp(server):
    server.listen(64)
    while True:
        connection, _ = server.accept()
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


def serve_udp(server):
    while True:
        try:
            data, sender = server.recvfrom(65535)
            server.sendto(data, sender)
        except OSError:
            pass  # An ICMP error for an earlier answer comes back as an error of the next call.


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tcp", action="append", default=[])
    parser.add_argument("--udp", action="append", default=[])
    options = parser.parse_args()
    jobs = [(serve_tcp, bound(socket.SOCK_STREAM, where)) for where in options.tcp]
    jobs += [(serve_udp, bound(socket.SOCK_DGRAM, where)) for where in options.udp]
    print("ready", flush=True)
    threads = [threading.Thread(target=job, args=(server,)) for job, server in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
