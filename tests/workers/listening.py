"""Servers that tests talk to over real sockets: one for HTTP, one that takes mail."""

from __future__ import annotations

import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs


@dataclass
class Heard:
    """What arrived, and where the server listens."""

    url: str = ""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    mails: list[tuple[list[str], str]] = field(default_factory=list)

    @property
    def forms(self) -> list[dict[str, str]]:
        return [{k: v[0] for k, v in parse_qs(body.decode()).items()} for _, _, body in self.requests]


Answer = Callable[[], tuple[int, bytes]]


@contextmanager
def http(answer: Answer) -> Iterator[Heard]:
    """Answer every POST with a status and a body."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard.requests.append((self.path, dict(self.headers), body))
            status, told = answer()
            if status == 0:  # hang up without a word, after everything was heard
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_told):
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        heard.url = f"http://127.0.0.1:{port}"
        yield heard


@contextmanager
def mail() -> Iterator[Heard]:
    """Take mail as SMTP says, and keep it."""
    heard = Heard()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            to: list[str] = []
            self._say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line.upper().split(" ")[0]
                if verb == "RCPT":
                    to.append(line.partition(":")[2].strip("<> "))
                if verb == "DATA":
                    self._say("354 go on")
                    lines = []
                    while (told := self.rfile.readline().decode()) != ".\r\n":
                        lines.append(told)
                    heard.mails.append((to, "".join(lines)))
                self._say("221 bye" if verb == "QUIT" else "250 ok")
                if verb == "QUIT":
                    return

        def _say(self, line):
            self.wfile.write(f"{line}\r\n".encode())

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        heard.url = f"smtp://127.0.0.1:{port}?from=farola@city.example"
        yield heard


@contextmanager
def _serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> str:
    """An address at which nobody listens."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return f"http://127.0.0.1:{server.server_address[1]}"
