"""Write the published JSON Schemas (spec/schema) anew from the models of the privacy folder."""

import sys

from tools.findings import ROOT
from upheld.datamap.schema import FILES, schema_text

FOLDER = ROOT / "spec" / "schema"


def main() -> int:
    """Write one file a schema and name it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        path = FOLDER / f"{name}.json"
        path.write_text(schema_text(name))
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
