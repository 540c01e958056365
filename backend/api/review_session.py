"""The door where staff log in, in one step or two, and out."""

from __future__ import annotations

from typing import Any

from flask import after_this_request
from flask.views import MethodView

from backend.api import review_answers, staff
from backend.api.base import Blueprint
from backend.api.schemas.factors import CodeForm, KeyOptions, PasswordForm, SignedForm
from backend.api.schemas.staff import LogInForm, Session
from backend.api.services import services
from backend.steps import second_step, sessions
from backend.store.knownbrowsers import new_mark
from backend.store.queries import find_city

blueprint = Blueprint("review_session", __name__, url_prefix="/v1/cities/<city:city>/review/session")
blueprint.after_request(staff.never_kept)


@blueprint.route("")
class ReviewSession(MethodView):
    """The session of one member of staff."""

    @blueprint.arguments(LogInForm)
    @blueprint.response(201, Session)
    @blueprint.problems(401, 404, 429, 503)
    def post(self, told: dict[str, Any], city: str) -> dict[str, Any]:
        """Log in. The token goes into `Authorization: Bearer`; a browser gets it as a cookie as well."""
        works, key = services().works("staff"), services().sealing_staff
        login = sessions.log_in(works, key, city, **told, mark=staff.mark())
        answer = staff.begun(city, login)
        staff.know_browser(city, new_mark(key, city, told["name"]))
        return answer

    @blueprint.response(200, Session)
    @blueprint.problems(401, 404, 503)
    def get(self, city: str) -> dict[str, Any]:
        """Tell who is logged in, or what a log-in still waits for."""
        told, _ = staff.token()
        with staff.acting(city, unfinished=True) as (work, _):
            policy = find_city(work.session, city).policy
            return review_answers.session(sessions.known(work, told), policy, fresh=False)

    @blueprint.response(204)
    @blueprint.problems(401, 403, 503)
    def delete(self, city: str) -> None:
        """Log out: the token is worth nothing from now on."""
        told, _ = staff.token()
        with staff.acting(city, unfinished=True) as (work, _):
            sessions.log_out(work, told)

        @after_this_request
        def forget(answer: Any) -> Any:
            answer.delete_cookie(staff.COOKIE, path=staff.cookie_path(city))
            return answer


def _checked(city: str) -> str:
    """Return the token of a change that is allowed, before the transactions of its own that it needs."""
    told, _ = staff.token()
    with staff.acting(city, unfinished=True):
        return told


@blueprint.route("/code", methods=["POST"])
@blueprint.arguments(CodeForm)
@blueprint.response(200, Session)
@blueprint.problems(401, 403, 409, 429, 503)
def send_code(told: dict[str, Any], city: str) -> dict[str, Any]:
    """Complete a log-in with a code of an authenticator app. The token changes."""
    works, key = services().works("staff"), services().sealing_staff
    return staff.begun(city, second_step.with_code(works, key, city, _checked(city), told["code"]))


@blueprint.route("/key-challenge", methods=["POST"])
@blueprint.response(200, KeyOptions)
@blueprint.problems(401, 403, 409, 503)
def challenge_key(city: str) -> dict[str, Any]:
    """Ask for what a security key is to sign, to complete a log-in. It is good for one try."""
    told, _ = staff.token()
    with staff.acting(city, unfinished=True) as (work, _):
        return {"options": second_step.challenge(work, staff.site(), told)}


@blueprint.route("/key", methods=["POST"])
@blueprint.arguments(SignedForm)
@blueprint.response(200, Session)
@blueprint.problems(401, 403, 409, 429, 503)
def send_key(told: dict[str, Any], city: str) -> dict[str, Any]:
    """Complete a log-in with a security key's signature. The token changes."""
    works, key = services().works("staff"), services().sealing_staff
    login = second_step.with_key(works, key, city, _checked(city), second_step.Signed(staff.site(), told))
    return staff.begun(city, login)


@blueprint.route("/password", methods=["POST"])
@blueprint.arguments(PasswordForm)
@blueprint.response(200, Session)
@blueprint.problems(401, 403, 429, 503)
def say_again(told: dict[str, Any], city: str) -> dict[str, Any]:
    """Say the password again, before second factors are changed; who has one is asked for it next."""
    works, key = services().works("staff"), services().sealing_staff
    return staff.begun(city, sessions.say_again(works, key, city, _checked(city), told["password"]))
