"""Answers TCP (a short page) and UDP (an echo) on all addresses until it is ended.

serve.py TCP,TCP,... UDP,UDP,...

Its echo answers from the address that was asked, as programs on hosts with several addresses do (IP_PKTINFO): which one a
program takes is its own choice, and the engine assumes a careful one.
"""
import socket
import sys
import threading

IP_PKTINFO = 8
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
    server.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
    server.bind(("", port))
    while True:
        try:
            data, extra, _, sender = server.recvmsg(65535, 64)
            # in_pktinfo: interface (0: let the route decide), the address to send from, the address in the header.
            asked = [value[8:12] for level, kind, value in extra if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO)]
            info = [(socket.IPPROTO_IP, IP_PKTINFO, b"\0\0\0\0" + asked[0] + b"\0\0\0\0")]
            server.sendmsg([data], info, 0, sender)
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
