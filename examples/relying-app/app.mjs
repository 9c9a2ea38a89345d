/*
 * A relying application: knows OpenID Connect and nothing of kort. `node relying-app/app.mjs CONFIG.json` prints a line
 * once it listens.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { BoundedMap } from '../kort-login/bounded-map.mjs';
import { answering, html, readForm, redirect, refusal, sendJson, sendPage, urlOf } from '../http.mjs';

/**
 * @typedef {object} AppConfig
 * @property {string} id client_id
 * @property {string} secret
 * @property {string} name
 * @property {string} origin its own
 * @property {string} issuer of the identity provider
 */

/** @param {AppConfig} config */
export async function startApp({ id, secret, name, origin, issuer }) {
  // Plain http is for the loopback only.
  const execute = issuer.startsWith('http://localhost') ? [oidc.allowInsecureRequests] : [];
  const provider = await oidc.discovery(new URL(issuer), id, secret, undefined, { execute });
  const { jwks_uri: jwksUri } = provider.serverMetadata();
  const keys = createRemoteJWKSet(new URL(jwksUri));
  const cookie = `app-${new URL(origin).port}`;
  /** By cookie: a login on its way (`checks`), or a person (`claims`). */
  const sessions = new BoundedMap();

  const sessionOf = (request) =>
    (request.headers.cookie ?? '')
      .split('; ')
      .map((pair) => pair.split('='))
      .find(([key]) => key === cookie)?.[1];

  function setSession(response, session) {
    const value = randomBytes(24).toString('base64url');
    sessions.set(value, session);
    response.appendHeader('set-cookie', `${cookie}=${value}; Path=/; HttpOnly; SameSite=Lax`);
  }

  function front(request, response) {
    sendPage(response, frontPage(name, sessions.get(sessionOf(request))));
  }

  async function login(_request, response, url) {
    const codeVerifier = oidc.randomPKCECodeVerifier();
    const checks = {
      pkceCodeVerifier: codeVerifier,
      expectedState: oidc.randomState(),
      expectedNonce: oidc.randomNonce(),
      acrValues: url.searchParams.get('acr_values') ?? undefined,
    };
    setSession(response, { checks });
    const location = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: `${origin}/callback`,
      scope: 'openid profile employee',
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      ...(checks.acrValues === undefined ? {} : { acr_values: checks.acrValues }),
    });
    redirect(response, location.href);
  }

  async function callback(request, response, url) {
    const value = sessionOf(request);
    const { checks } = sessions.get(value) ?? {};
    sessions.delete(value);
    if (checks === undefined) throw refusal(400);
    try {
      const { acrValues, ...expected } = checks;
      const tokens = await oidc.authorizationCodeGrant(provider, url, expected);
      const claims = tokens.claims();
      // What was asked for is not what was done, unless one looks.
      if (acrValues !== undefined && !acrValues.split(' ').includes(claims.acr)) throw new Error('another level');
      const userInfo = await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub);
      setSession(response, { claims, userInfo, refreshToken: tokens.refresh_token });
      redirect(response, `${origin}/`);
    } catch (error) {
      setSession(response, { problem: error.error_description ?? error.message });
      redirect(response, `${origin}/`);
    }
  }

  /** New tokens by the refresh token: as long as the session at the identity provider lasts. */
  async function refresh(request, response) {
    const session = sessions.get(sessionOf(request));
    if (session?.refreshToken === undefined) throw refusal(401);
    try {
      const tokens = await oidc.refreshTokenGrant(provider, session.refreshToken);
      session.refreshToken = tokens.refresh_token ?? session.refreshToken;
      session.userInfo = await oidc.fetchUserInfo(provider, tokens.access_token, session.claims.sub);
      sendJson(response, { sub: session.userInfo.sub, acr: tokens.claims().acr });
    } catch (error) {
      sessions.delete(sessionOf(request));
      sendJson(response, { problem: error.error ?? error.message }, 401);
    }
  }

  /** OpenID Connect Back-Channel Logout 1.0 §2.5: the identity provider ends the session, for a card was pulled, say. */
  async function backchannelLogout(request, response) {
    const token = (await readForm(request)).get('logout_token') ?? '';
    const { payload } = await jwtVerify(token, keys, {
      issuer: provider.serverMetadata().issuer,
      audience: id,
      typ: 'logout+jwt',
      maxTokenAge: '2 minutes',
      requiredClaims: ['jti', 'sid', 'events'],
    }).catch(() => {
      throw refusal(400);
    });
    const isLogout = payload.events['http://schemas.openid.net/event/backchannel-logout'] !== undefined;
    if (!isLogout || payload.nonce !== undefined) throw refusal(400);
    for (const [value, { claims }] of sessions) if (claims?.sid === payload.sid) sessions.delete(value);
    response.writeHead(200, { 'cache-control': 'no-store' }).end();
  }

  const handlers = {
    'GET /': front,
    'GET /login': login,
    'GET /callback': callback,
    'POST /refresh': refresh,
    'POST /backchannel-logout': backchannelLogout,
    'GET /style.css': (_request, response) => response.writeHead(200, { 'content-type': 'text/css' }).end(style),
  };

  const server = createServer((request, response) => {
    const url = urlOf(request, origin);
    const handler = handlers[`${request.method} ${url?.pathname}`];
    void answering(response, async () => {
      if (handler === undefined) throw refusal(404);
      await handler(request, response, url);
    });
  });
  const { hostname, port } = new URL(origin);
  await new Promise((resolve, reject) => server.once('error', reject).listen(Number(port), hostname, resolve));
  return { close: () => new Promise((resolve) => server.close(resolve)) };
}

const style = readFileSync(new URL('../sample-idp/public/style.css', import.meta.url));

function frontPage(name, { claims, userInfo, problem } = {}) {
  const ways = html`<p>
    <a class="button" href="/login">Sign in</a>
    <a class="button" href="/login?acr_values=http://id.sambi.se/loa/loa3">Sign in at level 3</a>
    <a class="button" href="/login?acr_values=http://id.sambi.se/loa/loa2">Sign in at level 2</a>
  </p>`;
  const rows = Object.entries({ ...userInfo, acr: claims?.acr, amr: claims?.amr }).map(
    ([key, value]) =>
      html`<dt>${key}</dt>
        <dd id="${key}">${[value].flat().join(', ')}</dd>`,
  );
  const person = html`<p id="who">Signed in: ${userInfo?.name}</p>
    <dl>${rows}</dl>`;
  const nobody = html`<p id="who">Nobody is signed in.</p>
    ${problem === undefined ? '' : html`<p class="note failed">${problem}</p>`}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="refresh" content="5;url=/" />
        <title>${name}</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <main>
          <h1>${name}</h1>
          ${claims === undefined ? nobody : person} ${ways}
        </main>
      </body>
    </html>`.toString();
}

if (process.argv[1] === import.meta.filename) {
  await startApp(JSON.parse(readFileSync(process.argv[2], 'utf8')));
  process.stdout.write('listening\n');
}
