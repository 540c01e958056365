"""Every table, gathered so that the metadata is complete."""

from backend.domain.permissions import Role
from backend.store.models.base import SCHEMA, Base
from backend.store.models.cities import Area, City, CityKey
from backend.store.models.citynotes import CityNote, NoteState
from backend.store.models.desk import Alert, Forward, ForwardState, Opening, OpeningState
from backend.store.models.forgetting import Forgotten
from backend.store.models.intake import Counter, CounterKey, Importer, SpentProof, Submission
from backend.store.models.likenesses import Likeness
from backend.store.models.messages import Message
from backend.store.models.open311 import Open311Request
from backend.store.models.photos import Photo, PhotoChunk, PhotoPart, PhotoState
from backend.store.models.practice import Closing, PracticeAnswer
from backend.store.models.releases import Ledger, LedgerPlan, Withdrawal, WithdrawalState
from backend.store.models.reports import Report, ReportKey, Sealed
from backend.store.models.staff import Account, Decision, Factor, StaffSession, Trail, Tries
from backend.store.models.training import Drift, Training, TrainingKey

__all__ = [
    "SCHEMA",
    "Account",
    "Alert",
    "Area",
    "Base",
    "City",
    "CityKey",
    "CityNote",
    "Closing",
    "Counter",
    "CounterKey",
    "Decision",
    "Drift",
    "Factor",
    "Forgotten",
    "Forward",
    "ForwardState",
    "Importer",
    "Ledger",
    "LedgerPlan",
    "Likeness",
    "Message",
    "NoteState",
    "Open311Request",
    "Opening",
    "OpeningState",
    "Photo",
    "PhotoChunk",
    "PhotoPart",
    "PhotoState",
    "PracticeAnswer",
    "Report",
    "ReportKey",
    "Role",
    "Sealed",
    "SpentProof",
    "StaffSession",
    "Submission",
    "Trail",
    "Training",
    "TrainingKey",
    "Tries",
    "Withdrawal",
    "WithdrawalState",
]
