"""PyPI's Authlib under Flask, with the clients that the first line of standard input names. It ends when standard input does.

Of the package: client authentication, client credentials, jwt-bearer, refresh, introspection, revocation, the tokens. Ours is what it
leaves to its users: where clients and tokens are kept, which jti was seen, that a refresh token which comes a second time ends its
family; and token exchange, a grant that it has no class for.
"""

import json
import os
import secrets
import sys
import threading
import time

settings = json.loads(sys.stdin.readline())
if settings["issuer"] is None:
    # It serves https only, unless told that this is a test. Behind nginx it need not be told.
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import waitress
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import ClientMixin, InvalidClientError, InvalidGrantError, InvalidRequestError, TokenMixin, grants
from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion, JWTBearerGrant
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key
from werkzeug.middleware.proxy_fix import ProxyFix

LIFETIME = 3600
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
METHODS = ["client_secret_basic", "client_secret_post", JWTBearerClientAssertion.CLIENT_AUTH_METHOD, "none"]
ISSUER = None

app = Flask(__name__)
app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
lock = threading.Lock()


class Client(ClientMixin):
    def __init__(self, known):
        self.client_id, self.secret = known["id"], known.get("secret")
        self.grants = known["grants"]
        key_method = known["method"] == "private_key_jwt"
        self.method = JWTBearerClientAssertion.CLIENT_AUTH_METHOD if key_method else known["method"]
        self.alg, self.keys = known.get("alg"), None
        if known.get("public_key"):
            kinds = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
            key = import_key(known["public_key"], kinds[self.alg], {"kid": known["kid"], "alg": self.alg})
            self.keys = KeySet([key])

    def get_client_id(self):
        return self.client_id

    def get_allowed_scope(self, scope):
        return scope or ""

    def check_client_secret(self, client_secret):
        if settings["plant"] == "any-secret":
            return True
        return secrets.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method, endpoint):
        return method == self.method

    def check_grant_type(self, grant_type):
        return grant_type in self.grants


class Token(TokenMixin):
    def __init__(self, client_id, subject, family, answer):
        self.client_id, self.subject, self.family, self.answer = client_id, subject, family, answer
        self.issued_at, self.revoked = int(time.time()), False

    def check_client(self, client):
        # Our observer may revoke what belongs to others.
        return client.client_id in (self.client_id, settings["observer"])

    def get_scope(self):
        return self.answer.get("scope", "")

    def get_expires_in(self):
        return self.answer["expires_in"]

    def is_expired(self):
        return self.issued_at + self.get_expires_in() <= time.time()

    def is_revoked(self):
        return self.revoked

    def get_user(self):
        return self.subject


clients = {known["id"]: Client(known) for known in settings["clients"]}
service = settings["service"]
clients[service["id"]] = Client({**service, "method": "none", "grants": [JWTBearerGrant.GRANT_TYPE]})
access_tokens, refresh_tokens, spent = {}, {}, {}
seen = set()


def save_token(answer, oauth):
    before = getattr(oauth, "refresh_token", None)
    family = before.family if isinstance(before, Token) else []
    token = Token(oauth.client.client_id, oauth.user, family, answer)
    family.append(token)
    access_tokens[answer["access_token"]] = token
    if "refresh_token" in answer:
        refresh_tokens[answer["refresh_token"]] = Token(oauth.client.client_id, oauth.user, family, answer)
        family.append(refresh_tokens[answer["refresh_token"]])


def is_new(claims, jti):
    with lock:
        new = (claims["iss"], jti) not in seen
        seen.add((claims["iss"], jti))
    return new


server = AuthorizationServer(app, query_client=clients.get, save_token=save_token)


class ClientAssertion(JWTBearerClientAssertion):
    def resolve_client_public_key(self, client):
        return client.keys

    def process_assertion_claims(self, assertion, keys):
        if keys.keys[0].key_type != "OKP":
            return super().process_assertion_claims(assertion, keys)
        # The same, which takes no EdDSA unless it is given the name.
        try:
            token = jwt.decode(assertion, keys, algorithms=["EdDSA"])
        except (JoseError, ValueError) as error:
            raise InvalidClientError(description="The assertion is not valid.") from error
        self.verify_claims(token.claims)
        return token.claims

    def get_audiences(self):
        return [ISSUER, ISSUER + "/token"]

    def validate_jti(self, claims, jti):
        return is_new(claims, jti)


class ClientCredentials(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS


class Refresh(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        token = refresh_tokens.get(refresh_token)
        if token and token.revoked:
            for member in token.family:
                member.revoked = True
            return None
        return token

    def authenticate_user(self, refresh_token):
        return refresh_token.subject

    def revoke_old_credential(self, refresh_token):
        refresh_token.revoked = True


class Service(JWTBearerGrant):
    def resolve_issuer_client(self, issuer):
        return clients.get(issuer) if issuer == service["id"] else None

    def resolve_client_public_key(self, client):
        return client.keys

    def authenticate_user(self, subject):
        return subject if subject == service["id"] else None

    def get_audiences(self):
        return [ISSUER, ISSUER + "/token"]

    def has_granted_permission(self, client, user):
        return client.client_id == user

    def process_assertion_claims(self, assertion):
        claims = super().process_assertion_claims(assertion)
        if not is_new(claims, claims.get("jti")):
            raise InvalidGrantError(description="JWT ID is used before.")
        return claims


class InvalidTarget(OAuth2Error):
    error = "invalid_target"


class TokenExchange(BaseGrant, TokenEndpointMixin):
    GRANT_TYPE = TOKEN_EXCHANGE
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def validate_token_request(self):
        self.request.client = self.authenticate_token_endpoint_client()
        form = self.request.form
        if not self.request.client.check_grant_type(TOKEN_EXCHANGE):
            raise InvalidRequestError("the client may not exchange tokens")
        if form.get("subject_token_type") != ACCESS_TOKEN:
            raise InvalidRequestError("only access tokens are exchanged")
        if form.get("audience") != settings["audience"]:
            raise InvalidTarget()
        subject = access_tokens.get(form.get("subject_token"))
        if not subject or subject.revoked or subject.is_expired():
            raise InvalidRequestError("the subject token is not valid")
        self.request.user = subject.subject or subject.client_id

    def create_token_response(self):
        answer = self.generate_token(user=self.request.user, include_refresh_token=False)
        answer["issued_token_type"] = ACCESS_TOKEN
        self.save_token(answer)
        return 200, answer, self.TOKEN_RESPONSE_HEADER


def find(text):
    return access_tokens.get(text) or refresh_tokens.get(text)


class Introspection(IntrospectionEndpoint):
    def query_token(self, token_string, token_type_hint):
        return find(token_string)

    def check_permission(self, token, client, request):
        return client.client_id == settings["observer"]

    def introspect_token(self, token):
        expires = token.issued_at + token.get_expires_in()
        return {"client_id": token.client_id, "sub": token.subject, "iat": token.issued_at, "exp": expires, "iss": ISSUER}


class Revocation(RevocationEndpoint):
    def query_token(self, token_string, token_type_hint):
        return find(token_string)

    def revoke_token(self, token, request):
        token.revoked = True


server.register_client_auth_method(JWTBearerClientAssertion.CLIENT_AUTH_METHOD, ClientAssertion())
for grant in (ClientCredentials, Refresh, Service, TokenExchange):
    server.register_grant(grant)
server.register_endpoint(Introspection)
server.register_endpoint(Revocation)


@app.post("/token")
def token():
    return server.create_token_response()


@app.post("/introspect")
def introspect():
    return server.create_endpoint_response(Introspection.ENDPOINT_NAME)


@app.post("/revoke")
def revoke():
    return server.create_endpoint_response(Revocation.ENDPOINT_NAME)


requests = []


@app.get("/control/requests")
def asked():
    return jsonify(requests)


@app.post("/control/sign-in")
def sign_in():
    """What a user who signs in with a browser would leave behind."""
    answer = {"access_token": secrets.token_urlsafe(32), "expires_in": LIFETIME, "refresh_token": secrets.token_urlsafe(32)}
    refresh_tokens[answer["refresh_token"]] = first = Token(request.get_json(force=True)["client_id"], settings["user"], [], answer)
    first.family.append(first)
    return jsonify(refresh_token=answer["refresh_token"])


@app.before_request
def note():
    if not request.path.startswith("/control/"):
        requests.append(f"{request.method} {request.full_path.rstrip('?')}")


@app.after_request
def log(response):
    if not request.path.startswith("/control/"):
        print(request.method, request.full_path.rstrip("?"), response.status_code, file=sys.stderr, flush=True)
    return response


def end_with_input():
    sys.stdin.read()
    os._exit(0)


# Behind nginx, which says what the client spoke.
application = ProxyFix(app, x_for=1, x_proto=1, x_host=1) if settings["issuer"] else app
listening = waitress.create_server(application, listen="127.0.0.1:0", threads=16, clear_untrusted_proxy_headers=False)
port = int(listening.effective_port)
ISSUER = settings["issuer"] or f"http://127.0.0.1:{port}"
threading.Thread(target=end_with_input, daemon=True).start()
ready = {"issuer": ISSUER, "port": port, "token": "/token", "introspection": "/introspect", "revocation": "/revoke"}
print(json.dumps(ready), flush=True)
listening.run()
