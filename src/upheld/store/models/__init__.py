"""The tables, by topic."""

from upheld.store.models.alarm import Alarm, AlarmEvent
from upheld.store.models.arrival import Arrival, Channel, Link, LinkPurpose
from upheld.store.models.batch import Batch, BatchLine
from upheld.store.models.case import BlindIndex, Case, CaseState, Level, Request, RequestState
from upheld.store.models.certificate import Certificate
from upheld.store.models.check import Check
from upheld.store.models.communication import ClosedReason, Communication, Reply
from upheld.store.models.copy import Copy
from upheld.store.models.decision import Agreement, Decision, DecisionKind, Matter, Note, Pause, Rule
from upheld.store.models.evidence import Due, Evidence
from upheld.store.models.house import HouseSetting
from upheld.store.models.installation import Installation
from upheld.store.models.journal import Fulfilment, FulfilmentState, Part, PartState
from upheld.store.models.ledger import Checkpoint, Entry, LedgerCheck, Node, PendingEntry
from upheld.store.models.mail import Mail, MailKind
from upheld.store.models.milestone import Milestone, MilestoneState
from upheld.store.models.pace import Pace, Tries
from upheld.store.models.package import Opening, Package
from upheld.store.models.plan import Plan, Step
from upheld.store.models.program import Program, ProgramKind
from upheld.store.models.question import Enclosure, Question, QuestionKind
from upheld.store.models.restriction import Restriction
from upheld.store.models.revision import Errand, ErrandKind, Revision, RevisionState
from upheld.store.models.signin import SignIn
from upheld.store.models.staff import Look, Role, Staff
from upheld.store.models.statement import Statement, StatementIndex
from upheld.store.models.stop import Stop
from upheld.store.models.suppression import Suppression
from upheld.store.models.task import Task, Upload
from upheld.store.models.token import Submission, Token, TokenUse
from upheld.store.models.undo import FileCopy, Kept, Undoing, Window
from upheld.store.models.verification import Doubt, Verification

__all__ = [
    "Agreement",
    "Alarm",
    "AlarmEvent",
    "Arrival",
    "Batch",
    "BatchLine",
    "BlindIndex",
    "Case",
    "CaseState",
    "Certificate",
    "Channel",
    "Check",
    "Checkpoint",
    "ClosedReason",
    "Communication",
    "Copy",
    "Decision",
    "DecisionKind",
    "Doubt",
    "Due",
    "Enclosure",
    "Entry",
    "Errand",
    "ErrandKind",
    "Evidence",
    "FileCopy",
    "Fulfilment",
    "FulfilmentState",
    "HouseSetting",
    "Installation",
    "Kept",
    "LedgerCheck",
    "Level",
    "Link",
    "LinkPurpose",
    "Look",
    "Mail",
    "MailKind",
    "Matter",
    "Milestone",
    "MilestoneState",
    "Node",
    "Note",
    "Opening",
    "Pace",
    "Package",
    "Part",
    "PartState",
    "Pause",
    "PendingEntry",
    "Plan",
    "Program",
    "ProgramKind",
    "Question",
    "QuestionKind",
    "Reply",
    "Request",
    "RequestState",
    "Restriction",
    "Revision",
    "RevisionState",
    "Role",
    "Rule",
    "SignIn",
    "Staff",
    "Statement",
    "StatementIndex",
    "Step",
    "Stop",
    "Submission",
    "Suppression",
    "Task",
    "Token",
    "TokenUse",
    "Tries",
    "Undoing",
    "Upload",
    "Verification",
    "Window",
]
