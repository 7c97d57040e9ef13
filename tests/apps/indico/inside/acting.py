"""Being somebody: what Indico's code does inside a request of a signed-in person."""

from contextlib import contextmanager

import clock
from flask import session
from indico.core.db import db
from indico.core.notifications import flush_email_queue, init_email_queue
from indico.modules.users.models.users import User
from indico.web.flask.stats import request_stats_request_started


@contextmanager
def acting(app, user_id):
    """Inside, `session.user` is this person and is yielded; at the end e-mails go out (to nobody) and all is saved.
    A minute has passed since the last time.

    Objects loaded inside are of no use outside: pass ids on.
    """
    clock.advance()
    with app.test_request_context(base_url="http://localhost"):
        request_stats_request_started()
        init_email_queue()
        if user_id is not None:
            session["_user_id"] = user_id
        yield User.get(user_id) if user_id is not None else None
        db.session.flush()
        flush_email_queue()
        db.session.commit()
