"""The server's application: pages, and the files of pages."""

import logging

from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

from upheld.project import log
from upheld.project.orphan import end_with_parent
from upheld.project.site import UPHELD_LOG, UPHELD_STATIC

end_with_parent()
log.begin("web server", form=UPHELD_LOG)
application = WhiteNoise(get_wsgi_application(), root=str(UPHELD_STATIC), prefix="static/", max_age=3600)

# Django logs addresses and tracebacks. Addresses here hold links, and what an error says may name somebody:
# `upheld.web.faults` logs the kind of an error, `upheld.web.watched` the name of a route.
logging.getLogger("django").setLevel(logging.CRITICAL)
