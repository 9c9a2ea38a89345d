// A download's own overhead: all of card.run's time that neither the card nor the issuer took.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from 'kort/client';
import { median, ms } from './table.mjs';

/**
 * Downloads renewals to one card, over PC/SC and https.
 *
 * @param stage - where the sandbox `hw` keeps its files.
 * @param hardware - the sandbox's daemon, which has the issuer.
 * @param daemon - the one that is measured; a surface that answers its prompts is attached.
 * @param noise - tells the longest delay of an idle event loop so far, milliseconds.
 */
export async function measureDownloads({ stage, hardware, daemon, card, pin, rounds, noise, row }) {
  await registerIssuer(stage, hardware, daemon);
  const overheads = [];
  for (let n = 0; n < rounds; n += 1) {
    const { order } = await hardware.client.request('sandbox.order', { card, kind: 'renewal' });
    const { session } = await daemon.client.request('issuer.signIn', {});
    const request = { work: 'download', session, orderId: order.id };
    const { operationId, tickets } = await daemon.client.request('card.begin', request);
    const secret = Secret.moveFrom(Uint8Array.from(Buffer.from(pin)));
    await daemon.client.sendPin(tickets.pin, secret, { lastTryConsent: false });
    const begun = performance.now();
    await daemon.client.request('card.run', { operationId, lastTryConsent: false }, { timeoutMs: 60_000 });
    const elapsed = performance.now() - begun;
    const { entries } = await daemon.client.request('history.recent', { limit: 10 });
    const { cardMs, issuerMs } = entries.findLast(({ event }) => event.kind === 'download').event;
    overheads.push(elapsed - cardMs - issuerMs);
  }
  const idle = `${ms(await noise())} idle`;
  row('a download but for card and issuer', ms(median(overheads)), idle, '150 ms', median(overheads) < 150);
}

/** As `kort rp add` would, with what the sandbox's issuer says of itself. */
async function registerIssuer(stage, hardware, daemon) {
  const folder = join(stage.folder, 'state', 'kort', 'hw', 'sandbox');
  const { requestKey, requestKeyId } = JSON.parse(readFileSync(join(folder, 'issuer.json'), 'utf8'));
  const key = createPublicKey(createPrivateKey(requestKey)).export({ format: 'jwk' });
  const { issuer } = await hardware.client.request('sandbox.list', {});
  await daemon.client.request('rp.add', {
    entry: {
      client_id: 'urn:kort:sandbox:issuer',
      display_name: { sv: 'Sandlådans utfärdare', en: 'Sandbox issuer' },
      jwks: { keys: [{ ...key, kid: requestKeyId, alg: 'ES256' }] },
      acr_values: [2, 3].map((level) => `http://id.sambi.se/loa/loa${level}`),
      launchers: ['process'],
      purposes: ['auth'],
      ca_file: join(folder, 'ca.pem'),
      enrollment: {
        session_endpoint: `${issuer.url}/session`,
        orders_endpoint: `${issuer.url}/orders`,
        est_endpoint: `${issuer.url}/.well-known/est`,
      },
    },
  });
}
