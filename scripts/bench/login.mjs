// A relying party that logs in through the loopback endpoint, and a PIN surface that answers by itself.
import { generateKeyPairSync } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Secret } from 'kort/client';
import { createRequestObject, defaultLevelTable, levelUri, trustPolicyFrom, verifyAssertion } from 'kort/verify';

const clientId = 'urn:kort:bench';

/** Registers a relying party with a daemon and attaches a PIN surface. */
export async function createLoginRunner(daemon, certificates, pin) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256' };
  await daemon.client.request('rp.add', {
    entry: {
      client_id: clientId,
      display_name: { sv: 'Mätning', en: 'Bench' },
      jwks: { keys: [key] },
      acr_values: [levelUri(3)],
      launchers: ['process'],
      purposes: ['auth'],
    },
  });
  let pinSentAt = 0;
  daemon.client.on('prompt.show', async ({ ticket, state }) => {
    if (state !== 'pin') return;
    await delay(520); // a prompt is deaf at first
    pinSentAt = performance.now();
    const secret = Secret.moveFrom(Uint8Array.from(Buffer.from(pin)));
    await daemon.client.sendPin(ticket, secret, { lastTryConsent: false });
    secret.wipe();
  });
  await daemon.client.request('prompt.attach', { kind: 'terminal' });
  const { loopback } = await daemon.client.request('daemon.status', {});
  const policy = trustPolicyFrom(certificates, defaultLevelTable);

  return async function login() {
    const created = await createRequestObject({
      clientId,
      key: { privateKey, algorithm: 'ES256', keyId: 'bench' },
      launchers: ['process'],
      acrValues: [levelUri(3)],
    });
    const { orderRef } = await call(loopback.port, '/oob/v1/auth', { request: created.request });
    let answer;
    do answer = await call(loopback.port, '/oob/v1/collect', { orderRef, waitSeconds: 25 });
    while (answer.status === 'pending');
    const pinToAnswerMs = performance.now() - pinSentAt;
    if (answer.status !== 'complete') throw new Error(`login failed: ${answer.hintCode}`);
    const nonces = new Set([created.nonce]);
    await verifyAssertion(answer.assertion, {
      clientId,
      request: created.request,
      origins: [],
      policy,
      consumeNonce: async (nonce) => nonces.delete(nonce),
    });
    const { entries } = await daemon.client.request('history.recent', { limit: 1 });
    return { pinToAnswerMs, apduCount: entries[0].event.apduCount };
  };
}

// Not fetch: Node's sends Sec-Fetch-Mode, which only a page's call may carry.
function call(port, path, body) {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method: 'POST', headers: { 'content-type': 'application/json' } };
    const request = httpRequest({ ...options, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(`${response.statusCode} ${text}`)),
      );
    });
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}
