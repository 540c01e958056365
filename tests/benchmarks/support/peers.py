"""Programs of others for the benchmarks of tiles: an environment of their own, tipg, nginx, tippecanoe."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from support import ROOT

LOCK = ROOT / "requirements-peers.lock"
_PATHS = Path(__file__).with_name("paths.lua")
_NGINX = """
daemon off; {user} worker_processes {workers}; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=10000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=1024; root {root};
    location / {{
      types {{ }} default_type application/vnd.mapbox-vector-tile;
      add_header Content-Encoding gzip; add_header Vary Accept-Encoding; add_header Access-Control-Allow-Origin *;
      add_header Cache-Control "public, max-age=31536000, immutable";
    }}
  }}
}}
"""


def environment(folder: Path) -> Path:
    """Make the environment of the peers below a folder; return its Python."""
    python = folder / "peers" / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "-q"]
    subprocess.run([*uv, "venv", "--python", sys.executable, str(folder / "peers")], check=True)
    options = ["--python", str(python), "--no-deps", "--require-hashes", "-r", str(LOCK)]
    subprocess.run([*uv, "pip", "install", *options], check=True)
    return python


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: Sequence[str], probe: str, **environ: str) -> Iterator[None]:
    process = subprocess.Popen(command, env=os.environ | environ, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 120
        while not _answers(probe):
            if process.poll() is not None or time.monotonic() > end:
                sys.exit(f"{Path(command[0]).name} does not answer; its own lines say why.")
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=10, trust_env=False).is_success
    except httpx.TransportError:
        return False


@contextmanager
def nginx(folder: Path, root: Path, probe: str, workers: int) -> Iterator[str]:
    """Serve a folder of compressed tiles; yield the address."""
    port = free_port()
    file = folder / "nginx.conf"
    # The files lie in a folder of whoever runs this, and nginx would leave root behind.
    user = "user root;" if os.geteuid() == 0 else ""
    file.write_text(_NGINX.format(user=user, folder=folder, root=root, port=port, workers=workers))
    command = ["nginx", "-c", str(file), "-p", str(folder), "-e", "stderr"]
    with _running(command, f"http://127.0.0.1:{port}{probe}"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def tipg(python: Path, database_url: str, probe: str, workers: int) -> Iterator[str]:
    """Serve the tables of a database as tipg's documentation starts it; yield the address."""
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers), "--log-level", "error"]
    command = [str(python), "-m", "uvicorn", "tipg.main:app", *options]
    with _running(command, f"http://127.0.0.1:{port}{probe}", DATABASE_URL=database_url):
        yield f"http://127.0.0.1:{port}"


def tippecanoe(python: Path) -> str:
    """Where the program is that the package carries inside."""
    found = subprocess.run(
        [str(python), "-c", "import cubao_tippecanoe; print(cubao_tippecanoe.__path__[0])"],
        capture_output=True,
        text=True,
        check=True,
    )
    return str(Path(found.stdout.strip()) / "__cubao_tippecanoe_tippecanoe.exe")


def load(address: str, paths: Path, *, connections: int, seconds: float) -> float:
    """Answers a second to wrk, which asks for the paths of a file in turn."""
    command = ["wrk", "-t", "2", "-c", str(connections), "-d", f"{seconds:.0f}s", "--timeout", "30s"]
    done = subprocess.run(
        [*command, "-s", str(_PATHS), address, "--", str(paths)], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout.splitlines()[-1])
    if told["refused"] or told["broken"]:
        sys.exit(f"wrk: {told['refused']} tiles were refused and {told['broken']} answers never came.")
    return float(told["requests"] / (told["microseconds"] / 1e6))
