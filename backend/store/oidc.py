"""A city's OpenID provider: where to send somebody who logs in, and who they are there when they come back.

Authorization code flow with PKCE, state and nonce. Tokens are read once and kept nowhere; no
answer leads anywhere else, and none is waited for long.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from authlib.common.errors import AuthlibBaseError
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from backend.domain.citystaff import Issuer
from backend.errors import Unauthenticated, Unavailable
from backend.store.wellknown import LOST, PATIENCE, Bounded, WellKnown

with warnings.catch_warnings():
    import authlib.deprecate  # noqa: F401 - sets a filter of its own, which the next line comes after

    warnings.simplefilter("ignore")  # Authlib prefers a newer HTTP client than the one all else here uses
    from authlib.integrations.httpx_client import OAuth2Client

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEEWAY = 30
# Signatures by keys the provider publishes; none that a client's own secret could make.
_SIGNED = ["RS256", "PS256", "ES256", "ES384", "RS384", "RS512", "PS384", "PS512", "EdDSA", "Ed25519"]
_WRONG = (JoseError, ValueError, KeyError, TypeError, RecursionError)
_REFUSED = "The city's log-in did not say who you are."


@dataclass(frozen=True)
class Begun:
    """What is remembered of a log-in on its way: what must come back, and what was promised."""

    state: str
    nonce: str
    verifier: str


class Provider:
    """One city's OpenID provider, asked for one log-in."""

    def __init__(self, issuer: Issuer, secret: str | None, redirect_uri: str, well_known: WellKnown) -> None:
        self._issuer, self._well_known = issuer, well_known
        self._client = OAuth2Client(
            issuer.client_id,
            secret,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope=issuer.scope,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            transport=Bounded(),
            timeout=PATIENCE,
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def address(self, begun: Begun) -> str:
        """Return where a browser is sent to log in; it is asked to log in anew."""
        found = self._described()
        address, _ = self._client.create_authorization_url(
            found["authorization_endpoint"],
            state=begun.state,
            nonce=begun.nonce,
            code_verifier=begun.verifier,
            prompt="login",
        )
        return str(address)

    def subject(self, code: str, begun: Begun) -> str:
        """Redeem a code, and return the claim that names an account.

        Raises:
            Unauthenticated: the provider refuses, or its answer is not what was asked for.
            Unavailable: it cannot be reached.
        """
        found = self._described()
        token = self._redeemed(found["token_endpoint"], code, begun)
        claims = self._claims(str(token.get("id_token", "")), found["jwks_uri"], begun)
        told = claims.get(self._issuer.claim)
        if not isinstance(told, str) or not told:
            raise Unauthenticated(_REFUSED)
        return told

    def _redeemed(self, endpoint: str, code: str, begun: Begun) -> Mapping[str, Any]:
        try:
            token: Mapping[str, Any] = self._client.fetch_token(
                endpoint, grant_type="authorization_code", code=code, code_verifier=begun.verifier
            )
        except httpx.HTTPError as lost:
            raise Unavailable(LOST) from lost
        except (AuthlibBaseError, ValueError, RecursionError) as wrong:
            raise Unauthenticated(_REFUSED) from wrong
        return token

    def _claims(self, id_token: str, keys_at: str, begun: Begun) -> Mapping[str, Any]:
        try:
            token = self._opened(id_token, keys_at)
            self._registry(begun).validate(token.claims)
        except _WRONG as wrong:
            raise Unauthenticated(_REFUSED) from wrong
        party = token.claims.get("azp", self._issuer.client_id)
        if party != self._issuer.client_id:
            raise Unauthenticated(_REFUSED)
        return token.claims

    def _opened(self, id_token: str, keys_at: str) -> jwt.Token:
        """Check a signature; a provider may have changed its keys since they were read."""
        try:
            return _decoded(id_token, self._well_known.read(keys_at))
        except _WRONG:
            return _decoded(id_token, self._well_known.read(keys_at, anew=True))

    def _registry(self, begun: Begun) -> jwt.JWTClaimsRegistry:
        # The real time: a token's is the provider's, not that of a clock which tests and the demo move.
        return jwt.JWTClaimsRegistry(
            now=int(time.time()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._issuer.url},
            aud={"essential": True, "value": self._issuer.client_id},
            nonce={"essential": True, "value": begun.nonce},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )

    def _described(self) -> Mapping[str, Any]:
        """Return what the provider publishes of itself, which must be of the issuer that was configured."""
        found = self._well_known.read(f"{self._issuer.url.rstrip('/')}/.well-known/openid-configuration")
        ends = [found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if found.get("issuer") != self._issuer.url or not all(map(self._is_safe, ends)):
            raise Unavailable("The city's log-in is not what was set up.")
        return found

    def _is_safe(self, address: Any) -> bool:
        """Tell whether an address uses TLS, as the issuer does unless it is on this machine."""
        scheme = self._issuer.url.partition("://")[0]
        return isinstance(address, str) and address.startswith(("https://", f"{scheme}://"))


def _decoded(id_token: str, keys: Mapping[str, Any]) -> jwt.Token:
    return jwt.decode(id_token, jwk.KeySet.import_key_set(keys), algorithms=_SIGNED)  # type: ignore[arg-type]
