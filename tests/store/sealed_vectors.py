"""Writes spec/vectors/sealed/values.json anew, by the program's own means: `python -m tests.store.sealed_vectors`."""

import json
import random
import tempfile
from pathlib import Path
from uuid import UUID

from upheld.rights.codec import encode
from upheld.store.keys import KeyStore
from upheld.store.sealedfile import SALT, seal
from upheld.store.sealing import seal_value
from upheld.store.secondfactor import sealed

FILE = Path(__file__).parents[2] / "spec" / "vectors" / "sealed" / "values.json"
ID = UUID("5f2b7c1e-8f0a-4c56-9a39-0d2f6c1b7e44")
AGE = "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQS0SGFR4"


def made() -> dict[str, object]:
    """The whole vector."""
    from upheld.actions.arrivals import Content, Told
    from upheld.actions.originals import Asker, Original
    from upheld.mail.letter import Letter

    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as place:
        keys = KeyStore(Path(place) / "keys", random=chance.randbytes)
        name, gone = keys.create(), keys.create()
        content = Content(
            "ada@example.org",
            Told(words="Please look for Ä. Quillfeather", others=("a@example.net",), hints=("Ada",)),
        )
        values = [
            (f"arrival:{ID}", encode(content)),
            (
                f"arrival:{ID}:original",
                encode(Original(Asker(), sender="clerk@example.org", subject="My data", text="Erase it.")),
            ),
            ("mail:12", encode(Letter("ada@example.org", "Your request", "We have it.\n"))),
        ]
        texts = [
            (f"communication:{ID}", "From: ada@example.org\r\n\r\nErase it.\r\n"),
            (f"copy:{ID}", AGE),
            (f"upload:{ID}:name", "letters of März.pdf"),
            (f"enclosure:{ID}:name", "passport.jpg"),
        ]
        files = [(f"upload:{ID}:content", chance.randbytes(100)), (f"enclosure:{ID}", b"")]
        listed = [
            {"record": record, "json": value, "sealed": seal_value(keys, name, value, record=record).hex()}
            for record, value in values
        ]
        listed += [
            {"record": record, "text": text, "sealed": keys.seal(name, text.encode(), record=record).hex()}
            for record, text in texts
        ]
        kept = []
        for number, (record, content_) in enumerate(files):
            path = Path(place) / str(number)
            seal(keys, name, path, [content_], salt=keys.salt(SALT), record=record)
            kept.append({"record": record, "content": content_.hex(), "sealed": path.read_bytes().hex()})
        first = listed[0]
        lost = keys.seal(gone, b"{}", record="mail:13").hex()
        keys.destroy([gone])
        invalid = [
            {
                "why": "altered",
                "what": "of another record",
                "key": name,
                "record": "mail:1",
                "sealed": first["sealed"],
            },
            {
                "why": "version",
                "what": "version 2",
                "key": name,
                "record": first["record"],
                "sealed": "02" + str(first["sealed"])[2:],
            },
            {"why": "destroyed", "what": "its key is gone", "key": gone, "record": "mail:13", "sealed": lost},
        ]
        factors = [{"text": "JBSWY3DPEHPK3PXP", "sealed": sealed(keys, "JBSWY3DPEHPK3PXP")}]
        home = Path(place) / "keys"
        folder = {
            each.relative_to(home).as_posix(): each.read_text() for each in sorted(home.rglob("*.key*"))
        }
    return {
        "what": "one key, and everything of spec/sealed.md under it",
        "files": folder,
        "key": name,
        "values": listed,
        "sealed_files": kept,
        "second_factors": factors,
        "invalid": invalid,
    }


if __name__ == "__main__":
    from upheld.cli.start import settle

    settle(None, None)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(made(), indent=1, ensure_ascii=False) + "\n")
