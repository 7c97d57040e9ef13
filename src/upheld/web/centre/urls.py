"""Routes of the public pages, under their language."""

from django.urls import path

from upheld.law.right import Right
from upheld.web.centre import (
    agree,
    ask,
    certificate,
    confirm,
    contact,
    copy,
    follow,
    mine,
    proof,
    prove,
    question,
    signin,
    task,
    withdraw,
)

PORTABLE = {"right": Right.PORTABILITY}

urlpatterns = [
    path("", ask.ask, name="ask"),
    path("lost/", ask.lost, name="lost"),
    path("contact/", contact.contact, name="contact"),
    path("check/", proof.check, name="proof-check"),
    path("sent/<slug:number>/", ask.sent, name="sent"),
    path("confirm/<slug:token>/", confirm.confirm, name="confirm"),
    path("mine/<slug:token>/", mine.mine, name="mine"),
    path("follow/<slug:token>/", follow.follow, name="follow"),
    path("prove/<slug:token>/", prove.prove, name="prove"),
    path("follow/<slug:token>/sign-in/<slug:provider>/", signin.begin, name="sign-in"),
    path("signed-in/<slug:provider>/", signin.back, name="signed-in"),
    path("follow/<slug:token>/withdraw/<uuid:number>/", withdraw.withdraw, name="withdraw"),
    path("agree/<slug:token>/", agree.agree, name="agree-outside"),
    path("follow/<slug:token>/question/<uuid:number>/", question.answer, name="question"),
    path("follow/<slug:token>/copy.zip", copy.archive, name="copy-archive"),
    path("follow/<slug:token>/copy/<path:name>", copy.copy, name="copy"),
    path("follow/<slug:token>/portable.zip", copy.archive, PORTABLE, name="portable-archive"),
    path("follow/<slug:token>/portable/<path:name>", copy.copy, PORTABLE, name="portable"),
    path("follow/<slug:token>/certificate/<uuid:number>/", certificate.certificate, name="certificate"),
    path("follow/<slug:token>/certificate/<uuid:number>/proof.json", certificate.proof, name="proof"),
    path("task/<slug:token>/", task.answer, name="task-answer"),
]
