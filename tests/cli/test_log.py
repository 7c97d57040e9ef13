"""The log holds no person, whoever wrote what."""

import io
import json

from upheld.cli.log import logger


def test_addresses_and_long_numbers_are_redacted_in_every_field() -> None:
    file = io.StringIO()

    logger(file).info(
        "wrote to ada@example.org", system="forum", detail="call +49 30 1234567 now", case="0b2f55f7"
    )

    written = json.loads(file.getvalue())
    del written["timestamp"]
    assert written == {
        "event": "wrote to [redacted]",
        "system": "forum",
        "detail": "call +[redacted]now",
        "case": "0b2f55f7",
        "level": "info",
    }
