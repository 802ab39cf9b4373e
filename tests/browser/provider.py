"""An OpenID Connect provider that lets everybody in as one person: what a sign-in is tested against.

As far as the authorization code flow needs it (OpenID Connect Core 1.0, section 3.1): discovery, authorize, token, keys.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "designer-tests"


class Provider:
    """Answers on a free port of this machine until it is closed."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"})
        self.nonces: dict[str, str | None] = {}
        self.asked = 0  # how often somebody was sent here to sign in
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"provider": self}))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address, which is also its name as an issuer."""
        return f"http://localhost:{self._server.server_address[1]}"

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def discovery(self) -> dict[str, Any]:
        """Where everything is."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where to send somebody back to who has just signed in."""
        self.asked += 1
        code = secrets.token_urlsafe()
        self.nonces[code] = query.get("nonce")
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """Who it is."""
        now = int(time.time())
        claims = {
            "iss": self.url, "sub": "ada", "aud": CLIENT, "iat": now, "exp": now + 600, "email": "ada@example.org",
            "nonce": self.nonces.pop(form["code"]),
        }  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "expires_in": 600, "id_token": token}

    def secrets(self, app: str) -> str:
        """The text of an app's `.streamlit/secrets.toml`."""
        return (
            f'[auth]\nredirect_uri = "{app}/oauth2callback"\ncookie_secret = "{secrets.token_hex()}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "a secret"\n'
            f'server_metadata_url = "{self.url}/.well-known/openid-configuration"\n'
        )


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        """Discovery, keys, and the page on which one would type a password."""
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            self.send_response(302)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_header("Location", self.provider.authorize(query))
            self.end_headers()
        elif parts.path == "/keys":
            self._answer({"keys": [self.provider.key.as_dict(private=False)]})
        else:
            self._answer(self.provider.discovery())

    def do_POST(self) -> None:
        """The token."""
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(self.provider.token({name: values[0] for name, values in parse_qs(text).items()}))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _answer(self, data: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())
