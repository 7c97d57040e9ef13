"""Who may do what in the console, as the code's own table has it."""

from upheld.actions.staff import MAY
from upheld.store.models import Role

SAYS = {
    "see": "see cases, without what is sealed",
    "look": "open what is sealed, with a reason that is kept",
    "intake": "take requests in by mail, letter, telephone",
    "judge": "say that she is sure who asks, with a reason",
    "plan": "see what would be done, and counts",
    "approve": "approve that it is done",
    "decide": "extend, refuse, correct, take back, undo",
    "agree": "be the second who agrees",
    "note": "write notes",
    "assign": "say who looks after a case",
    "search": "find a case by a person's address, with a reason",
    "verify": "ask for more certainty, doubt, hold a signed mail against its key",
    "answer": "answer a task of a system by hand",
    "outbox": "see which mails wait, without what they say",
    "mail": "open a mail that waits",
    "letters": "edit the letters",
    "stop": "stop all writing",
    "lift": "lift that stop",
    "systems": "see systems and their findings",
    "check": "check a system now",
    "journal": "see what went wrong",
    "history": "see and verify the ledger",
    "staff": "invite colleagues, close accounts",
    "tokens": "see which programs may call",
    "token": "make and revoke their tokens",
    "own": "their own account",
    "today": "see the start page",
    "foundation": "edit the privacy folder",
}


def markdown() -> str:
    """The table of docs/roles.md."""
    head = f"| may | {' | '.join(each.lower() for each in Role)} |"
    rows = (
        f"| {SAYS.get(what, what)} | {' | '.join('yes' if each in who else '' for each in Role)} |"
        for what, who in MAY.items()
    )
    return "\n".join((head, "|---" * (1 + len(Role)) + "|", *rows)) + "\n"
