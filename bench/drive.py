"""Requests as fast as they are answered, from a process of its own: wrk where it is, else `python -m bench.drive`."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.support import ROOT

_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: .*read (\d+)")


def rate(url: str, connections: int, headers: Mapping[str, str], seconds: int) -> float:
    """Requests per second over so many connections; an error when one of them failed."""
    program = shutil.which("wrk")
    return (
        _by_wrk(program, url, connections, headers, seconds) if program else _alone(url, connections, headers, seconds)
    )


def driver() -> str:
    """What drives the load here."""
    return "wrk" if shutil.which("wrk") else "bench.drive, which itself takes much of a core: apt-get install wrk"


def _by_wrk(program: str, url: str, connections: int, headers: Mapping[str, str], seconds: int) -> float:
    command = [program, "-t1", f"-c{connections}", f"-d{seconds}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    text = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    found = _RATE.search(text)
    if found is None or not float(found.group(1)) or _BAD.search(text):
        raise RuntimeError(f"requests failed at {url}: {text}")
    return float(found.group(1))


def _alone(url: str, connections: int, headers: Mapping[str, str], seconds: int) -> float:
    command = [sys.executable, "-m", "bench.drive", url, str(connections), json.dumps(dict(headers)), str(seconds)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; names of headers in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Reply:
    """Send a request on an open connection and read its answer (RFC 9112, with a length or in chunks)."""
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ")[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    if headers.get("transfer-encoding") == "chunked":
        return Reply(status, headers, await _chunks(reader))
    length = 0 if status == 304 else int(headers.get("content-length", "0"))
    return Reply(status, headers, await reader.readexactly(length) if length else b"")


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readline()
    return body


def request_bytes(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _ask_on(port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.monotonic() < until:
        reply = await exchange(reader, writer, request)
        if reply.status not in (200, 304):
            raise RuntimeError(f"answered {reply.status}")
        count += 1
    writer.close()
    return count


async def _drive(url: str, connections: int, headers: Mapping[str, str], seconds: int) -> float:
    where = urlsplit(url)
    request = request_bytes("GET", where.path + (f"?{where.query}" if where.query else ""), headers)
    until = time.monotonic() + seconds
    counts = await asyncio.gather(*(_ask_on(where.port or 80, request, until) for _ in range(connections)))
    return sum(counts) / seconds


if __name__ == "__main__":
    print(asyncio.run(_drive(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]), int(sys.argv[4]))))
