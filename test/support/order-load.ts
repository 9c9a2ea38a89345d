import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningDaemon } from './daemon.js';
import { processFigures } from './process-figures.js';
import { createRequestObject, levelUri } from '../../src/verify/verify.js';

/** A relying party that asks as a page of its own origin does. */
export interface LoadParty {
  readonly clientId: string;
  readonly origin: string;
  readonly displayName: string;
  readonly privateKey: KeyObject;
}

export interface LoadOptions {
  readonly daemon: RunningDaemon;
  readonly port: number;
  readonly parties: readonly LoadParty[];
  readonly seconds: number;
  readonly ordersPerSecond: number;
  readonly say: (line: string) => void;
}

/** What came of a load. */
export interface LoadReport {
  /** How often /auth answered with each status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** By relying party: how many orders were taken, and how many refused for their number. */
  readonly taken: readonly number[];
  readonly refused: readonly number[];
  /** Of /auth, /collect without waiting and /cancel, from the moment that each was due; milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  readonly calls: number;
  /** Of kortd, once a second. */
  readonly rssMiB: readonly number[];
  /** How late this process itself woke up, 99th percentile of the same moments, in milliseconds: the machine's noise. */
  readonly noiseP99: number;
}

/** Registers `count` relying parties with a daemon. */
export async function registerLoadParties(daemon: RunningDaemon, count: number): Promise<readonly LoadParty[]> {
  const parties: LoadParty[] = [];
  for (let index = 0; index < count; index += 1) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const party = {
      clientId: `urn:kort:load:${index}`,
      origin: `https://load-${index}.example`,
      displayName: `TEST Load ${index}`,
      privateKey,
    };
    const entry = {
      client_id: party.clientId,
      display_name: { sv: party.displayName, en: party.displayName },
      origins: [party.origin],
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'ES256' }] },
      acr_values: [levelUri(3)],
      launchers: ['page'],
      purposes: ['auth'],
    };
    await daemon.client.request('rp.add', { entry });
    parties.push(party);
  }
  return parties;
}

/** An answer with its status. */
export interface LoadAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A call as a page makes it, by clients that keep their connections where the daemon lets them. */
export function createPageCaller(port: number): {
  call(party: LoadParty, path: string, body: unknown): Promise<LoadAnswer>;
  close(): void;
} {
  const agent = new Agent({ keepAlive: true, maxSockets: 48 });
  return {
    call: (party, path, body) =>
      new Promise((resolve, reject) => {
        const headers = {
          'content-type': 'application/json',
          origin: party.origin,
          'sec-fetch-mode': 'cors',
          'sec-fetch-dest': 'empty',
          'sec-fetch-site': 'cross-site',
        };
        const request = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers, agent }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as LoadAnswer['body'] });
          });
        });
        request.on('error', reject);
        request.end(JSON.stringify(body));
      }),
    close: () => agent.destroy(),
  };
}

/** Signs a request object as a relying party's server does. */
export async function requestOf(party: LoadParty): Promise<{ readonly request: string; readonly nonce: string }> {
  return await createRequestObject({
    clientId: party.clientId,
    key: { privateKey: party.privateKey, algorithm: 'ES256', keyId: '1' },
    launchers: ['page'],
    acrValues: [levelUri(3)],
  });
}

/**
 * Asks for so many orders a second, evenly, by the relying parties in turn, whatever becomes of those before; of each
 * that is taken the state is asked for once, and every other one is cancelled.
 */
export async function runOrderLoad(options: LoadOptions): Promise<LoadReport> {
  const { parties, seconds, ordersPerSecond, daemon, say } = options;
  const total = seconds * ordersPerSecond;
  // Signed beforehand, so that this process measures and does not work.
  const prepared = await Promise.all(
    Array.from({ length: total }, async (_, index) => await requestOf(parties[index % parties.length]!)),
  );
  const caller = createPageCaller(options.port);
  const statuses: Record<string, number> = {};
  const taken = parties.map(() => 0);
  const refused = parties.map(() => 0);
  const times: number[] = [];
  const noise: number[] = [];
  const rssMiB: number[] = [];
  const timed = async (due: number, work: Promise<LoadAnswer>): Promise<LoadAnswer> => {
    const answer = await work;
    times.push(performance.now() - due);
    return answer;
  };
  const order = async (index: number, due: number): Promise<void> => {
    const at = index % parties.length;
    const party = parties[at]!;
    const { request } = prepared[index] ?? { request: '' };
    const { status, body } = await timed(due, caller.call(party, '/oob/v1/auth', { request }));
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status === 429) refused[at] = (refused[at] ?? 0) + 1;
    if (status !== 200) return;
    taken[at] = (taken[at] ?? 0) + 1;
    const { orderRef } = body;
    await timed(performance.now(), caller.call(party, '/oob/v1/collect', { orderRef }));
    if (index % 2 === 0) await timed(performance.now(), caller.call(party, '/oob/v1/cancel', { orderRef }));
  };
  const begun = performance.now();
  const open = new Set<Promise<void>>();
  for (let index = 0; index < total; index += 1) {
    const due = begun + (index * 1000) / ordersPerSecond;
    const wait = due - performance.now();
    if (wait > 0) {
      await delay(wait);
      noise.push(performance.now() - due);
    }
    const work = order(index, due).finally(() => open.delete(work));
    open.add(work);
    if (index % ordersPerSecond === 0) rssMiB.push(processFigures(daemon.process.pid ?? 0).rssMiB);
    if (index % (10 * ordersPerSecond) === 0 && index > 0) say(`${index} orders, ${JSON.stringify(statuses)}`);
  }
  await Promise.all(open);
  caller.close();
  const at = (values: readonly number[], share: number): number =>
    values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
  return {
    statuses,
    taken,
    refused,
    p50: at(times, 0.5),
    p99: at(times, 0.99),
    longest: Math.max(...times),
    calls: times.length,
    rssMiB,
    noiseP99: at(noise, 0.99),
  };
}
