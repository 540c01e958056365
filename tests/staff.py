"""Members of staff for tests: accounts whose passwords are hashed cheaply, and reports that wait for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from sqlalchemy import select

from backend.domain.permissions import Actor, Role
from backend.store.keyring import KeyRing
from backend.store.leases import Hold
from backend.store.models import Account, Decision, Report, Trail
from backend.store.work import Works
from tests.support import in_review

PASSWORD = "a lamp at every corner"
# The cost of a hash is written in it: these are checked like any other, only faster.
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def add_staff(
    works: Mapping[str, Works], city: str, name: str, role: Role = Role.MODERATOR, *, trained: bool = True
) -> Actor:
    """Add an account; its pseudonym is its name with a star."""
    account = Account(
        city_id=city,
        id=uuid4(),
        name=name,
        pseudonym=f"{name}*",
        role=role,
        password_hash=_CHEAP.hash(PASSWORD),
        trained=trained,
    )
    with works["owner"].open(city) as work:
        work.session.add(account)
    return Actor(account.id, account.pseudonym, role, trained)


@dataclass
class Desk:
    """A city's reports under review, as the tests arrange and inspect them."""

    works: Mapping[str, Works]
    city: str
    hand_in: Callable[..., dict[str, Any]]
    keyring: KeyRing

    def report(self, told: Mapping[str, Any] | None = None, **done: Any) -> UUID:
        """Hand in a report and bring it to where moderators see it; return its id."""
        report_id = UUID(self.hand_in(at=self.city, **(told or {}))["id"])
        with self.works["worker"].open(self.city) as work:
            in_review(work, report_id, **done)
        return report_id

    def row(self, report_id: UUID) -> Report:
        with self.works["worker"].open(self.city) as work:
            return work.session.get_one(Report, (self.city, report_id))

    def decisions(self, report_id: UUID) -> list[Decision]:
        with self.works["worker"].open(self.city) as work:
            query = select(Decision).where(Decision.report_id == report_id).order_by(Decision.sequence)
            return list(work.session.scalars(query))

    def trail(self) -> list[dict[str, Any]]:
        with self.works["worker"].open(self.city) as work:
            return [row.entry for row in work.session.scalars(select(Trail).order_by(Trail.sequence))]

    def claim(self, actor: Actor, report_id: UUID) -> Hold:
        from backend.steps import claims

        with self.works["staff"].open(self.city) as work:
            reading = claims.claim(work, self.keyring, actor, report_id)
        return Hold(report_id, reading.lease.token)

    def decide(self, actor: Actor, hold: Hold, verdict: str, reason: str, **more: Any) -> Report:
        from backend.domain.reasons import Verdict
        from backend.steps import review

        judgement = review.Judgement(Verdict(verdict), reason, **more)
        with self.works["staff"].open(self.city) as work:
            return review.decide(work, self.keyring, actor, hold, judgement)

    def approve(self, actor: Actor, report_id: UUID, **more: Any) -> Report:
        return self.decide(actor, self.claim(actor, report_id), "approve", "clear", **more)

    def undo(self, actor: Actor, report_id: UUID) -> Report:
        from backend.steps import review

        with self.works["staff"].open(self.city) as work:
            return review.undo(work, actor, report_id)
