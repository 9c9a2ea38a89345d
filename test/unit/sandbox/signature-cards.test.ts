import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createJudge } from '../../../src/app/judge-certificate.js';
import { systemClock } from '../../../src/core/ports.js';
import type { OrderDocument } from '../../../src/model/signature.js';
import { requestHashOf } from '../../../src/oob/protocol.js';
import { cadesAlgorithm, composeCades } from '../../../src/pki/cades.js';
import { createSandboxCa, trustPolicyOf, type SandboxCa } from '../../../src/sandbox/ca/sandbox-ca.js';
import { VirtualHardware } from '../../../src/sandbox/hardware/virtual-hardware.js';
import { openSandboxCard } from '../../../src/sandbox/open-sandbox-card.js';
import { sandboxCards, sandboxPin, sandboxSignaturePin } from '../../../src/sandbox/sandbox-cards.js';
import type { TokenKey } from '../../../src/tokens/token.js';
import { createSimulatorTransport } from '../../../src/transport/simulator/simulator-transport.js';
import { createRequestObject } from '../../../src/verify/create-request.js';
import { verifySignatures } from '../../../src/verify/verify-signatures.js';
import { insertFor, type ContractStage, type InsertedSubject } from '../../support/contract-stages.js';
import { createTestRelyingParty } from '../../support/test-relying-party.js';
import { secretOf } from '../../support/token-bench.js';

/*
 * From the cards of the sandbox that can sign documents to what a relying party accepts.
 */
const clientId = 'https://rp.example/client';
const signing = sandboxCards.filter(({ signatureKeyType }) => signatureKeyType !== undefined);
const documents: readonly OrderDocument[] = ['TEST one', 'TEST two'].map((label) => ({
  label,
  digestAlgorithm: 'sha256',
  digest: createHash('sha256').update(label).digest(),
}));

let folder: string;
let ca: SandboxCa;
let stage: ContractStage;
let subject: InsertedSubject | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-signature-cards-'));
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  const hardware = new VirtualHardware();
  hardware.addReader('Reader');
  const transport = createSimulatorTransport(hardware);
  await transport.start();
  stage = { hardware, transport, readers: ['Reader'] };
});
afterEach(() => subject?.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pinOf: Readonly<Record<string, string>> = {
  'tolvan-sign': sandboxSignaturePin,
  'tolvan-piv-sign': sandboxPin,
  'tolvan-pkcs15-sign': sandboxSignaturePin,
};
const eachTime: Readonly<Record<string, boolean>> = {
  'tolvan-sign': true,
  'tolvan-piv-sign': true,
  'tolvan-pkcs15-sign': false,
};

/** The card in its reader, and its two certificates by what they are for. */
async function insert(plan: (typeof signing)[number]) {
  const made = await openSandboxCard(plan, join(folder, `${plan.id}.card`), ca);
  subject = await insertFor(stage, made.card);
  const { token } = subject;
  const judge = createJudge(trustPolicyOf(ca));
  const held = await token.certificates();
  const usable = (purpose: 'auth' | 'sign') =>
    held.flatMap(({ certificate, key }) => {
      const verdict = judge(certificate, Date.now(), purpose);
      return verdict.usable && key !== undefined ? [{ certificate, key, chain: verdict.chain }] : [];
    });
  return { token, forLogins: usable('auth'), forSignatures: usable('sign') };
}

const use = async (token: InsertedSubject['token'], key: TokenKey, pin: string) => {
  const counters = await token.retryCounters();
  const attemptsShown = counters.find(({ reference }) => reference === key.pin)?.attemptsRemaining ?? 0;
  return { key, pin: secretOf(pin), attemptsShown, lastTryConsent: false };
};

describe.each(signing)('$id', (plan) => {
  it('has one certificate for logins and another for signatures', async () => {
    const { forLogins, forSignatures } = await insert(plan);
    expect([forLogins.length, forSignatures.length]).toEqual([1, 1]);
    expect(forSignatures[0]!.key.reference).not.toBe(forLogins[0]!.key.reference);
    const hasOwnPin = pinOf[plan.id] === sandboxSignaturePin;
    expect(forSignatures[0]!.key.pin !== forLogins[0]!.key.pin).toBe(hasOwnPin);
    expect(forSignatures[0]!.key.pinEachTime).toBe(eachTime[plan.id]);
    expect(forLogins[0]!.key.pinEachTime).toBe(false);
  });

  it('signs documents so that a relying party accepts them', async () => {
    const { token, forSignatures } = await insert(plan);
    const { key, chain } = forSignatures[0]!;
    const { request } = await createRequestObject({
      clientId,
      key: { privateKey: createTestRelyingParty().keys.ES256.privateKey, algorithm: 'ES256', keyId: 'key' },
      launchers: ['page'],
      acrValues: ['http://id.sambi.se/loa/loa3'],
      signature: { visibleText: 'TEST', documents },
    });
    const algorithm = cadesAlgorithm(key.algorithms, 'sha256')!;
    const requestHash = requestHashOf(request);
    const drafts = documents.map((one) => composeCades({ ...one, chain, algorithm, requestHash, now: Date.now() }));
    const rounds = key.pinEachTime ? drafts.map((draft) => [draft]) : [drafts];
    const signatures: string[] = [];
    for (const round of rounds) {
      const digests = round.map(({ digest }) => digest);
      const once = await use(token, key, pinOf[plan.id]!);
      const signed = await token.verifyAndSignAll({ ...once, algorithm, digests });
      signatures.push(
        ...round.map((draft, index) => Buffer.from(draft.finish(signed.signatures[index]!)).toString('base64')),
      );
    }
    const consumeNonce = () => Promise.resolve(true);
    const verified = verifySignatures(signatures, { clientId, request, policy: trustPolicyOf(ca), consumeNonce });
    await expect(verified).resolves.toMatchObject({ subject: plan.person.personId, testIssuer: true });
  });
});

it.each(signing.filter(({ id }) => pinOf[id] === sandboxSignaturePin))(
  '$id takes the PIN of its other key for a wrong one',
  async (plan) => {
    const { token, forSignatures } = await insert(plan);
    const { key } = forSignatures[0]!;
    const once = await use(token, key, sandboxPin);
    const algorithm = cadesAlgorithm(key.algorithms, 'sha256')!;
    const digests = [new Uint8Array(algorithm === 'ES384' ? 48 : 32)];
    await expect(token.verifyAndSignAll({ ...once, algorithm, digests })).rejects.toMatchObject({
      code: 'ERR_PIN_WRONG',
      pinReference: key.pin,
      attemptsRemaining: once.attemptsShown - 1,
    });
    const after = await token.retryCounters();
    const others = after.filter(({ reference }) => reference !== key.pin);
    expect(others.every(({ attemptsRemaining }) => attemptsRemaining !== undefined && attemptsRemaining > 2)).toBe(
      true,
    );
  },
);
