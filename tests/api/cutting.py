"""A bad connection: a proxy on one machine that breaks off after so many bytes, as often as it is told."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread


class CuttingProxy:
    """Passes bytes on to a port; each of the first connections ends, without a word, after its number of bytes."""

    def __init__(self, port, cuts):
        self._port, self._cuts = port, list(cuts)
        self.broken = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    def close(self):
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()

    def _accept(self):
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            self._start(self._upwards, client, server)
            self._start(self._downwards, server, client)

    def _start(self, work, *sockets):
        thread = Thread(target=work, args=sockets)
        self._threads.append(thread)
        thread.start()

    def _upwards(self, client, server):
        """Only what is long enough is cut: the small requests that announce an upload get through."""
        passed = 0
        with suppress(OSError):
            while data := client.recv(65536):
                if self._cuts and passed + len(data) > self._cuts[0]:
                    server.sendall(data[: self._cuts.pop(0) - passed])
                    self.broken += 1
                    break
                passed += len(data)
                server.sendall(data)
        self._end(server, client)

    def _downwards(self, server, client):
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        self._end(client)

    @staticmethod
    def _end(*sockets):
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
