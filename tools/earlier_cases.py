"""The child of `tools.earlier`: cases of the server in every state, by the verbs that its pages call.

Runs on the code of the commit that is packed, in a folder that has run commands already.
"""

import django

django.setup()

from django.conf import settings  # noqa: E402 - apps first
from django.core.management import call_command  # noqa: E402

from upheld.actions import (  # noqa: E402
    approving,
    arrivals,
    extension,
    intake,
    links,
    questions,
    refusal,
    staff,
    tasks,
    thread,
    tokens,
    withdrawal,
)
from upheld.law.ground import RestrictionGround  # noqa: E402
from upheld.law.right import Right  # noqa: E402
from upheld.project.work import Work  # noqa: E402
from upheld.store import installation  # noqa: E402
from upheld.store.models import Arrival, Channel, LinkPurpose, Request, Role, Task  # noqa: E402
from upheld.web.means import means  # noqa: E402

able = means(by="Olive Officer", reaching=True)


def asked(number: int, right: Right) -> Arrival:
    return arrivals.receive(
        means=able,
        channel=Channel.FORM,
        rights=(right,),
        address=f"person{number}@example.org",
        language="en",
    )


def verified(number: int, right: Right) -> Request:
    arrival = asked(number, right)
    token = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
    arrivals.verify(means=able, token=token)
    arrival.refresh_from_db()
    return Request.objects.select_related("case").get(case=arrival.case)


def approved(number: int, right: Right, ground: RestrictionGround | None = None) -> Request:
    request = verified(number, right)
    looked = approving.fingerprint(approving.look(means=able, request=request))
    approving.approve(means=able, request=request, looked=looked, ground=ground)
    return request


def main() -> None:
    call_command("migrate", verbosity=0)
    installation.join(data=settings.UPHELD_DATA, keys=able.keys, at=able.clock(), begins=True)
    token = links.give(means=able, purpose=LinkPurpose.STAFF, role=Role.OFFICER).token
    given = {"email": "olive@example.org", "name": "Olive Officer", "password": "nine kites above the moor"}
    olive = staff.enrol(means=able, token=token, **given)
    tokens.make(means=able, name="the shop", submits=True, reads=True)
    mail = b"From: Person 10 <person10@example.org>\nSubject: my data\n\nPlease delete all you hold.\n"
    intake.keep(means=able, channel=Channel.EMAIL, raw=mail)
    asked(11, Right.ACCESS)
    case = verified(12, Right.ACCESS).case
    thread.note(means=able, case=case, words="She rang twice.")
    thread.assign(case=case, to=olive)
    questions.ask_person(means=able, case=case, text="Which year?")
    late = verified(13, Right.ERASURE)
    code = next(iter(extension.reasons(means=able, request=late)))
    extension.extend(means=able, request=late, code=code, words="There are many systems.")
    doubted = verified(14, Right.ACCESS)
    extension.pause(means=able, request=doubted, words="The address is new.")
    no = verified(15, Right.ERASURE)
    refusal.refuse(
        means=able, request=no, ground=next(iter(refusal.grounds(means=able, request=no))), words="No."
    )
    withdrawal.withdraw(means=able, request=verified(16, Right.ERASURE), words="She said so.")
    begun, copied = approved(17, Right.ERASURE), approved(18, Right.ACCESS)
    approved(19, Right.RESTRICTION, RestrictionGround.CONTESTED)
    work = Work("runner")
    work.round()
    for task in Task.objects.filter(fulfilment__request=copied):
        tasks.answer(means=able, task=task, words="There is one letter of hers.", rows=1, by="The owner")
    work.round()
    work.round()
    approved(20, Right.ERASURE)  # and nobody has carried it out
    work.stop()
    print(sorted(Request.objects.values_list("right", "state")), begun.pk)


main()
