import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WaitingPrompt, WirePrompt } from '../../src/control-contract/prompts.js';
import {
  levelUri,
  verifySignatures,
  type DigestAlgorithm,
  type OrderDocument,
  type RequestWishes,
} from '../../src/verify/verify.js';
import { OrderBench, until, type PageOrder } from '../support/order-bench.js';
import { startRelyingServer, type RelyingServer } from '../support/relying-server.js';
import { runProcess } from '../support/run-process.js';

/*
 * Orders of pages to the programs as they are installed, over virtual cards; judged by the relying party's library, and
 * the signatures by openssl, too. Fails, and does not skip, without openssl.
 */
let bench: OrderBench;
let clinic: RelyingServer;
let pharmacy: RelyingServer;
let folder: string;
let caFile: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-orders-'));
  bench = await OrderBench.start();
  clinic = await bench.add(await startRelyingServer({ name: 'clinic', launchers: ['page'] }));
  pharmacy = await bench.add(await startRelyingServer({ name: 'pharmacy', launchers: ['page'] }));
  ({ caFile = '' } = await bench.client.request('sandbox.list', {}));
});
afterAll(async () => {
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  bench.willing();
  bench.surface.shown.length = 0;
  bench.surface.closed.length = 0;
});

const contents = [Buffer.from('TEST referral'), randomBytes(3000)] as const;
const visibleText = 'I refer the patient.\nTEST only.';

/** Two documents to be signed. */
function signing(second: DigestAlgorithm = 'sha256'): Partial<RequestWishes> {
  const document = (index: 0 | 1, label: string, digestAlgorithm: DigestAlgorithm): OrderDocument => ({
    label,
    digestAlgorithm,
    digest: createHash(digestAlgorithm).update(contents[index]).digest(),
  });
  const documents = [document(0, 'Referral', 'sha256'), document(1, 'Enclosure', second)];
  return { signature: { visibleText, documents } };
}

/** Whether openssl takes a detached signature for this content and the sandbox's CA. */
async function opensslVerifies(base64: string, content: Uint8Array): Promise<boolean> {
  const files = { in: join(folder, 'signature.p7s'), content: join(folder, 'document') };
  writeFileSync(files.in, Buffer.from(base64, 'base64'));
  writeFileSync(files.content, content);
  const how = ['cms', '-verify', '-cades', '-inform', 'DER', '-binary'];
  const what = ['-in', files.in, '-content', files.content, '-CAfile', caFile, '-out', '/dev/null'];
  return (await runProcess('openssl', [...how, ...what])).code === 0;
}

const signaturesOf = async ({ created, party }: PageOrder, signatures: unknown) =>
  await verifySignatures(signatures as readonly string[], {
    clientId: party.clientId,
    request: created.request,
    policy: bench.trust,
    consumeNonce: () => Promise.resolve(true),
  });

/** Each state of the prompts, as often as it was asked for. */
const statesShown = (): readonly WirePrompt['state'][] => {
  const asked = new Map(bench.surface.shown.map((prompt) => [prompt.ticket, prompt.state]));
  return [...asked.values()].filter((state) => state !== 'working');
};
const shownIn = (state: WirePrompt['state']): readonly WirePrompt[] =>
  bench.surface.shown.filter((prompt) => prompt.state === state);

/** VERIFY commands that carry a code; without one they ask for the counter. */
const verifiesIn = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => /^> ..20.*\.\.\*$/.test(line));

describe('/oob/v1/sign', () => {
  it.each([
    ['tolvan-sign', 'signature', 2, 'sha256'],
    ['tolvan-pkcs15-sign', 'signature', 1, 'sha512'],
    ['tolvan-piv-sign', 'authentication', 2, 'sha384'],
  ] as const)(
    '%s: two documents with a PIN of the %s key, entered %i times',
    async (card, pinRole, pinEntries, hash) => {
      await bench.useCards(card);
      let order!: PageOrder;
      let answer!: Readonly<Record<string, unknown>>;
      const trace = await bench.traced(async () => {
        order = await bench.startPage(clinic, 'sign', signing(hash));
        answer = await bench.collect(order);
      });
      expect(answer).toMatchObject({ status: 'complete' });
      expect(answer).not.toHaveProperty('assertion');
      expect(verifiesIn(trace)).toHaveLength(pinEntries);

      const asked = Array.from({ length: pinEntries }, () => 'pin');
      expect(statesShown()).toEqual(['read', ...asked]);
      expect(shownIn('read')[0]).toMatchObject({
        visibleText,
        purpose: 'sign',
        confirmationCode: order.created.confirmationCode,
      });
      expect(shownIn('read')[0]?.documents).toMatchObject([{ label: 'Referral' }, { label: 'Enclosure' }]);
      for (const prompt of shownIn('pin')) expect(prompt).toMatchObject({ pinRole, documentsNow: 2 / pinEntries });

      const verified = await signaturesOf(order, answer['signatures']);
      expect(verified).toMatchObject({ subject: 'TSTNMT2321000156-1024', level: levelUri(3), visibleText });
      expect(verified.certificate.keyUsage).toEqual(['nonRepudiation']);
      const [first = '', second = ''] = answer['signatures'] as readonly string[];
      expect(await opensslVerifies(first, contents[0])).toBe(true);
      expect(await opensslVerifies(second, contents[1])).toBe(true);
      expect(await opensslVerifies(first, contents[1])).toBe(false);
      await expect(signaturesOf(order, [second, first])).rejects.toMatchObject({ code: 'ERR_VERIFY_DOCUMENT' });

      // It is not given out twice.
      expect((await bench.post(clinic, '/oob/v1/collect', { orderRef: order.orderRef })).status).toBe(404);
      expect(await bench.history(1, 'signature', 'login')).toMatchObject([
        { kind: 'signature', outcome: 'complete', documents: 2, relyingParty: clinic.clientId, launcher: 'page' },
      ]);

      // The same card signs in with its other key, and is never asked which.
      bench.surface.shown.length = 0;
      const login = await bench.login(clinic);
      expect(login.certificate.keyUsage).toContain('digitalSignature');
      expect(login.certificate.keyUsage).not.toContain('nonRepudiation');
      expect(login.certificate.fingerprint).not.toBe(verified.certificate.fingerprint);
      expect(statesShown()).toEqual(['pin']);
      for (const prompt of shownIn('pin')) {
        expect(prompt.pinRole).toBe('authentication');
        expect(prompt.candidates.map(({ id }) => id.endsWith(login.certificate.fingerprint))).toEqual([true]);
        expect(prompt.unfit).toEqual([]);
      }
    },
  );

  it('explains that a card has no key for signatures, and asks it for no PIN', async () => {
    await bench.useCards('tolvan-ec');
    const before = await bench.tries();
    const held = explanationClosed();
    const trace = await bench.traced(async () => {
      const order = await bench.startPage(clinic, 'sign', signing());
      await held.shown;
      const { body } = await bench.post(clinic, '/oob/v1/collect', { orderRef: order.orderRef });
      expect(body).toMatchObject({ status: 'pending', hintCode: 'chooseCard' });
      await held.close();
      expect(await bench.collect(order)).toMatchObject({ status: 'failed', hintCode: 'noSuitableCertificate' });
    });
    expect(statesShown()).toEqual(['explain']);
    expect(shownIn('explain')[0]?.unfit).toMatchObject([{ holder: 'Tolvan Tolvansson', reason: 'usage' }]);
    expect(verifiesIn(trace)).toEqual([]);
    expect(await bench.tries()).toEqual(before);
  });

  it('explains that an RSA key signs no documents that are known by another hash than SHA-256', async () => {
    await bench.useCards('tolvan-sign');
    const trace = await bench.traced(async () => {
      const order = await bench.startPage(clinic, 'sign', signing('sha512'));
      expect(await bench.collect(order)).toMatchObject({ status: 'failed', hintCode: 'noSuitableCertificate' });
    });
    expect(shownIn('explain')[0]?.unfit.map(({ reason }) => reason)).toEqual(['no-key', 'usage']);
    expect(verifiesIn(trace)).toEqual([]);
  });

  it('goes on after a wrong PIN between two documents', async () => {
    await bench.useCards('tolvan-sign');
    const right = bench.surface.beforePin;
    const typed = new Set<string>();
    bench.surface.beforePin = async (prompt) => {
      await right?.(prompt);
      typed.add(prompt.ticket);
      if (typed.size === 2) bench.surface.pin = '111111';
    };
    const order = await bench.startPage(clinic, 'sign', signing());
    const answer = await bench.collect(order);
    expect(answer).toMatchObject({ status: 'complete' });
    expect((await signaturesOf(order, answer['signatures'])).documents).toHaveLength(2);
    const pins = [...new Map(shownIn('pin').map((prompt) => [prompt.ticket, prompt])).values()];
    expect(pins.map(({ documentsSigned, attemptsRemaining }) => [documentsSigned, attemptsRemaining])).toEqual([
      [0, 3],
      [1, 3],
      [1, 2],
    ]);
    expect(pins[2]?.problem).toMatchObject({ code: 'ERR_PIN_WRONG' });
    const tried = await bench.history(3, 'pin-try');
    expect(tried.map(({ outcome }) => outcome)).toEqual(['accepted', 'wrong', 'accepted']);
    expect(await bench.history(1, 'signature')).toMatchObject([{ outcome: 'complete', documents: 2 }]);
  });

  it('hands nothing out when the card is pulled between two documents', async () => {
    await bench.useCards('tolvan-sign');
    const before = await bench.tries();
    const right = bench.surface.beforePin;
    bench.surface.beforePin = async (prompt) => {
      if (prompt.documentsSigned === 1) await bench.pull('tolvan-sign');
      else await right?.(prompt);
    };
    const order = await bench.startPage(clinic, 'sign', signing());
    const answer = await bench.collect(order);
    expect(answer).toEqual({ orderRef: order.orderRef, status: 'failed', hintCode: 'cardRemoved' });
    expect(await bench.history(1, 'signature')).toMatchObject([
      { outcome: 'failed', hintCode: 'cardRemoved', documents: 1 },
    ]);
    // No try was taken from any PIN.
    await bench.useCards('tolvan-sign');
    expect(await bench.tries()).toEqual(before);
  });

  it('is refused for a login, and a login on it', async () => {
    const login = await clinic.ask({ launchers: ['page'] });
    const signature = await clinic.ask({ launchers: ['page'], ...signing() });
    for (const [path, { request }] of [
      ['sign', login],
      ['auth', signature],
    ] as const) {
      const { status, body } = await bench.post(clinic, `/oob/v1/${path}`, { request });
      expect([status, body['errorCode']]).toEqual([400, 'invalidParameters']);
    }
    expect(bench.surface.shown).toEqual([]);
  });
});

/** The next explanation stands until it is closed. */
function explanationClosed(): { readonly shown: Promise<WirePrompt>; readonly close: () => Promise<void> } {
  const { surface } = bench;
  let release!: () => void;
  const shown = new Promise<WirePrompt>((resolve) => {
    surface.beforeExplanation = async (prompt) => {
      resolve(prompt);
      await new Promise<void>((done) => (release = done));
    };
  });
  return {
    shown,
    close: async () => {
      await shown;
      surface.beforeExplanation = undefined;
      release();
    },
  };
}

describe('levels', () => {
  it('a level that no card has is explained before any PIN is asked', async () => {
    await bench.useCards('tretton');
    const before = await bench.tries();
    const held = explanationClosed();
    const trace = await bench.traced(async () => {
      const order = await bench.startPage(clinic, 'auth', { acrValues: [levelUri(3)] });
      const { unfit, levels } = await held.shown;
      expect(levels).toEqual([3]);
      expect(unfit).toMatchObject([
        { holder: 'Tretton Trettonsson', tokenLabel: 'Tretton reserve', level: 2, reason: 'level' },
      ]);
      expect(unfit[0]?.notAfter).toBeGreaterThan(Date.now());
      const { body } = await bench.post(clinic, '/oob/v1/collect', { orderRef: order.orderRef });
      expect(body).toMatchObject({ status: 'pending', hintCode: 'chooseCard' });
      await held.close();
      expect(await bench.collect(order)).toMatchObject({ status: 'failed', hintCode: 'levelNotMet' });
    });
    expect(statesShown()).toEqual(['explain']);
    expect(verifiesIn(trace)).toEqual([]);
    expect(await bench.tries()).toEqual(before);
    expect(await bench.login(clinic, { acrValues: [levelUri(2)] })).toMatchObject({ level: levelUri(2) });
  });

  it('a card that fits may come while the explanation stands', async () => {
    await bench.useCards('tretton');
    const held = explanationClosed();
    const order = await bench.startPage(clinic, 'auth');
    await held.shown;
    await bench.useCards('tretton', 'tolvan-ec');
    bench.surface.beforeExplanation = undefined;
    const answer = await bench.collect(order);
    expect(await bench.verify(clinic, order.created, answer['assertion'])).toMatchObject({ level: levelUri(3) });
  });
});

describe('orders at the same time', () => {
  it('the same relying party is refused while its prompt stands open, and the prompt says so', async () => {
    await bench.useCards('tolvan-ec');
    const asked = bench.pinAsked();
    await bench.startPage(clinic, 'auth');
    const { release } = await asked;
    const again = await clinic.ask({ launchers: ['page'] });
    const refused = await bench.post(clinic, '/oob/v1/auth', { request: again.request });
    expect([refused.status, refused.body['errorCode']]).toEqual([409, 'alreadyInProgress']);
    await until(() => bench.surface.shown.at(-1)?.askedAgain);
    release();
    await until(() => bench.surface.closed.at(-1)?.outcome.status === 'complete');
    // It was not used up by being refused.
    expect((await bench.post(clinic, '/oob/v1/auth', { request: again.request })).status).toBe(200);
    await until(() => bench.surface.closed.length === 2);
  });

  it('the second relying party waits, its newer order replaces the older, and each gets its own answer', async () => {
    await bench.useCards('tolvan-ec');
    let waiting: readonly WaitingPrompt[] = [];
    bench.client.on('prompt.waiting', (told) => void ({ waiting } = told));
    const asked = bench.pinAsked();
    const first = await bench.startPage(clinic, 'auth');
    const { release } = await asked;
    const replaced = await bench.startPage(pharmacy, 'auth');
    const older = await until(() => waiting[0]);
    const second = await bench.startPage(pharmacy, 'auth');
    expect(await bench.collect(replaced)).toMatchObject({ status: 'failed', hintCode: 'cancelled' });
    const newer = await until(() => waiting.find(({ promptId }) => promptId !== older.promptId));
    expect(newer).toMatchObject({ relyingParty: { name: { en: pharmacy.displayName } } });
    expect(waiting).toHaveLength(1);
    expect(bench.surface.shown.every(({ relyingParty }) => relyingParty.name.en === clinic.displayName)).toBe(true);

    release();
    const one = (await bench.collect(first))['assertion'];
    const { status, hintCode } = (await bench.post(pharmacy, '/oob/v1/collect', { orderRef: second.orderRef })).body;
    expect([status, hintCode]).toEqual(['pending', 'outstandingTransaction']);
    const { accepted } = await bench.client.request('prompt.pick', { promptId: newer.promptId });
    expect(accepted).toBe(true);
    const other = (await bench.collect(second))['assertion'];

    expect(await bench.verify(clinic, first.created, one)).toMatchObject({ origin: clinic.origin });
    expect(await bench.verify(pharmacy, second.created, other)).toMatchObject({ origin: pharmacy.origin });
    await expect(bench.verify(pharmacy, second.created, one)).rejects.toMatchObject({ code: 'ERR_VERIFY_AUDIENCE' });
    await expect(bench.verify(pharmacy, replaced.created, other)).rejects.toMatchObject({ code: 'ERR_VERIFY_REQUEST' });
  });
});
