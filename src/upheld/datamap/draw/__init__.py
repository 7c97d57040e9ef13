"""Pictures of a data map: Mermaid text for a README, and a page that stands alone for everybody else.

Both show tables, links and treatments. Neither shows `connect`, or any value of a condition.
"""

from upheld.datamap.draw.mermaid import as_mermaid
from upheld.datamap.draw.page import as_html

__all__ = ["as_html", "as_mermaid"]
