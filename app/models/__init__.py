"""The tables. Nothing here knows the rest of the application."""

from .answers import Answer, AnswerText, Draft, DropOff, Response
from .base import Base
from .care import ContactRequest, Flag, FlagNote, FlagStatus, Task, Tier
from .coding import (
    Codebook,
    MachineCode,
    MachineCoding,
    MachineGap,
    Quote,
    Review,
    ReviewCode,
    ReviewGap,
)
from .running import AuditEvent, Job, Setting
from .sealed import KeyRing, SealError, seal, unseal, use_keys
from .staff import Invitation, Role, SignInAttempt, StaffRole, StaffSession, StaffUser
from .surveys import (
    Channel,
    Collector,
    PersonalLink,
    Survey,
    SurveyDraft,
    SurveyMode,
    SurveyStatus,
    SurveyVersion,
)

__all__ = [
    "Answer",
    "AnswerText",
    "AuditEvent",
    "Base",
    "Channel",
    "Codebook",
    "Collector",
    "ContactRequest",
    "Draft",
    "DropOff",
    "Flag",
    "FlagNote",
    "FlagStatus",
    "Invitation",
    "Job",
    "KeyRing",
    "MachineCode",
    "MachineCoding",
    "MachineGap",
    "PersonalLink",
    "Quote",
    "Response",
    "Review",
    "ReviewCode",
    "ReviewGap",
    "Role",
    "SealError",
    "Setting",
    "SignInAttempt",
    "StaffRole",
    "StaffSession",
    "StaffUser",
    "Survey",
    "SurveyDraft",
    "SurveyMode",
    "SurveyStatus",
    "SurveyVersion",
    "Task",
    "Tier",
    "seal",
    "unseal",
    "use_keys",
]
