"""The server's application: pages, and the files of pages."""

import logging

from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

from upheld.project import log
from upheld.project.orphan import end_with_parent
from upheld.project.site import SECURE_HSTS_SECONDS, UPHELD_LOG, UPHELD_STATIC
from upheld.web import headers
from upheld.web.fair import Fair
from upheld.web.origin import origin

FROM_ONE_ADDRESS = 12
"""Requests of one address that are answered at a time; the server has `project.web.THREADS` threads."""

end_with_parent()
log.begin("web server", form=UPHELD_LOG)
_plain = headers.plain(secure=bool(SECURE_HSTS_SECONDS))
application = Fair(
    WhiteNoise(
        get_wsgi_application(),
        root=str(UPHELD_STATIC),
        prefix="static/",
        max_age=3600,
        allow_all_origins=False,
        add_headers_function=lambda said, _path, _url: [said.add_header(*each) for each in _plain.items()],
    ),
    origin=origin,
    most=FROM_ONE_ADDRESS,
    headers=_plain,
)

# Django logs addresses and tracebacks. Addresses here hold links, and what an error says may name somebody:
# `upheld.web.faults` logs the kind of an error, `upheld.web.watched` the name of a route.
logging.getLogger("django").setLevel(logging.CRITICAL)
