"""Stands between dflare and a server of the Open Inference Protocol, and spoils some of the answers."""

import contextlib
import http.client
import re
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Proxy:
    """Passes on to `upstream` (http://host:port). Each `every`-th answer to a question is spoilt by `fault`: busy (503),
    reset, half (of the body), slow (0.3 s), away (nothing is answered for a second, once), error (500), names, shape."""

    def __init__(self, upstream, fault, every):
        self.upstream = urllib.parse.urlsplit(upstream).netloc
        self.fault, self.every = fault, every
        self.asked, self.spoilt, self.away_until = 0, 0, 0.0
        self.lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = 1 << 20  # an answer in one go

            def do_GET(self):
                proxy.answer(self, b"")

            def do_POST(self):
                proxy.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.host = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request, body):
        spoil = False
        with self.lock:
            if request.command == "POST":
                self.asked += 1
                spoil = self.asked % self.every == 0
                self.spoilt += spoil
            if spoil and self.fault == "away" and not self.away_until:
                self.away_until = time.monotonic() + 1
            away = time.monotonic() < self.away_until
        if away or (spoil and self.fault == "reset"):
            request.close_connection = True
            request.connection.close()
        elif spoil and self.fault == "busy":
            self.send(request, 503, [], b"busy")
        else:
            with contextlib.suppress(ConnectionError):  # who asked has gone
                self.pass_on(request, body, self.fault if spoil else None)

    def pass_on(self, request, body, fault):
        status, headers, answer = self.asked_of_the_server(request, body)
        if fault == "slow":
            time.sleep(0.3)
        if fault == "error":
            return self.send(request, 500, [], b'{"error": "out of memory"}')
        if fault == "names":
            answer = re.sub(rb'("outputs": ?\[\{"name": ?").', rb"\1_", answer)
        if fault == "shape":
            answer = re.sub(rb'("shape": ?\[\d+, ?)\d', rb"\g<1>9", answer)
        self.send(request, status, headers, answer, half=fault == "half")

    def asked_of_the_server(self, request, body):
        connection = http.client.HTTPConnection(self.upstream, timeout=60)
        kept = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "connection")}
        connection.request(request.command, request.path, body or None, kept)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        passed = [(n, v) for n, v in response.getheaders() if n.lower() not in ("content-length", "connection", "date")]
        return response.status, passed, answer

    def send(self, request, status, headers, body, half=False):
        request.send_response(status)
        for name, value in headers:
            if name.lower() not in ("server", "transfer-encoding"):
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: len(body) // 2] if half else body)
        if half:
            request.wfile.flush()
            request.close_connection = True
