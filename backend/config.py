"""Settings of one process, frozen, from the environment and the state folder: the only reader of both."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

LOGINS = ("residents", "staff", "worker")
_MOST = 1_000_000
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(?::\d+)?|http://(?:localhost|127\.0\.0\.1)(?::\d+)?", re.ASCII)


@dataclass(frozen=True)
class Settings:
    """Where one process finds what it needs.

    `database_url` is the owner's login, which only `farola migrate` and set-up commands
    use. Each door and the workers have a login of their own, in `login_urls`. A residents'
    process in production has neither `keys_dir` nor any other login. `logins_file` holds the
    secret behind the logins' passwords where they are not told; the roles belong to a whole
    cluster, so installations that share one share the file. A folder named like a city in
    `models_dir` holds a label model of its own.
    """

    state_dir: Path
    database_url: str | None
    login_urls: Mapping[str, str]
    redis_url: str | None
    keys_dir: Path
    blobs_url: str
    releases_dir: Path
    models_dir: Path
    logins_file: Path
    pepper_file: Path
    filing_key_file: Path
    clock_file: Path | None
    basemap_style_url: str | None
    # Iterations of PBKDF2 that one try of a proof of work costs at rest; the door makes one try too, to check.
    proof_cost: int = 300
    # Hexadecimal zeros the key of a proof begins with: 16 times more tries each.
    proof_zeros: int = 3
    # Reports a minute from which on one process asks for harder proofs.
    proof_busy: int = 600
    # How many proxies of our own stand in front and append to `X-Forwarded-For`.
    proxies: int = 0
    # Where signed heads of the trail are kept, and the key that signs them; outside the database.
    trail_heads: Path | None = None
    trail_key: Path | None = None
    # A file CITY.key for each city whose service desk asks for a key.
    desk_keys: Path | None = None
    # Where mail about urgent reports is handed in: smtp://host:port or smtps://user:password@host:port.
    smtp_url: str | None = None
    # Where browsers reach the staff's door, as https://host[:port]; security keys and the cities' own log-ins need it.
    staff_origin: str | None = None
    # What seals second factors and hashes who staff are at their city's OpenID provider.
    staff_key: Path | None = None
    # A file CITY.secret for each city whose OpenID provider gave us one.
    oidc_secrets: Path | None = None
    # The private training keys; only where models are trained, never at a door or a worker.
    training_keys: Path | None = None

    @property
    def staff_key_file(self) -> Path:
        """What second factors are sealed with."""
        return self.staff_key or self.state_dir / "secrets" / "staff"

    @property
    def oidc_secrets_dir(self) -> Path:
        """Where our secrets at OpenID providers are."""
        return self.oidc_secrets or self.state_dir / "secrets" / "oidc"

    @property
    def training_keys_dir(self) -> Path:
        """Where the private keys are that open what is kept to learn from."""
        return self.training_keys or self.state_dir / "secrets" / "training"

    @property
    def trail_heads_dir(self) -> Path:
        """Where signed heads of the trail are kept."""
        return self.trail_heads or self.state_dir / "trail-heads"

    @property
    def trail_key_file(self) -> Path:
        """What heads of the trail are signed with."""
        return self.trail_key or self.state_dir / "secrets" / "trail"

    @property
    def desk_keys_dir(self) -> Path:
        """Where the keys of service desks are."""
        return self.desk_keys or self.state_dir / "secrets" / "desks"

    @property
    def owner_url(self) -> str:
        """The owner's database address; an error tells how to get one."""
        return _needed(self.database_url, "DATABASE_URL")

    @property
    def redis(self) -> str:
        """The address of Redis; an error tells how to get one."""
        return _needed(self.redis_url, "REDIS_URL")


def _needed(value: str | None, name: str) -> str:
    if value is None:
        raise ConfigError(f"{name} is not set and no private services run: try `farola services start`.")
    return value


def _whole(env: Mapping[str, str], name: str, default: int, *, least: int, most: int = _MOST) -> int:
    """Return a whole number that the environment may tell."""
    told = env.get(name) or str(default)
    if not (told.isascii() and told.isdigit() and least <= int(told) <= most):
        raise ConfigError(f"{name} must be a whole number from {least} to {most}.")
    return int(told)


def _origin(env: Mapping[str, str], name: str) -> str | None:
    """Return an origin that the environment may tell, without a path."""
    told = (env.get(name) or "").rstrip("/")
    if told and not _ORIGIN.fullmatch(told):
        raise ConfigError(f"{name} must be an origin such as https://staff.example.org.")
    return told or None


def _path(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]) if env.get(name) else None


def _services(state: Path) -> dict[str, str]:
    """What `farola services start` wrote down, for when the environment says nothing."""
    try:
        told = json.loads((state / "services.json").read_text())
    except (OSError, ValueError):
        return {}
    return {key: told[key] for key in ("database_url", "redis_url") if key in told}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of this process.

    Returns:
        Settings with the paths made absolute; no folder is made and nothing is contacted.
    """
    env = os.environ if environ is None else environ
    state = Path(env.get("FAROLA_STATE_DIR") or Path(__file__).parents[1] / "var").absolute()
    services = _services(state)
    return Settings(
        state_dir=state,
        database_url=env.get("DATABASE_URL") or services.get("database_url"),
        login_urls={
            login: env[f"{login.upper()}_DATABASE_URL"]
            for login in LOGINS
            if env.get(f"{login.upper()}_DATABASE_URL")
        },
        redis_url=env.get("REDIS_URL") or services.get("redis_url"),
        keys_dir=Path(env.get("FAROLA_KEYS_DIR") or state / "keys"),
        blobs_url=env.get("FAROLA_BLOBS_URL") or f"file://{state / 'blobs'}",
        releases_dir=Path(env.get("FAROLA_RELEASES_DIR") or state / "releases"),
        models_dir=Path(env.get("FAROLA_MODELS_DIR") or state / "models"),
        logins_file=Path(env.get("FAROLA_LOGINS_FILE") or state / "secrets" / "logins"),
        pepper_file=Path(env.get("FAROLA_PEPPER_FILE") or state / "secrets" / "pepper"),
        filing_key_file=Path(env.get("FAROLA_FILING_KEY_FILE") or state / "secrets" / "filing"),
        clock_file=Path(env["FAROLA_CLOCK_FILE"]) if env.get("FAROLA_CLOCK_FILE") else None,
        basemap_style_url=env.get("FAROLA_BASEMAP_STYLE_URL") or None,
        proof_cost=_whole(env, "FAROLA_PROOF_COST", Settings.proof_cost, least=1),
        proof_zeros=_whole(env, "FAROLA_PROOF_ZEROS", Settings.proof_zeros, least=1, most=8),
        proof_busy=_whole(env, "FAROLA_PROOF_BUSY", Settings.proof_busy, least=1),
        proxies=_whole(env, "FAROLA_PROXIES", Settings.proxies, least=0),
        trail_heads=_path(env, "FAROLA_TRAIL_HEADS_DIR"),
        trail_key=_path(env, "FAROLA_TRAIL_KEY_FILE"),
        desk_keys=_path(env, "FAROLA_DESK_KEYS_DIR"),
        smtp_url=env.get("FAROLA_SMTP_URL") or None,
        staff_origin=_origin(env, "FAROLA_STAFF_ORIGIN"),
        staff_key=_path(env, "FAROLA_STAFF_KEY_FILE"),
        oidc_secrets=_path(env, "FAROLA_OIDC_SECRETS_DIR"),
        training_keys=_path(env, "FAROLA_TRAINING_KEYS_DIR"),
    )
