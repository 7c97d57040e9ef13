"""A line between a client and a database that is cut at the COMMIT: after it went on, or before."""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self


class Proxy:
    """Forwards one client at a time. Once `armed()`, the next COMMIT is the last thing that passes; with
    `arrives` False it does not pass either. The server's answer to it is waited for and dropped."""

    def __init__(self, port: int, armed: Callable[[], bool], *, arrives: bool) -> None:
        self.to, self.armed, self.arrives, self.cut = port, armed, arrives, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self.threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(60)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.to))
            back = threading.Thread(target=self._answers, args=(server, client), daemon=True)
            there = threading.Thread(target=self._asks, args=(client, server), daemon=True)
            self.threads += [back, there]
            back.start()
            there.start()

    def _asks(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if not self.cut and b"COMMIT" in data and self.armed():
                    self.cut = True
                    if self.arrives:
                        server.sendall(data)
                        return  # the answers' side closes, once it was given
                    break
                server.sendall(data)
        _close(client, server)

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while (data := server.recv(65536)) and not self.cut:
                client.sendall(data)
        _close(client, server)


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
