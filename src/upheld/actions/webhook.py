"""Tell alarms to the organisation's own program: chat, or a ticket system. At least once; again later where
it fails; given up after three days."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from upheld.actions import desk
from upheld.actions.means import Means
from upheld.mail import webhook
from upheld.mail.webhook import Hook
from upheld.rights.outcome import Failure, Permanent
from upheld.store.models import Alarm
from upheld.store.models.case import UNFINISHED

RETRY = timedelta(minutes=1)
LONGEST = timedelta(hours=6)
FOR = timedelta(days=3)
TOGETHER = 20


def configured() -> Hook | None:
    """The hook that the settings name, if any. Misconfigured where they are wrong."""
    if not settings.UPHELD_WEBHOOK_URL:
        return None
    return webhook.hook(
        settings.UPHELD_WEBHOOK_URL, settings.UPHELD_WEBHOOK_SECRET, private=settings.UPHELD_WEBHOOK_PRIVATE
    )


def call(*, means: Means) -> int:
    """Call what is ready, the oldest first; gives how many arrived. The first that fails ends it: the others
    would go to the same place."""
    ready = Alarm.objects.filter(called_at=None, given_up_at=None, call_at__lte=means.clock())
    called = 0
    for alarm in ready.select_related("case").order_by("call_at", "raised_at")[:TOGETHER]:
        at = means.clock()
        try:
            hook = configured()
            if hook is None:
                raise Permanent("No webhook is set any more.", "")
            webhook.call(
                hook,
                id_=str(alarm.pk),
                timestamp=int(at.timestamp()),
                content=webhook.body(payload(alarm)),
            )
        except Failure as failure:
            _failed(alarm, failure, at)
            break
        _update(alarm, called_at=at, failure="")
        called += 1
    return called


def payload(alarm: Alarm) -> dict[str, object]:
    """What is told: the event, the case's number, its page, and dates. Never who it is about."""
    return {
        "type": alarm.event,
        "timestamp": _written(alarm.raised_at),
        "data": {
            "version": "upheld-webhook/v1",
            "case": desk.number(alarm.case) if alarm.case else None,
            "link": desk.page(alarm.case),
            "day": alarm.day.isoformat() if alarm.day else None,
            **_dates(alarm),
        },
    }


def _dates(alarm: Alarm) -> dict[str, str | None]:
    """Both dates of the case's first request that is not finished."""
    open_ = (
        alarm.case.requests.filter(state__in=UNFINISHED, target_date__isnull=False) if alarm.case else None
    )
    first = open_.order_by("target_date", "legal_date").first() if open_ is not None else None
    if first is None or first.target_date is None or first.legal_date is None:
        return {"target": None, "legal": None}
    return {"target": first.target_date.isoformat(), "legal": first.legal_date.isoformat()}


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _failed(alarm: Alarm, failure: Failure, at: datetime) -> None:
    over = isinstance(failure, Permanent) or at - alarm.raised_at >= FOR
    wait = min(RETRY * 2 ** min(alarm.attempts, 10), LONGEST)
    later = {"given_up_at": at} if over else {"call_at": at + wait}
    _update(alarm, attempts=alarm.attempts + 1, failure=failure.what[:200], **later)


@transaction.atomic
def _update(alarm: Alarm, **values: object) -> None:
    Alarm.objects.filter(pk=alarm.pk).update(**values)
