"""Whether Indico still works: its own pages, asked for by signed-in people. Run inside Indico's environment.

Prints what each person saw that was not 200, and how many pages were asked for; ends with 1 if any was not.
"""

import re
import sys

from indico.web.flask.app import make_app

PASSWORD = "quiet-lantern-47"

ANYBODY = (
    "/",
    "/category/1/",
    "/category/2/overview?period=month",
    "/event/1/",
    "/event/1/abstracts/",
    "/event/1/contributions/",
    "/event/1/contributions/205/",
    "/event/1/sessions/1/",
    "/event/1/registrations/",
    "/event/1/surveys/",
    "/event/1/timetable/",
)
MEETINGS = tuple(
    f"/event/{number}/{page}"
    for number in (2, 3, 5, 7, 9, 200)
    for page in ("", "contributions/", "note/", "timetable/", "event.ics")
)
OWN = (
    "/user/dashboard/",
    "/user/profile/",
    "/user/favorites/",
    "/user/emails/",
    "/user/accounts/",
    "/user/preferences/",
    "/user/tokens/",
    "/user/applications",
    "/event/1/papers/",
)
ROOMS = (
    "/rooms/",
    "/rooms/api/user/",
    "/rooms/api/rooms/",
    "/rooms/api/rooms/1",
    "/rooms/api/blockings/",
    "/rooms/api/blockings/1",
    "/rooms/api/blockings/2",
    "/rooms/api/bookings/1",
    "/rooms/api/bookings/205",
    "/rooms/api/bookings/mine",
)
OFFICE = (
    "/admin/users/?first_name=Amara&last_name=&email=&affiliation=&include_pending=y&include_deleted=y",
    "/admin/users/?first_name=Mara&last_name=&email=&affiliation=&include_deleted=y",
    "/admin/users/registration-requests/",
    "/user/search/?name=Lindqvist&first_name=Amara&favorites_first=true",
    "/admin/groups/indico/1/",
    "/admin/groups/indico/1/members",
    "/category/2/manage/",
    "/category/2/manage/protection",
    "/category/2/manage/roles",
    "/category/2/manage/logs/",
    "/category/2/manage/logs/api/logs",
    "/category/4/manage/moderation",
    "/category/4/api/event-move-requests",
    "/event/1/manage/",
    "/event/1/manage/logs/",
    "/event/1/manage/logs/api/logs",
    "/event/1/manage/persons/",
    "/event/1/manage/protection",
    "/event/1/manage/roles/",
    "/event/1/manage/abstracts/",
    "/event/1/manage/abstracts/list/",
    "/event/1/manage/abstracts/teams",
    "/event/1/manage/abstracts/1/",
    "/event/1/manage/abstracts/204/",
    "/event/1/manage/abstracts/1/notifications",
    "/event/1/manage/abstracts/abstracts.csv",
    "/event/1/manage/abstracts/abstracts.json",
    "/event/1/manage/contributions/",
    "/event/1/manage/papers/",
    "/event/1/manage/papers/assignment-list/",
    "/event/1/manage/papers/teams/",
    "/event/1/manage/papers/teams/competences",
    "/event/1/manage/registration/",
    "/event/1/manage/registration/1/registrations/",
    "/event/1/manage/registration/2/invitations/",
    "/event/1/manage/surveys/",
    "/event/1/manage/surveys/1/results",
    "/event/1/manage/surveys/1/submission/3",
    "/event/1/manage/tracks/",
    "/event/1/manage/sessions/",
    "/event/1/manage/agreements/",
    "/event/1/abstracts/1/",
    "/event/1/papers/205/",
    "/event/1/papers/206/",
    "/event/1/papers/api/205",
    "/event/1/papers/api/206",
    "/event/1/contributions/205/editing/slides",
    "/event/1/api/contributions/205/editing/slides",
    "/event/1/api/contributions/206/editing/slides",
    "/event/1/editing/api/slides/list",
    "/event/1/manage/timetable/",
    "/event/2/manage/",
    "/event/2/manage/reminders/",
    "/event/2/manage/attachments/",
    "/event/2/manage/videoconference/",
    "/event/2/manage/offline-copy/",
    "/event/2/manage/logs/api/logs",
    "/event/2/manage/persons/",
    "/event/2/manage/protection",
    "/event/2/manage/contributions/",
    "/event/2/manage/participants/",
)


def sign_in(app, username):
    """A browser in which this person has signed in on the page for it."""
    browser = app.test_client()
    mark = re.search(rb'name="csrf_token" type="hidden" value="([^"]+)"', browser.get("/login/").data)
    answer = browser.post(
        "/login/",
        data={
            "_provider": "indico",
            "identifier": username,
            "password": PASSWORD,
            "csrf_token": mark[1].decode(),
        },
    )
    return browser, answer.status_code == 302


def look(app):
    asked = []
    cast = {"nobody": (app.test_client(), ANYBODY)}
    for username, pages in (
        ("amlindqvist", OWN + ROOMS + MEETINGS),
        ("mlindqvister", OWN),
        ("xmlindqvist", OWN),
        ("adaabel", OWN + ANYBODY + MEETINGS),
        ("admin", OFFICE + ROOMS + MEETINGS),
    ):
        browser, signed_in = sign_in(app, username)
        asked.append((username, "signs in", 200 if signed_in else 403))
        cast[username] = (browser, pages)
    for username, (browser, pages) in cast.items():
        for page in pages:
            answer = browser.get(page)
            redirected = answer.status_code in (301, 302, 308)
            asked.append(
                (
                    username,
                    page,
                    browser.get(page, follow_redirects=True).status_code
                    if redirected
                    else answer.status_code,
                )
            )
    return asked


def main():
    asked = look(make_app())
    wrong = [line for line in asked if line[2] != 200]
    for line in wrong:
        sys.stdout.write(" ".join(map(str, line)) + "\n")
    sys.stdout.write(f"{len(asked)} asked, {len(wrong)} wrong\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
