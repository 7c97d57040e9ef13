"""The entry types that Upheld writes. docs/ledger-entries.md is generated from here (see `reference`)."""

from upheld.ledger.entry import EntryType, Field, Kind, Registry

REGISTRY = Registry()

EVIDENCE_CLASSES = ("A", "B", "C", "D", "E")
ESTABLISHED = ("witnessed", "receipt", "reread")
STEP_COUNTS = ("matched", "deleted", "anonymised", "detached", "retained")
SET_COUNTS = ("matched", "restricted", "lifted", "corrected", "left")
METHODS = ("link", "mail", "sign-in", "data-points", "declaration", "judgement", "program")
ROLES = ("officer", "operator", "support", "auditor", "engineer")
LEVELS = ("none", "reasonable", "high")
RESTRICTION_GROUNDS = ("contested", "unlawful", "claims", "objection")


def _id(name: str, meaning: str) -> Field:
    return Field(name, Kind.ID, meaning, personal=False)


def _code(name: str, meaning: str, values: tuple[str, ...] = (), *, optional: bool = False) -> Field:
    return Field(name, Kind.CODE, meaning, personal=False, values=values, optional=optional)


def _count(name: str, meaning: str) -> Field:
    return Field(name, Kind.COUNT, meaning, personal=False)


def _commitment(name: str, meaning: str) -> Field:
    return Field(name, Kind.DIGEST, meaning, personal=True)


def _date(name: str, meaning: str, *, optional: bool = False) -> Field:
    return Field(name, Kind.DATE, meaning, personal=False, optional=optional)


def _register(name: str, meaning: str, *fields: Field) -> str:
    return REGISTRY.register(EntryType(name, meaning, fields)).name


_CASE = _id("case", "the case's random id, which names nobody")
_SYSTEM = _code("system", "the system's code in the data map")
_STEP = _code("step", "the step of the plan, such as erase or anonymise, with its table where there is one")

CASE_OPENED = _register(
    "case.opened/v1",
    "A person's case was opened and its regime pinned.",
    _CASE,
    _code("right", "the right that is exercised"),
    _code("regime", "the regime pack that applies, with its version"),
)
COMMUNICATION_CLOSED = _register(
    "communication.closed/v1",
    "A message that came in was closed, and nothing was opened for it.",
    _id("communication", "the message's random id, which names nobody"),
    _code("channel", "how it came in"),
    _code("reason", "why nothing was opened", ("not-a-request", "spam", "here-already")),
)
COMMUNICATION_REOPENED = _register(
    "communication.reopened/v1",
    "A message that had been closed was taken up again.",
    _id("communication", "the message's random id, which names nobody"),
)
IDENTITY_JUDGED = _register(
    "identity.judged/v1",
    "A member of staff judged, with a reason, that a message is the person's own; no link proved it.",
    _CASE,
    _code("channel", "how it came in"),
)
VERIFICATION_ADDED = _register(
    "verification.added/v1",
    "It was proved who asks; an approval stands on it.",
    _CASE,
    _code("right", "the right that is exercised"),
    _code("method", "how it was proved", METHODS),
    _code("level", "how sure it is, by all that was proved so far", LEVELS),
)
DOUBT_RECORDED = _register(
    "doubt.recorded/v1",
    "Somebody doubts who asks, and said why: only then is more asked for.",
    _CASE,
    _code("right", "the right that is exercised"),
    _code("needed", "how sure it must be from now on", LEVELS),
    _count("asked", "how many values the person is asked to name"),
    _code("declaration", "whether she is asked to sign that she is the person", ("asked", "not-asked")),
)
PLAN_APPROVED = _register(
    "plan.approved/v1",
    "The plan was approved; what is done later can be compared with it.",
    _CASE,
    _commitment("plan", "commitment to the plan, under the case's key"),
    _count("systems", "how many systems the plan touches"),
)
STEP_FULFILLED = _register(
    "step.fulfilled/v1",
    "One step was fulfilled in one system.",
    _CASE,
    _SYSTEM,
    _STEP,
    _code("outcome", "how the step ended"),
    _code("evidence_class", "what kind of evidence there is; classes are never mixed", EVIDENCE_CLASSES),
    Field("counts", Kind.COUNTS, "records, by what happened to them", personal=False, values=STEP_COUNTS),
    _commitment("evidence", "commitment to the evidence, under the case's key"),
    _code(
        "established",
        "how the outcome is known: seen at the time, by a receipt in the target, or by reading again; "
        "absent where somebody else only says so",
        ESTABLISHED,
        optional=True,
    ),
)
STEP_SET = _register(
    "step.set/v1",
    "Values were set in one system and nothing was removed: marks of a restriction, their end, a correction.",
    _CASE,
    _SYSTEM,
    _STEP,
    _code("evidence_class", "what kind of evidence there is; classes are never mixed", EVIDENCE_CLASSES),
    Field(
        "counts",
        Kind.COUNTS,
        "records, by what happened to them; left: changed by somebody meanwhile, and left alone",
        personal=False,
        values=SET_COUNTS,
    ),
    _commitment("evidence", "commitment to the evidence, under the case's key"),
    _code(
        "established",
        "how the outcome is known; absent where somebody else only says so",
        ESTABLISHED,
        optional=True,
    ),
)
STEP_FAILED = _register(
    "step.failed/v1",
    "One step failed; the case stays open.",
    _CASE,
    _SYSTEM,
    _STEP,
    _code(
        "failure",
        "whether to retry, to stop, or to ask a person",
        ("transient", "permanent", "misconfigured"),
    ),
    _code("reason", "the code of the finding or error"),
)
STEP_RETAINED = _register(
    "step.retained/v1",
    "Records stay because a ground of law or policy asks for it.",
    _CASE,
    _SYSTEM,
    _STEP,
    _code("ground", "the ground for keeping them"),
    _count("records", "how many records stay"),
    _date("until", "the date on which the ground ends", optional=True),
)
PACKAGE_ISSUED = _register(
    "package.issued/v1",
    "A copy of a person's data was made ready for her.",
    _CASE,
    _commitment("package", "commitment to the package, under the case's key"),
    _count("systems", "how many systems the copy covers"),
    _date("expires", "the date after which the copy is destroyed"),
)
PACKAGE_OPENED = _register(
    "package.opened/v1",
    "The copy was opened with the person's link.",
    _CASE,
    _count("times", "how often it has been opened, this time included"),
)
CERTIFICATE_ISSUED = _register(
    "certificate.issued/v1",
    "A certificate was issued; the entry binds its words.",
    _CASE,
    _commitment("certificate", "commitment to the certificate's canonical JSON, under the case's key"),
    _code("completeness", "whether every system was finished", ("complete", "incomplete")),
)
CASE_CLOSED = _register(
    "case.closed/v1",
    "The case was closed.",
    _CASE,
    _code("outcome", "how the case ended"),
    _code("reason", "the reason, where one is needed", optional=True),
)
KEY_DESTROYED = _register(
    "key.destroyed/v1",
    "A key was destroyed; what was sealed with it can no longer be read.",
    _CASE,
    _id("key", "the key's random id"),
    _date("effective_by", "the date by which copies of the key in key backups are gone as well"),
)
RETENTION_PURGED = _register(
    "retention.purged/v1",
    "Records whose period of retention had ended were removed.",
    _SYSTEM,
    _code("ground", "the ground that had kept them"),
    _count("records", "how many records were removed"),
)
SUPPRESSION_ADDED = _register(
    "suppression.added/v1",
    "A keyed mark was set, so that an erased person is not added again, or one who objected not written to.",
    _CASE,
    _commitment("mark", "the keyed mark, made with the suppression key, which is held apart"),
    _code(
        "against", "what an objection keeps away; after an erasure everything", ("marketing",), optional=True
    ),
)
SUPPRESSION_LIFTED = _register(
    "suppression.lifted/v1",
    "A keyed mark was taken away again: its erasure was undone, or she wants to be written to again.",
    Field(
        "case",
        Kind.ID,
        "the case's random id; absent where she wants to be written to again",
        personal=False,
        optional=True,
    ),
    _commitment("mark", "the keyed mark, made with the suppression key, which is held apart"),
    _code("against", "what the mark had kept away; of an erasure everything", ("marketing",), optional=True),
)
ERASURE_UNDONE = _register(
    "erasure.undone/v1",
    "What an erasure had removed was put back in one system, within its undo window.",
    _CASE,
    _SYSTEM,
    _count("restored", "how many records came back"),
    _count("conflicts", "how many did not, because something stands in their place or in their way by now"),
    _commitment("evidence", "commitment to the evidence, under the case's key"),
    _code(
        "established",
        "how the outcome is known: seen at the time, by a receipt, or by reading again",
        ESTABLISHED,
    ),
)
ERASURE_REPLAYED = _register(
    "erasure.replayed/v1",
    "Erasures were repeated after a restore or an import.",
    _SYSTEM,
    _code("cause", "why they were repeated", ("restore", "import")),
    _count("erasures", "how many erasures were repeated"),
    _count("records", "how many records had come back and were removed again"),
)
RESTRICTION_SET = _register(
    "restriction.set/v1",
    "Somebody's data is restricted from now on: it is kept and not used.",
    _CASE,
    _code("ground", "the case of Art. 18(1)", RESTRICTION_GROUNDS),
)
RESTRICTION_TOLD = _register(
    "restriction.told/v1",
    "The person was told that the restriction will be lifted; without this entry none is lifted.",
    _CASE,
    _date("on", "the day on which she was told"),
)
RESTRICTION_LIFTED = _register(
    "restriction.lifted/v1",
    "The restriction was lifted, and its marks are as they were before it.",
    _CASE,
    _date("told", "the day on which the person had been told"),
)
STATEMENT_ADDED = _register(
    "statement.added/v1",
    "A person's own statement was put beside what is held about her.",
    _CASE,
    _commitment("statement", "commitment to its words, under the case's key"),
)
STATEMENT_REMOVED = _register(
    "statement.removed/v1",
    "A statement went with the data that it was about: its key is destroyed.",
    _CASE,
    _id("key", "the key's random id"),
)
VALUES_REPLAYED = _register(
    "values.replayed/v1",
    "After a restore, marks of restrictions and corrections were set again that the backup did not have.",
    _SYSTEM,
    _count("records", "how many records had come back without them"),
)
REQUEST_EXTENDED = _register(
    "request.extended/v1",
    "More time was taken for one request, and the person was told why within the first period.",
    _CASE,
    _code("right", "the right that is exercised"),
    _code("reason", "the reason, as the regime pack names it"),
    _date("target", "the new day by which we answer"),
    _date("legal", "the new last lawful day"),
    _commitment("decision", "commitment to who decided it and in which words, under the case's key"),
)
REQUEST_REFUSED = _register(
    "request.refused/v1",
    "One request was refused on a ground of its law, and the person was told the ways to complain.",
    _CASE,
    _code("right", "the right that was asked for"),
    _code("ground", "the ground, as the regime pack names it"),
    _code("extent", "whether all of it was refused, or some systems", ("whole", "part")),
    _commitment("decision", "commitment to who decided it and in which words, under the case's key"),
)
OBJECTION_UPHELD = _register(
    "objection.upheld/v1",
    "An objection to another use than direct marketing was weighed and held; the use stops.",
    _CASE,
    _commitment("decision", "commitment to who decided it and in which words, under the case's key"),
)
REQUEST_WITHDRAWN = _register(
    "request.withdrawn/v1",
    "The person took one request back before anything was written for it, and nothing will be.",
    _CASE,
    _code("right", "the right that had been asked for"),
    _code("by", "who took it back: she by her own link, or staff on her word", ("person", "staff")),
    _commitment("decision", "commitment to who recorded it and in which words, under the case's key"),
)
REQUEST_PAUSED = _register(
    "request.paused/v1",
    "The person was asked who she is; the last lawful day may move by the days until she answers.",
    _CASE,
    _code("right", "the right that is exercised"),
    _date("asked", "the day on which she was asked"),
    _commitment("decision", "commitment to who asked and why, under the case's key"),
)
REQUEST_RESUMED = _register(
    "request.resumed/v1",
    "The question of identity was answered; our own date has not moved.",
    _CASE,
    _code("right", "the right that is exercised"),
    _date("answered", "the day on which she answered"),
    _date("legal", "the last lawful day from now on"),
    _commitment("decision", "commitment to who recorded it and in which words, under the case's key"),
)
ACCOUNT_CHANGED = _register(
    "account.changed/v1",
    "An account of staff was made, closed, opened anew, confirmed or logged out, or its factors changed.",
    _id("account", "the account's number, which names nobody"),
    _code("role", "what the account may do", ROLES),
    _code(
        "change",
        "what was done",
        ("made", "closed", "renewed", "factor-added", "factor-removed", "confirmed", "sessions-ended"),
    ),
)
AGREEMENT_GIVEN = _register(
    "agreement.given/v1",
    "A second yes was given to what one person alone may not decide.",
    Field(
        "case",
        Kind.ID,
        "the case's random id; absent for the stop switch and the map",
        personal=False,
        optional=True,
    ),
    _code("matter", "what it is about", ("limits", "undo", "refusal", "stop", "map")),
    _code("rule", "who had to agree", ("colleague", "outside", "cooling")),
)
RECORDS_RESTORED = _register(
    "records.restored/v1",
    "Our own records were restored from a backup.",
    _date("made", "the day on which the backup was made"),
    _count("entries", "how many entries the ledger of the backup had"),
    _count("brought", "how many later entries were brought back from an export"),
    _count(
        "lost",
        "how many later entries were signed and are lost; who has a checkpoint of them holds another history",
    ),
    _count(
        "unreadable", "how many cases and windows of it are unreadable, for their keys were destroyed since"
    ),
)
KEYS_ROTATED = _register(
    "keys.rotated/v1",
    "The master key of the key store was replaced, and every key wrapped by the new one.",
    _count("keys", "how many keys"),
)
SETTING_CHANGED = _register(
    "setting.changed/v1",
    "What the environment leaves open was set in the console, or is not set there any more.",
    _code("setting", "what it says; never its value", ("mail-server", "mail-sender", "address", "database")),
    _code("system", "whose database's address it is", optional=True),
    _code("change", "what was done", ("set", "removed")),
    _id("account", "the number of the account that did it, which names nobody"),
)
TOKEN_MADE = _register(
    "token.made/v1",
    "A program was given a token by which it sends requests in or reads where they stand.",
    _id("token", "the token's random id"),
    _code("may", "what it may do", ("submit", "read", "both")),
    _code("trusted", "how sure it is who asks where the program says that it verified her", LEVELS),
    _date("expires", "the day on which it ends"),
)
TOKEN_REVOKED = _register(
    "token.revoked/v1",
    "A program's token was taken back.",
    _id("token", "the token's random id"),
)
REQUEST_RULED = _register(
    "request.ruled/v1",
    "A request was approved by the organisation's own rule (`approve`), and by nobody who looked at it.",
    _CASE,
    _code("right", "the right that is exercised"),
    _id("token", "the random id of the token with which it was sent in"),
)
