"""A program that is called, and answers as a test wants."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class Called:
    """Keeps each call: path, headers and body. `answer`: the status it gives, 0 to hang up."""

    def __init__(self, answer: int = 204) -> None:
        self.answer = answer
        self.calls: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.calls.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                if not outer.answer:
                    self.connection.close()
                    return
                self.send_response(outer.answer)
                if outer.answer == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hooks/upheld?room=7"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
