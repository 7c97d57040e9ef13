"""What a log-in leaves behind: a line in the log, and no session that somebody could have planted before."""

import logging
from typing import Any

from allauth.account import views
from allauth.account.signals import authentication_step_completed, password_changed
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from upheld.store.models import Staff
from upheld.web.headers import ended

password = views.password_change
"""A page for it; the present one is asked for first."""
_log = logging.getLogger("upheld.web")


def refused(step: str) -> None:
    """One line: at which step, and nothing of what was given."""
    _log.info("account.refused", extra={"fields": {"step": step}})


@receiver(user_logged_in)
def _entered(user: Staff, **_: Any) -> None:
    _log.info("account.entered", extra={"fields": {"account": user.pk}})


@receiver(user_login_failed)
def _refused(**_: Any) -> None:
    refused("password")


@receiver(user_logged_out)
def _left(request: HttpRequest | None, user: Staff | None, **_: Any) -> None:
    if user is not None:
        _log.info("account.left", extra={"fields": {"account": user.pk}})
    if request is not None:
        ended(request)


@receiver(authentication_step_completed)
def _proved(request: HttpRequest, user: Staff, *, reauthenticated: bool = False, **_: Any) -> None:
    """Who proves again who she is goes on under a new session."""
    if reauthenticated:
        _log.info("account.proved", extra={"fields": {"account": user.pk}})
        request.session.cycle_key()


@receiver(password_changed)
def _changed(request: HttpRequest, user: Staff, **_: Any) -> None:
    """Sessions of before, elsewhere, have ended with the old password."""
    _log.info("account.changed", extra={"fields": {"account": user.pk}})
    messages.success(request, "Your password is changed. Elsewhere you are logged out.")
