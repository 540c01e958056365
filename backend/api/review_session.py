"""The door where staff log in and out."""

from __future__ import annotations

from typing import Any

from flask import after_this_request
from flask.views import MethodView

from backend.api import review_answers, staff
from backend.api.base import Blueprint
from backend.api.schemas.staff import LogInForm, Session
from backend.api.services import services
from backend.steps import sessions
from backend.store.queries import find_city

blueprint = Blueprint("review_session", __name__, url_prefix="/v1/cities/<city:city>/review/session")
blueprint.after_request(staff.never_kept)


@blueprint.route("")
class ReviewSession(MethodView):
    """The session of one member of staff."""

    @blueprint.arguments(LogInForm)
    @blueprint.response(201, Session)
    @blueprint.problems(401, 404, 503)
    def post(self, told: dict[str, Any], city: str) -> dict[str, Any]:
        """Log in. The token goes into `Authorization: Bearer`; a browser gets it as a cookie as well."""
        works = services().works("staff")
        login = sessions.log_in(works, city, **told)
        with works.open(city) as work:
            policy = find_city(work.session, city).policy

        @after_this_request
        def remember(answer: Any) -> Any:
            staff.set_cookie(answer, city, login.token)
            return answer

        return review_answers.session(login, policy, fresh=True)

    @blueprint.response(200, Session)
    @blueprint.problems(401, 404, 503)
    def get(self, city: str) -> dict[str, Any]:
        """Tell who is logged in."""
        told, _ = staff.token()
        with staff.acting(city) as (work, _):
            policy = find_city(work.session, city).policy
            return review_answers.session(sessions.known(work, told), policy, fresh=False)

    @blueprint.response(204)
    @blueprint.problems(401, 403, 503)
    def delete(self, city: str) -> None:
        """Log out: the token is worth nothing from now on."""
        told, _ = staff.token()
        with staff.acting(city) as (work, _):
            sessions.log_out(work, told)

        @after_this_request
        def forget(answer: Any) -> Any:
            answer.delete_cookie(staff.COOKIE, path=staff.cookie_path(city))
            return answer
