"""Routes of the console, log-in and second factor among them: only those of allauth that are needed."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path

from upheld.web.console import cases, enrol, history, journal, outbox, own, plan, switch, systems, talk, task

urlpatterns = [
    path("", cases.queued, name="console"),
    path("cases/<uuid:number>/", cases.case, name="case"),
    path("cases/<uuid:number>/look/", cases.look, name="look"),
    path("cases/<uuid:number>/ask/", talk.ask, name="ask-person"),
    path("cases/<uuid:number>/told/", talk.told, name="told"),
    path("enclosures/<uuid:number>/", talk.enclosure, name="enclosure"),
    path("waiting/<uuid:number>/", talk.waiting, name="waiting"),
    path("waiting/<uuid:number>/read/", talk.read, name="waiting-read"),
    path("waiting/<uuid:number>/decide/", talk.decide, name="waiting-decide"),
    path("requests/<uuid:number>/nothing/", talk.nothing, name="nothing"),
    path("requests/<uuid:number>/plan/", plan.plan, name="plan"),
    path("requests/<uuid:number>/retry/", cases.retry, name="retry"),
    path("tasks/<int:number>/", task.answer, name="task"),
    path("outbox/", outbox.listed, name="outbox"),
    path("outbox/<int:number>/", outbox.opened, name="mail"),
    path("systems/", systems.listed, name="systems"),
    path("systems/<slug:name>/", systems.one, name="system"),
    path("systems/<slug:name>/check/", systems.check, name="system-check"),
    path("systems/<slug:name>/drawing.svg", systems.drawing, name="system-drawing"),
    path("journal/", journal.listed, name="journal"),
    path("history/", history.listed, name="history"),
    path("history/verify/", history.verify, name="history-verify"),
    path("history/<int:number>/proof/", history.proof, name="entry-proof"),
    path("stop/", switch.switch, name="stop"),
    path("account/", own.own, name="mfa_index"),
    path("account/off/", own.own, name="mfa_deactivate_totp"),
    path("join/<slug:token>/", enrol.enrol, name="enrol"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("second/", mfa.authenticate, name="mfa_authenticate"),
    path("second/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
