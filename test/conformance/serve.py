"""Answers TCP (a short page) on all addresses and UDP (an echo) on each address, until it is ended.

serve.py TCP,TCP,... UDP,UDP,... [6]        6: those of IPv6 as well

The echo has a socket on each address that there is when it starts. From where a program answers that listens on all
addresses with one socket is its own choice, which no host state tells: not a question to put to the engine.
"""
import json
import socket
import subprocess
import sys
import threading

IP_FREEBIND = 15
PAGE = b"HTTP/1.0 200 OK\r\nContent-Length: 8\r\n\r\nhopwire\n"


def answer(connection):
    with connection:
        connection.settimeout(2)
        try:
            connection.recv(4096)
            connection.sendall(PAGE)
        except OSError:
            pass


def serve_tcp(server):
    while True:
        threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()


def serve_udp(server):
    while True:
        try:
            data, sender = server.recvfrom(65535)
            server.sendto(data, sender)
        except OSError:
            pass  # An ICMP error for an earlier answer comes back as an error of the next call.


def udp_server(address, port):
    server = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    # An address of a bridge that has no port yet is not known to be the only one of its kind.
    server.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
    server.bind((address, port))
    return server


def own_addresses(family):
    links = json.loads(subprocess.check_output(["ip", "-j", f"-{family}", "addr"]))
    own = [address for link in links for address in link.get("addr_info", []) if "local" in address]
    return [address["local"] for address in own if family == 4 or address["scope"] != "link"]


def ports(text):
    return [int(port) for port in text.split(",") if port]


def main():
    tcp, udp = ports(sys.argv[1]), ports(sys.argv[2])
    jobs = [(serve_tcp, socket.create_server(("", port), backlog=64)) for port in tcp]
    jobs += [(serve_udp, udp_server(address, port)) for port in udp for address in own_addresses(4)]
    if sys.argv[3:] == ["6"]:
        jobs += [(serve_tcp, socket.create_server(("::", port), family=socket.AF_INET6, backlog=64)) for port in tcp]
        jobs += [(serve_udp, udp_server(address, port)) for port in udp for address in own_addresses(6)]
    threads = [threading.Thread(target=serve, args=(server,)) for serve, server in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
