"""The proof of work in a real browser: its workers pass the page's policy and find what the server verifies."""

from __future__ import annotations

import json
from base64 import b64encode

import altcha
import pytest

from tests.pages.conftest import ready

pytestmark = pytest.mark.browser
FAR = 4_000_000_000
ANSWER = """async ([challenge, start, step]) => {
    const worker = new Worker(document.documentElement.dataset.proofWorker, { type: "module" });
    return new Promise((done, fail) => {
        worker.onmessage = ({ data }) => done(data);
        worker.onerror = () => fail(new Error("the worker did not start"));
        worker.postMessage({ parameters: challenge.parameters, start, step });
    });
}"""


def challenge(cost, **more):
    made = altcha.create_challenge("PBKDF2/SHA-256", cost, hmac_secret="s", expires_at=FAR, **more)
    return made.to_dict()


def verified(asked, found):
    told = json.dumps({"challenge": asked, "solution": found})
    return altcha.verify_solution(b64encode(told.encode()).decode(), "s").verified


@pytest.mark.parametrize(("start", "step"), [(0, 1), (1, 3)])
def test_a_worker_beside_the_page_finds_an_answer_in_its_share(page, site, start, step):
    ready(page, f"{site}/")
    asked = challenge(20, data={"action": "report", "city": "fonteria", "level": 0})
    found = page.evaluate(ANSWER, [asked, start, step])
    assert found["counter"] % step == start % step
    assert verified(asked, found)


def test_work_that_is_not_known_is_not_begun(page, site):
    ready(page, f"{site}/")
    asked = challenge(1)
    asked["parameters"]["algorithm"] = "ARGON2ID"
    assert page.evaluate(ANSWER, [asked, 0, 1]) is None


def test_a_page_without_tls_answers_too(page, site):
    """There is no crypto.subtle then, and the keys are derived by hand."""
    ready(page, f"{site}/")
    asked = challenge(2)
    found = page.evaluate(
        """async ([parameters, address]) => {
            const inside = `Object.defineProperty(Crypto.prototype, "subtle", { get: () => undefined });
                import(${JSON.stringify(address)}).then(() => self.postMessage("ready"));`;
            const worker = new Worker(URL.createObjectURL(new Blob([inside], { type: "text/javascript" })), { type: "module" });
            await new Promise((done) => { worker.onmessage = done; });
            return new Promise((done) => {
                worker.onmessage = ({ data }) => done(data);
                worker.postMessage({ parameters, start: 0, step: 1 });
            });
        }""",
        [
            asked["parameters"],
            page.evaluate("new URL(document.documentElement.dataset.proofWorker, location.href).href"),
        ],
    )
    assert verified(asked, found)
