/*
 * The sample identity provider: `node sample-idp/idp.mjs CONFIG.json`. Prints a line of JSON once it listens: the entry
 * that kort needs of it.
 */
import { X509Certificate, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRevocationChecker, defaultLevelTable, trustPolicyFrom } from 'kort/verify';
import { answering, urlOf } from '../http.mjs';
import { createKortLogin } from '../kort-login/kort-login.mjs';
import { createAccounts } from './accounts.mjs';
import { createCardSessions } from './card-sessions.mjs';
import { createInteraction } from './interaction.mjs';
import { createKortEndpoints } from './kort-endpoints.mjs';
import { createProvider } from './provider.mjs';
import { createSigning } from './signing.mjs';

/**
 * @typedef {object} IdpConfig
 * @property {number} port
 * @property {string} endpoint where kort listens, such as http://127.0.0.1:14940
 * @property {string} caFile PEM file of the root and the person-issuing CAs
 * @property {string} keyFile where the key that signs requests lies; made when it is absent
 * @property {boolean} testCards whether people with cards of test issuers are let in
 * @property {string[]} revocationHosts servers of the CA that are asked whether a certificate is revoked; none asks nobody,
 *   which is for certificates without addresses only
 * @property {'' | 'page' | 'redirect' | 'scheme'} launcher the only way to log in; empty for page, redirect, scheme
 * @property {{id: string, secret: string, origin: string, name: string, defaultLevels?: string[]}[]} clients
 */

/** @param {IdpConfig} given */
export async function startIdp(given) {
  const config = { clientId: 'urn:kort:sample-idp', launcher: '', revocationHosts: [], log: () => {}, ...given };
  config.origin = `http://localhost:${config.port}`;
  const key = readKey(config.keyFile);
  const kortLogin = createKortLogin({
    clientId: config.clientId,
    origin: config.origin,
    key: { privateKey: key, algorithm: 'ES256', keyId: 'sample-1' },
    policy: readTrust(config.caFile),
    responseUri: `${config.origin}/kort/response`,
    returnUri: ({ context }, code) => `${config.origin}${context}/return?response_code=${code}`,
    ...(config.revocationHosts.length === 0
      ? {}
      : { revocation: createRevocationChecker({ hosts: config.revocationHosts }) }),
    accept: ({ testIssuer }) => config.testCards || !testIssuer,
  });
  const accounts = createAccounts();
  const provider = createProvider({ issuer: config.origin, clients: config.clients, accounts });
  const cardSessions = createCardSessions(provider);
  const parts = { provider, kortLogin, accounts, cardSessions, config };
  const interaction = createInteraction(parts);
  const signing = createSigning(parts);
  const kortEndpoints = createKortEndpoints(parts);
  const oidc = provider.callback();

  const server = createServer((request, response) => {
    const url = urlOf(request, config.origin);
    if (url === undefined) return void response.writeHead(400).end();
    const [, first] = url.pathname.split('/');
    if (first === 'interaction') return void answering(response, () => interaction(request, response, url));
    if (first === 'sign') return void answering(response, () => signing(request, response, url));
    if (first === 'kort') return void answering(response, () => kortEndpoints(request, response, url));
    const file = publicFiles[url.pathname];
    if (file !== undefined) return void response.writeHead(200, { 'content-type': file.type }).end(file.content);
    oidc(request, response);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(config.port, '127.0.0.1', resolve));
  return { entry: entryOf(config, key), close: () => new Promise((resolve) => server.close(resolve)) };
}

const publicFile = (name, type) => ({ type, content: readFileSync(new URL(`public/${name}`, import.meta.url)) });
const publicFiles = {
  '/login.js': publicFile('login.js', 'text/javascript'),
  '/probe.js': publicFile('probe.js', 'text/javascript'),
  '/style.css': publicFile('style.css', 'text/css'),
};

/** A key that signs requests and nothing else; kept, since kort knows its public half. */
function readKey(path) {
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(path, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  }
  return createPrivateKey(readFileSync(path));
}

function readTrust(caFile) {
  const pem = readFileSync(caFile, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  return trustPolicyFrom(
    pem.map((text) => new X509Certificate(text).raw),
    defaultLevelTable,
  );
}

/** What `kort rp add` takes. */
function entryOf({ clientId, origin }, key) {
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  return {
    client_id: clientId,
    display_name: { sv: 'Exempelinloggningen', en: 'Sample Sign-in' },
    origins: [origin],
    jwks: { keys: [{ kty, crv, x, y, kid: 'sample-1', alg: 'ES256' }] },
    acr_values: ['http://id.sambi.se/loa/loa3', 'http://id.sambi.se/loa/loa2'],
    launchers: ['page', 'redirect', 'scheme'],
    purposes: ['auth', 'sign'],
    request_endpoint: `${origin}/kort/request`,
    response_endpoint: `${origin}/kort/response`,
    removal_endpoint: `${origin}/kort/removal`,
  };
}

if (process.argv[1] === import.meta.filename) {
  const log = (text) => process.stderr.write(`${text}\n`);
  const { entry } = await startIdp({ ...JSON.parse(readFileSync(process.argv[2], 'utf8')), log });
  process.stdout.write(`${JSON.stringify({ entry })}\n`);
}
