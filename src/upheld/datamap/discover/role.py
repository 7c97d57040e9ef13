"""What tables and links are, by their words: who owns a row, who only did something to it, what may go."""

from enum import StrEnum

from upheld.datamap.discover.word import one, singular, words


class Role(StrEnum):
    """What a column that leads to a person makes of the row. OWNER: it is hers. PARTY: it is between her and
    somebody. ACTOR: she did something to a row that is not hers. UNSAID: the name does not tell."""

    OWNER = "owner"
    PARTY = "party"
    ACTOR = "actor"
    UNSAID = "unsaid"


class Sort(StrEnum):
    """What the rows of a table are."""

    FRAMEWORK = "framework"
    MONEY = "money"
    CONTENT = "content"
    LOG = "log"
    OWN = "own"
    THING = "thing"


_OWNERS = frozenset(
    "user person people member customer client account author writer poster commenter uploader submitter "
    "donor contact guest patient employee subscriber participant attendee speaker buyer visitor profile "
    "applicant candidate passenger student holder payer voter fan player traveler traveller requester "
    "kunde nutzer benutzer mitglied utilisateur cliente usuario socio uploaded posted submitted written "
    "authored ordered booked requested purchased sender initiator caller follower bidder owner registrant "
    "organiser organizer reporter login".split()
)
_PARTIES = frozenset(
    "recipient receiver to target followed followee friend mentioned addressee partner peer other blocked "
    "ignored from for related participant1 participant2 callee seller".split()
)
_ACTORS = frozenset(
    "creator editor updater approver reviewer moderator assignee assigner resolver closer locker deleter "
    "banner verifier granter awarder inviter invitor referrer manager supervisor admin administrator "
    "actor responsible agent handler operator staff maintainer lead leader coordinator curator translator "
    "checker auditor boss doctor teacher trainer created updated modified changed edited approved "
    "reviewed moderated assigned resolved closed locked deleted banned verified granted awarded invited "
    "referred processed handled managed removed added checked published cancelled canceled confirmed "
    "rejected accepted last performed done signed issued recorded entered completed archived imported "
    "triggered solved accountmanager sponsor blocker".split()
)
_OWNING_BY = frozenset(
    [
        "uploaded",
        "posted",
        "submitted",
        "written",
        "authored",
        "ordered",
        "booked",
        "requested",
        "purchased",
        "owned",
    ]
)


_VAGUE = frozenset("from to for target other related last ignored blocked".split())
"""Words that mean somebody in some columns, and something in as many others."""
_DONE = frozenset(word for word in _ACTORS | _OWNERS if word.endswith("ed") or word == "done")


def said(name: str) -> tuple[str, ...]:
    """The words of a column's name, those apart that are often written as one: `createdby`, `userid`."""
    found: list[str] = []
    for part in words(name):
        if part[-2:] in ("by", "to") and part[:-2] in _DONE:
            found += [part[:-2], part[-2:]]
        elif part.endswith("id") and singular(part[:-2]) in _OWNERS | _ACTORS:
            found += [part[:-2], "id"]
        else:
            found.append(part)
    return tuple(found)


def _done_by(parts: tuple[str, ...]) -> bool:
    return len(parts) > 1 and parts[-1] in ("by", "to") and parts[-2] in _DONE


def says_who(name: str) -> bool:
    """Whether the last word of a column's name is one for somebody: `post_author`, not `author_count`, not
    `closed`, which says when or whether, and not `users`, which says how many."""
    parts = said(name)
    last = (parts or ("",))[-1]
    return _done_by(parts) or (last in _OWNERS | _PARTIES | _ACTORS and last not in _DONE)


def vague(name: str) -> bool:
    """Whether what means somebody in a column's name could as well mean a thing: `target_id`, `page_from`."""
    parts = tuple(part for part in said(name) if part not in ("id", "uuid", "fk", "ref", "key"))
    who = {singular(part) for part in parts} & (_OWNERS | _PARTIES | _ACTORS)
    return not _done_by(parts) and bool(who) and who <= _VAGUE | _DONE


def wrote(name: str) -> bool:
    """Whether the link says who wrote a row, not whom it is about."""
    parts = set(map(singular, words(name)))
    return (
        bool(parts & {"author", "writer", "poster", "reporter", "uploader", "submitter", "editor"})
        or "by" in parts
    )


def role(columns: tuple[str, ...], person: str) -> Role:
    """By the name of a link's columns; `person` is the title of the table they lead to."""
    parts = [
        part for name in columns for part in said(name) if part not in ("id", "uuid", "fk", "ref", "key")
    ]
    if not parts:
        return Role.UNSAID
    if "by" in parts:
        return Role.OWNER if _OWNING_BY & set(parts) else Role.ACTOR
    who = set(map(singular, parts))
    if who & _ACTORS:
        return Role.ACTOR
    if who & _PARTIES:
        return Role.PARTY
    if who & _OWNERS or one(person).endswith("_".join(map(singular, parts))):
        return Role.OWNER
    return Role.UNSAID


PEOPLE = frozenset(
    "user person member customer client account contact employee patient student subscriber participant "
    "attendee author donor guest visitor applicant candidate teacher doctor volunteer supporter profile "
    "staff worker player registrant delegate speaker friend lead kunde nutzer benutzer mitglied person "
    "teilnehmer spender utilisateur cliente usuario socio persona adherent membre klant lid gebruiker "
    "anvandare uzytkownik passenger voter party individual human resident citizen tenant driver shopper "
    "buyer".split()
)
GROUPS = frozenset(
    "company organisation organization vendor supplier partner office store shop branch department firm "
    "agency school team group institution site domain brand manufacturer publisher venue location "
    "warehouse bank business firma server mailbox template newsletter campaign setting config "
    "configuration".split()
)
_FRAMEWORK = frozenset(
    "django_migrations django_content_type django_site auth_permission auth_group auth_group_permissions "
    "schema_migrations ar_internal_metadata alembic_version flyway_schema_history databasechangelog "
    "databasechangeloglock migrations cache cache_locks doctrine_migration_versions migration_versions "
    "knex_migrations knex_migrations_lock sequelizemeta phinxlog goose_db_version spatial_ref_sys "
    "celery_taskmeta celery_tasksetmeta django_celery_beat_clockedschedule "
    "django_celery_beat_crontabschedule django_celery_beat_intervalschedule "
    "django_celery_beat_periodictasks django_celery_beat_solarschedule sqlite_sequence sqlite_stat1 "
    "schema_version schema_versions play_evolutions job_batches pg_stat_statements "
    "pg_stat_statements_info migration db_version ezmlm_version geometry_columns geography_columns".split()
)
_MONEY = frozenset(
    "invoice order payment donation transaction refund receipt purchase sale billing subscription charge "
    "payout settlement ledger booking transfer credit rechnung bestellung zahlung spende facture commande "
    "paiement pedido factura pago accounting voucher bill membership_fee fee".split()
)
_CONTENT = frozenset(
    "post comment message review answer question reply topic thread discussion article note ticket issue "
    "upload attachment document page story submission contribution proposal abstract paper photo video "
    "entry revision version wiki blog status tweet feedback testimonial rating poll chat conversation "
    "mail letter translation media file image report msg privmsg pm dm beitrag kommentar nachricht".split()
)
_LOG = frozenset(
    "log audit history event activity visit hit access attempt trail journal action tracking".split()
)
_OWN = frozenset(
    "principal acl grant privilege collaborator "
    "session token address preference setting profile like favorite favourite bookmark wishlist cart "
    "basket device notification draft subscription vote reaction badge membership member follow "
    "friendship block phone email identity authenticator credential key consent alert interest search "
    "login usermeta meta detail option seen read watch watcher group role permission social connection "
    "oauth passkey recovery verification confirmation reset invite invitation registration line item".split()
)


def sort(title: str, prefix: str = "") -> Sort:
    """By the table's name, without what all tables of the application begin with."""
    if title.lower() in _FRAMEWORK or title.lower().removeprefix(prefix) in _FRAMEWORK:
        return Sort.FRAMEWORK
    parts = [singular(part) for part in words(title.lower().removeprefix(prefix) or title)]
    if not parts:
        return Sort.THING
    last = parts[-1]
    if last in _LOG or {"log", "audit"} & set(parts):
        return Sort.LOG
    for name, of in ((Sort.OWN, _OWN), (Sort.MONEY, _MONEY), (Sort.CONTENT, _CONTENT)):
        if last in of:
            return name
    for name, of in ((Sort.MONEY, _MONEY), (Sort.CONTENT, _CONTENT), (Sort.OWN, _OWN)):
        if set(parts) & of:
            return name
    return Sort.THING


def prefix(titles: list[str]) -> str:
    """What most tables begin with, up to an underscore (`wp_`); empty where they share nothing."""
    starts: dict[str, int] = {}
    for title in titles:
        start, dash, _ = title.lower().partition("_")
        if dash:
            starts[start + "_"] = starts.get(start + "_", 0) + 1
    best = max(starts, key=starts.__getitem__, default="")
    return best if best and starts[best] >= max(4, 0.6 * len(titles)) else ""
