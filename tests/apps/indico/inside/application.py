"""Indico's application. Import it before its operations: they need every model known."""

import clock

# isort: split
from indico.web.flask.app import make_app

app = make_app()
clock.settle()
