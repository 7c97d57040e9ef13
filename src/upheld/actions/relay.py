"""Where our mails leave: the mail server that the console was told, and a mail that tries it."""

from dataclasses import dataclass
from urllib.parse import quote

from django.db import transaction

from upheld.actions import desk, house, letters, outbox
from upheld.actions.means import Means
from upheld.mail.deliver import Server, server
from upheld.rights.outcome import Permanent
from upheld.store.models import Mail, MailKind, Staff


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be set. Without a `password` the one that is kept stays."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""
    sender: str = ""


def known(*, means: Means) -> Server | None:
    """The mail server that the console was told, if its value can be read."""
    found = house.standing(house.SERVER) and house.told(house.SERVER, means.keys)
    return server(found) if found else None


@transaction.atomic
def settle(*, means: Means, account: Staff, wish: Wish) -> None:
    """From now on mails leave there, and what waits is tried at once. A password is kept only for the server
    and the user that it was given for: Permanent where another is named without one, since whoever names a
    server would learn it."""
    before = known(means=means)
    password = wish.password
    if wish.user and not password:
        same = before and (before.scheme, before.host, before.port, before.user) == (
            wish.scheme,
            wish.host.lower(),
            wish.port,
            wish.user,
        )
        if not before or not same:
            raise Permanent("The password is missing.", "Another server, or another user: give it again.")
        password = before.password
    login = f"{quote(wish.user, safe='')}:{quote(password, safe='')}@" if wish.user else ""
    host = f"[{wish.host}]" if ":" in wish.host else wish.host
    url = f"{wish.scheme}://{login}{host}:{wish.port}"
    server(url)
    house.put(means=means, account=account, name=house.SERVER, value=url)
    if wish.sender:
        house.put(means=means, account=account, name=house.SENDER, value=wish.sender)
    else:
        house.remove(means=means, account=account, name=house.SENDER)


@transaction.atomic
def forget(*, means: Means, account: Staff) -> None:
    """Mails wait in the outbox from now on, unless the environment names a server."""
    house.remove(means=means, account=account, name=house.SERVER)
    house.remove(means=means, account=account, name=house.SENDER)


@transaction.atomic
def try_out(*, means: Means, account: Staff) -> None:
    """Write her a mail that goes the way of all others; the one that tried it last is forgotten. Permanent
    where no mail server is set."""
    if not house.mailing():
        raise Permanent("No mail server is set.", "Say first where mails leave.")
    _drop(means)
    letter = letters.written(
        means=means,
        name="mail-works",
        to=account.email,
        language=desk.language(means=means),
        number="",
        link=desk.page(),
    )
    outbox.put(means=means, kind=MailKind.TEST, letter=letter, key=means.keys.create(), by=means.by)
    outbox.hurry(means=means)


def tried() -> Mail | None:
    """The mail that tried it last."""
    return Mail.objects.filter(kind=MailKind.TEST).order_by("-written_at").first()


def _drop(means: Means) -> None:
    gone = list(Mail.objects.filter(kind=MailKind.TEST).values_list("key", flat=True))
    Mail.objects.filter(kind=MailKind.TEST).delete()
    if gone:
        transaction.on_commit(lambda: means.keys.destroy(gone))
