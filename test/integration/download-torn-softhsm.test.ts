import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../src/core/errors.js';
import { systemClock } from '../../src/core/ports.js';
import { prove } from '../../src/operations/download/proof.js';
import { createSandboxCa, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { mergeTokens } from '../../src/tokens/merged-tokens.js';
import { canWrite, type OpenedCard, type WritableToken } from '../../src/tokens/token.js';
import type { TokenRegistry } from '../../src/tokens/token-registry.js';
import {
  downloadPin,
  openDownloadDesk,
  personKey,
  testOrder,
  type DownloadDesk,
  type PersonKey,
} from '../support/download-stage.js';
import { hostProgramFromSource } from '../support/module-host.js';
import { createPkcs11Bench, type Pkcs11Bench } from '../support/pkcs11-bench.js';
import { createSoftHsm, type SoftHsm } from '../support/softhsm.js';
import { secretOf } from '../support/token-bench.js';

/*
 * A renewal on SoftHSM whose module process is killed before or after each piece of work of both visits, and which is
 * then gone on with. pkcs11-tool, which goes to SoftHSM directly, tells what is there in the end.
 */
const label = 'TEST torn';
const host = hostProgramFromSource();
const template = createSoftHsm();
let ca: SandboxCa;
let key: PersonKey;
beforeAll(async () => {
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  key = await personKey(ca);
  template.initToken(label, downloadPin);
  template.store(label, downloadPin, '01', key);
});
afterAll(() => {
  template.remove();
  host.remove();
});

let hsm: SoftHsm;
let bench: Pkcs11Bench;
let desk: DownloadDesk;
/** Pieces of work that were begun, and what the next one does to the module's process. */
let work: { readonly names: string[]; at: number; when: 'before' | 'after' };

function open(): void {
  hsm = template.copy();
  bench = createPkcs11Bench([hsm.module], { program: host.program, idleMs: 60_000 });
  work = { names: [], at: -1, when: 'before' };
  const none: TokenRegistry = {
    entries: [],
    subscribe: () => () => undefined,
    findToken: () => undefined,
    writableToken: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
  const tokens = mergeTokens(none, bench.source, bench.memory);
  desk = openDownloadDesk(ca, key, { tokens, history: bench.history, logger: bench.logger });
  desk.standsFor = counting;
  desk.issuer.orders = [testOrder({ kind: 'renewal', replaces: desk.old })];
}
async function close(): Promise<void> {
  desk.caller.end();
  await bench.source.close();
  hsm.remove();
}
afterEach(close);

const kill = (): void => void process.kill(bench.source.modules[0]!.pid!, 'SIGKILL');

/** The same token, whose process is killed at the piece of work that is wanted. */
function counting(token: WritableToken | undefined): WritableToken | undefined {
  if (token === undefined) return undefined;
  const write: WritableToken['write'] = (authorization, visit) =>
    token.write(authorization, (card) => visit(new Proxy(card, { get: piece })));
  return new Proxy(token, { get: (own, name) => (name === 'write' ? write : bound(own, name)) });
}

function piece(card: OpenedCard, name: string | symbol): unknown {
  const own = bound(card, name);
  if (typeof own !== 'function') return own;
  return async (...args: unknown[]): Promise<unknown> => {
    const isHit = work.names.push(String(name)) - 1 === work.at;
    if (isHit && work.when === 'before') kill();
    const value: unknown = await own(...args);
    if (isHit) kill();
    return value;
  };
}

function bound(of: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(of, name);
  return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(of) : value;
}

async function ready(): Promise<WritableToken> {
  await bench.until(({ modules }) => modules[0]?.state === 'running' && modules[0].tokens === 1);
  const token = await bench.token(label);
  if (!canWrite(token)) throw new Error('SoftHSM can be written');
  return token;
}

/** Fingerprints of the certificates whose keys sign. */
async function usable(): Promise<readonly string[]> {
  const { value } = await (
    await ready()
  ).write({ pin: secretOf(downloadPin), attemptsShown: 0, lastTryConsent: false }, async (card) => {
    const held = await card.certificates();
    for (const { certificate, key: own } of held) await prove(card, own?.reference ?? -1, certificate);
    return held.map(({ certificate }) => certificate.fingerprint);
  });
  return value;
}

function expectOneOfEach(): void {
  const listed = hsm.pkcs11Tool('--token-label', label, '--login', '--pin', downloadPin, '--list-objects');
  for (const kind of ['Private Key', 'Public Key', 'Certificate']) {
    expect(listed.match(new RegExp(`^${kind} Object`, 'gm')), listed).toHaveLength(1);
  }
}

describe('a download to SoftHSM whose module is killed', () => {
  it.each(['before', 'after'] as const)(
    'ends with exactly one certificate in place of the old one: %s each piece of work',
    async (when) => {
      let hits = 0;
      for (let at = 0; ; at += 1) {
        open();
        await ready();
        const prepared = await desk.begin();
        Object.assign(work, { at, when });
        const first = await desk.run(prepared).catch((error: unknown) => {
          expect(error).toBeInstanceOf(MiddlewareError);
          return undefined;
        });
        const isHit = work.names.length > at;
        work.at = -1;
        const issued = (): readonly string[] => desk.issuer.issued.get('order-1') ?? [];
        const where = `${when} ${work.names[at] ?? 'nothing'} (${String(at)})`;
        if (isHit) await bench.until(({ modules }) => modules[0]?.state === 'running');
        // Whatever was torn, the old certificate can still be used, unless the new one already can.
        expect(await usable(), where).toEqual(expect.arrayContaining(first === undefined ? [desk.old] : [...issued()]));
        if (first === undefined || desk.journal.records.size > 0) {
          const goOn = desk.journal.records.size > 0;
          const outcome = await desk.run(goOn ? await desk.resume() : await desk.begin());
          expect(outcome.problem, where).toBeUndefined();
        }
        expect(desk.journal.records.size, where).toBe(0);
        expect(issued(), where).toHaveLength(1);
        expect(await usable(), where).toEqual(issued());
        expectOneOfEach();
        expect([...desk.backups.kept.keys()], where).toEqual([desk.old]);
        if (!isHit) break;
        hits += 1;
        await close();
      }
      // Key, request, certificate, proof, and the farewell of the old one.
      expect(hits).toBeGreaterThan(8);
      expect(work.names).toEqual(
        expect.arrayContaining(['generateKeyPair', 'sign', 'storeCertificate', 'removeCertificate']),
      );
    },
    300_000,
  );
});
