"""A name server on a free port of this machine, with the TXT records that a test gives it."""

import socket
import threading
from collections.abc import Mapping

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class Names:
    """Answers by UDP until it is stopped. `asked`: the names that somebody wanted to know."""

    def __init__(self, records: Mapping[str, bytes]) -> None:
        self.records = dict(records)
        self.asked = list[str]()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """An empty packet ends it."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            packet, sender = self._socket.recvfrom(4096)
            if not packet:
                return
            try:
                query = dns.message.from_wire(packet)
            except dns.exception.DNSException:
                continue
            self._socket.sendto(self._answer(query).to_wire(), sender)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        name = query.question[0].name.to_text(omit_final_dot=True)
        self.asked.append(name)
        record = self.records.get(name)
        if record is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            pieces = " ".join(f'"{record[at : at + 200].decode()}"' for at in range(0, len(record), 200))
            answer.answer.append(dns.rrset.from_text(name + ".", 60, "IN", "TXT", pieces))
        return answer
