"""Cases as people name them: by the first digits of an id."""

from upheld.rights.outcome import Misnamed
from upheld.store.models import Case


def refuse_no_case(case: str) -> None:
    """Misnamed where no case begins with these digits: mistyped, it would look as if nothing was left."""
    if case and not any(str(key).startswith(case) for key in Case.objects.values_list("pk", flat=True)):
        raise Misnamed(f"There is no case {case}.", "`upheld status` lists those that are open.")
