"""Write the published JSON Schemas (spec/schema) anew from the models of the privacy folder and of packs."""

import sys

from tools.findings import ROOT
from upheld.datamap.schema import FILES, schema_text
from upheld.law import packs

FOLDER = ROOT / "spec" / "schema"


def main() -> int:
    """Write one file a schema and name it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    texts = {name: schema_text(name) for name in FILES} | {"regime-pack": packs.schema_text()}
    for name, text in texts.items():
        path = FOLDER / f"{name}.json"
        path.write_text(text)
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
