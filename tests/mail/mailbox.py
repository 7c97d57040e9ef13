"""A mail server that answers as a test wants."""

from aiosmtpd.controller import Controller

from tests.web.journeys.server import free_port


class Answering:
    """Keeps what it took; `answer` is its reply to an address, "" for yes."""

    def __init__(self, answer: str = "") -> None:
        self.answer = answer
        self.took: list[tuple[str, bytes]] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()

    @property
    def url(self) -> str:
        return f"smtp+plain://127.0.0.1:{self._controller.port}"

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802 - aiosmtpd's name
        if not self.answer:
            envelope.rcpt_tos.append(address)
        return self.answer or "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.took += [(address, bytes(envelope.content)) for address in envelope.rcpt_tos]
        return "250 kept"

    def stop(self) -> None:
        self._controller.stop()
