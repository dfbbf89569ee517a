// npm's oidc-provider, with the clients that the first line of standard input names. It ends when standard input does.
//
// Of the package: client authentication, client credentials, refresh with rotation, introspection, revocation, the tokens. Ours, as
// the package has no such grants: jwt-bearer and token exchange, registered through its API, on its models and with jose.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import { Provider, errors } from 'oidc-provider';

const { InvalidGrant, InvalidRequest, InvalidTarget } = errors;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const LIFETIME = 3600;

const lines = createInterface({ input: process.stdin });
const settings = JSON.parse(await new Promise((resolve) => { lines.once('line', resolve); }));
lines.on('close', () => process.exit(0));

const server = createServer();
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
const { port } = server.address();
const issuer = settings.issuer ?? `http://127.0.0.1:${port}`;

function metadata(client) {
  const found = {
    client_id: client.id,
    client_secret: client.secret,
    token_endpoint_auth_method: client.method,
    grant_types: client.grants,
    redirect_uris: client.grants.includes('refresh_token') ? ['https://client.invalid/callback'] : [],
    response_types: client.grants.includes('refresh_token') ? ['code'] : [],
  };
  if (client.grants.includes('refresh_token')) found.grant_types = ['authorization_code', 'refresh_token'];
  if (client.method === 'private_key_jwt') {
    found.token_endpoint_auth_signing_alg = client.alg;
    found.jwks = { keys: [{ ...createPublicKey(client.public_key).export({ format: 'jwk' }), kid: client.kid, alg: client.alg }] };
  }
  return found;
}

const accounts = new Set([settings.user, settings.service.id]);
const provider = new Provider(issuer, {
  clients: settings.clients.map(metadata),
  findAccount: (_ctx, id) => (accounts.has(id) ? { accountId: id, claims: () => ({ sub: id }) } : undefined),
  cookies: { keys: [settings.cookie_key] },
  rotateRefreshToken: true,
  ttl: { AccessToken: LIFETIME, ClientCredentials: LIFETIME, RefreshToken: LIFETIME, Grant: LIFETIME },
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: (_ctx, client) => client.clientId === settings.observer },
    revocation: { enabled: true, allowedPolicy: (_ctx, client) => client.clientId === settings.observer },
  },
});
// Behind nginx, which says what the client spoke.
provider.proxy = settings.issuer !== null;
provider.on('server_error', (_ctx, error) => console.error(error));
if (settings.plant === 'any-secret') provider.Client.prototype.compareClientSecret = async () => true;

async function accessToken(ctx, accountId, gty) {
  const { client } = ctx.oidc;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  const token = new provider.AccessToken({ accountId, client, grantId: await grant.save(), gty });
  return { access_token: await token.save(), expires_in: token.expiration, token_type: token.tokenType };
}

provider.registerGrantType(JWT_BEARER, async (ctx) => {
  const { service } = settings;
  let claims;
  try {
    const expected = { issuer: service.id, audience: issuer, algorithms: [service.alg], requiredClaims: ['exp', 'jti', 'sub'] };
    ({ payload: claims } = await jwtVerify(ctx.oidc.params.assertion ?? '', createPublicKey(service.public_key), expected));
  } catch (cause) {
    throw new InvalidGrant(`the assertion is not valid: ${cause.code}`);
  }
  if (claims.sub !== service.id) throw new InvalidGrant('no such account');
  if (!await provider.ReplayDetection.unique(claims.iss, claims.jti, claims.exp)) throw new InvalidGrant('jti was used before');
  ctx.body = await accessToken(ctx, claims.sub, JWT_BEARER);
}, ['assertion', 'scope']);

provider.registerGrantType(TOKEN_EXCHANGE, async (ctx) => {
  const { params } = ctx.oidc;
  if (params.subject_token_type !== ACCESS_TOKEN) throw new InvalidRequest('only access tokens are exchanged');
  if (params.audience !== settings.audience) throw new InvalidTarget('no such audience');
  const value = params.subject_token ?? '';
  const subject = await provider.ClientCredentials.find(value) ?? await provider.AccessToken.find(value);
  if (!subject?.isValid) throw new InvalidRequest('the subject token is not valid');
  ctx.body = { ...await accessToken(ctx, subject.accountId ?? subject.clientId, TOKEN_EXCHANGE), issued_token_type: ACCESS_TOKEN };
}, ['subject_token', 'subject_token_type', 'audience', 'scope']);

// What a user who signs in with a browser would leave behind.
async function signIn(clientId) {
  const client = await provider.Client.find(clientId);
  const grant = new provider.Grant({ accountId: settings.user, clientId });
  grant.addOIDCScope('openid offline_access');
  const token = new provider.RefreshToken({
    accountId: settings.user,
    client,
    grantId: await grant.save(),
    gty: 'authorization_code',
    scope: 'openid offline_access',
    expiresWithSession: false,
  });
  return { refresh_token: await token.save(LIFETIME) };
}

const text = async (request) => Buffer.concat(await request.toArray()).toString();
const requests = [];
const oauth = provider.callback();
server.on('request', async (request, response) => {
  if (request.url === '/control/requests') {
    response.end(JSON.stringify(requests));
  } else if (request.url === '/control/sign-in') {
    response.end(JSON.stringify(await signIn(JSON.parse(await text(request)).client_id)));
  } else if (request.url === '/control/end') {
    // Revocation ends the grant as well, and the refresh token with it.
    await (await provider.AccessToken.find(await text(request))).destroy();
    response.end();
  } else {
    requests.push(`${request.method} ${request.url}`);
    response.on('finish', () => console.error(`${request.method} ${request.url} ${response.statusCode}`));
    oauth(request, response);
  }
});
console.log(JSON.stringify({ issuer, port, token: '/token', introspection: '/token/introspection', revocation: '/token/revocation' }));
