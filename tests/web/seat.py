"""An officer who has an account, with both factors, and is logged in: made in the records of a server that runs already, by
a child of `tests.web.warm`. What the pages for it do is proved where they are somebody's subject."""

import json
import os
import sys

import django
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from upheld.actions import staff
from upheld.web.means import means

QUICK = 1000
"""Rounds of hashing: a million take half a second. The number stands in the hash, so the server takes it."""


def take() -> None:
    """By the link whose token is the argument; writes the seed of her app and her cookie."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "upheld.project.site"
    django.setup()
    PBKDF2PasswordHasher.iterations = QUICK
    token, email, name, password = sys.argv[1:]
    able = means(by="the holder of the link")
    account = staff.enrol(means=able, token=token, email=email, name=name, password=password)
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    RecoveryCodes.activate(account)
    browser = Client(HTTP_HOST="127.0.0.1")
    browser.force_login(account)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    sys.stdout.write(json.dumps({"secret": secret, "name": cookie.key, "value": cookie.value}) + "\n")
