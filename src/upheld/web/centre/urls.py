"""Routes of the public pages, under their language."""

from django.urls import path

from upheld.web.centre import agree, ask, confirm, follow, task, withdraw
from upheld.web.centre import ask, confirm, follow, prove, task

urlpatterns = [
    path("", ask.ask, name="ask"),
    path("sent/<slug:number>/", ask.sent, name="sent"),
    path("confirm/<slug:token>/", confirm.confirm, name="confirm"),
    path("follow/<slug:token>/", follow.follow, name="follow"),
    path("prove/<slug:token>/", prove.prove, name="prove"),
    path("follow/<slug:token>/copy.zip", follow.archive, name="copy-archive"),
    path("follow/<slug:token>/copy/<path:name>", follow.copy, name="copy"),
    path("follow/<slug:token>/certificate/<uuid:number>/", follow.certificate, name="certificate"),
    path("follow/<slug:token>/certificate/<uuid:number>/proof.json", follow.proof, name="proof"),
    path("follow/<slug:token>/withdraw/<uuid:number>/", withdraw.withdraw, name="withdraw"),
    path("agree/<slug:token>/", agree.agree, name="agree-outside"),
    path("task/<slug:token>/", task.answer, name="task-answer"),
]
