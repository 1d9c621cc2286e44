"""Answers TCP (a short page) and UDP (an echo) on all addresses until it is ended.

serve.py TCP,TCP,... UDP,UDP,...

Its echo answers by a plain send, whose source the route back chooses: that is what the engine assumes of a program on a wildcard
socket (docs/dispositions.md), since which programs do more (IP_PKTINFO) cannot be read from a host.
"""
import socket
import sys
import threading

PAGE = b"HTTP/1.0 200 OK\r\nContent-Length: 8\r\n\r\nhopwire\n"


def answer(connection):
    with connection:
        connection.settimeout(2)
        try:
            connection.recv(4096)
            connection.sendall(PAGE)
        except OSError:
            pass


def serve_tcp(port):
    server = socket.create_server(("", port), backlog=64)
    while True:
        threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()


def serve_udp(port):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("", port))
    while True:
        try:
            data, sender = server.recvfrom(65535)
            server.sendto(data, sender)
        except OSError:
            pass  # An ICMP error for an earlier answer comes back as an error of the next call.


def main():
    jobs = [(serve, int(port)) for serve, ports in zip((serve_tcp, serve_udp), sys.argv[1:3]) for port in ports.split(",") if port]
    threads = [threading.Thread(target=serve, args=(port,)) for serve, port in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
