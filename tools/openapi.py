"""Write spec/openapi.json anew from the forms of the API."""

import os
import sys

import django

from tools.findings import ROOT

FILE = ROOT / "spec" / "openapi.json"


def main() -> int:
    """Write it and name it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upheld.project.settings")
    django.setup()
    from upheld.web.api.document import text  # lazy: app ready

    FILE.write_text(text(), encoding="utf-8")
    print(FILE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
