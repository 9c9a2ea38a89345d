import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PinVerificationError } from '../../src/core/errors.js';
import type { Pkcs11Token } from '../../src/tokens/pkcs11-token.js';
import { mergeTokens } from '../../src/tokens/merged-tokens.js';
import { canWrite, type OpenedCard, type Token, type WritableToken } from '../../src/tokens/token.js';
import type { TokenRegistry } from '../../src/tokens/token-registry.js';
import { buildFaultModule } from '../support/fault-module.js';
import { hostProgramFromSource } from '../support/module-host.js';
import { createPkcs11Bench, type Pkcs11Bench } from '../support/pkcs11-bench.js';
import { certificateOver, generateTestKey, selfSigned } from '../support/self-signed-certificate.js';
import { createSoftHsm, type SoftHsm } from '../support/softhsm.js';
import { isWiped, secretOf } from '../support/token-bench.js';

/*
 * Several pieces of work under one login. The fault module stands before SoftHSM and breaks off between and within
 * them; OpenSC's pkcs11-tool, which goes to SoftHSM directly, tells what became of it.
 */
const pin = '123456';
const label = 'TEST writing';
const host = hostProgramFromSource();
const fault = buildFaultModule();
const template = createSoftHsm();
template.initToken(label, pin);
const old = selfSigned('TEST held', 'p256');
template.store(label, pin, '01', old);
const signer = generateTestKey('p256');
afterAll(() => {
  for (const made of [template, fault, host]) made.remove();
});

let hsm: SoftHsm;
let bench: Pkcs11Bench;
let token: Pkcs11Token & WritableToken;
const deadlines = { load: 20_000, poll: 10_000, read: 10_000, use: 10_000, work: 20_000, end: 10_000 };

/** A module that is looked at once: polls would meet the fault first. */
async function open(more: { readonly workMs?: number; readonly idleMs?: number } = {}): Promise<void> {
  const { workMs: work = deadlines.work, idleMs = 60_000 } = more;
  const options = { program: host.program, deadlines: { ...deadlines, work }, idleMs, pollMs: 3_600_000 };
  bench = createPkcs11Bench([fault.before(hsm.module)], options);
  const found = await bench.token(label);
  if (!canWrite(found)) throw new Error('SoftHSM can be written');
  token = found;
  fault.forget();
}
async function reopen(more: Parameters<typeof open>[0]): Promise<void> {
  await bench.source.close();
  await open(more);
}
beforeEach(async () => {
  fault.rules();
  hsm = template.copy();
  await open();
});
afterEach(async () => {
  await bench.source.close();
  hsm.remove();
});

const use = (typed = pin) => ({ attemptsShown: 0, lastTryConsent: false, pin: secretOf(typed) });
const made = { spec: 'ec-p256', label: 'TEST new', certificateBytes: 2000 } as const;
const objects = (): string => hsm.pkcs11Tool('--token-label', label, '--login', '--pin', pin, '--list-objects');
const idsOf = (kind: 'Private Key' | 'Public Key' | 'Certificate'): string[] =>
  [...objects().matchAll(new RegExp(`${kind} Object[^\\n]*\\n(?:  [^\\n]*\\n)*?  ID: +(\\w+)`, 'g'))].map(
    ([, id]) => id ?? '',
  );
const certificateFor = (publicKey: Uint8Array): Uint8Array =>
  certificateOver('TEST new', createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }), signer);

describe('write() over a module', () => {
  it('does several pieces of work under one login, with the key id as CKA_ID', async () => {
    const keyId = randomBytes(16);
    const entered = use();
    const { value, retryCounter } = await token.write(entered, async (card) => {
      expect(await card.findKey(keyId)).toBeUndefined();
      const { reference, publicKey } = await card.generateKeyPair({ ...made, keyId });
      expect(await card.findKey(keyId)).toEqual({ reference, hasCertificate: false });
      const digest = createHash('sha256').update('TEST request').digest();
      const signature = await card.sign({ keyReference: reference, publicKey, algorithm: 'ES256', digest });
      const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
      expect(verify('sha256', Buffer.from('TEST request'), { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
      const der = certificateFor(publicKey);
      await card.storeCertificate({ keyReference: reference, der, label: 'TEST new' });
      expect(await card.findKey(keyId)).toEqual({ reference, hasCertificate: true });
      const held = await card.certificates();
      return { der, reference, held: held.find(({ certificate }) => Buffer.from(der).equals(certificate.der)) };
    });
    expect(value.held?.key?.reference).toBe(value.reference);
    expect(retryCounter).toMatchObject({ blocked: false });
    expect([fault.calls('C_Login'), fault.calls('C_Logout'), isWiped(entered.pin)]).toEqual([1, 1, true]);
    expect(idsOf('Private Key')).toContain(keyId.toString('hex'));
    expect(idsOf('Certificate')).toContain(keyId.toString('hex'));
    const shown = bench.source.entries[0]?.certificates?.map(({ certificate }) => certificate.fingerprint);
    expect(shown).toContain(value.held?.certificate.fingerprint);
    expect(bench.history.events.filter(({ kind }) => kind === 'pin-try')).toMatchObject([
      { outcome: 'accepted', purpose: 'write' },
    ]);
  });

  it('what another life of the token made is found by its key id, stored to, and removed', async () => {
    const keyId = randomBytes(16);
    const first = await token.write(use(), (card) => card.generateKeyPair({ ...made, keyId }));
    await bench.source.close();
    bench = createPkcs11Bench([fault.before(hsm.module)], { program: host.program });
    const again = (await bench.token(label)) as Pkcs11Token & WritableToken;
    const der = certificateFor(first.value.publicKey);
    await again.write(use(), async (card) => {
      const found = await card.findKey(keyId);
      expect(found).toEqual({ reference: first.value.reference, hasCertificate: false });
      await card.storeCertificate({ keyReference: found!.reference, der, label: 'TEST' });
      // Nothing comes of doing it twice.
      await card.storeCertificate({ keyReference: found!.reference, der, label: 'TEST' });
      await card.removeKey(keyId);
      expect(await card.findKey(keyId)).toEqual({ ...found, hasCertificate: true });
      await card.removeCertificate({ der, keepKey: true });
      expect(await card.findKey(keyId)).toEqual({ ...found, hasCertificate: false });
      await card.removeKey(keyId);
      expect(await card.findKey(keyId)).toBeUndefined();
      await card.removeKey(keyId);
    });
    expect([idsOf('Private Key'), idsOf('Public Key'), idsOf('Certificate')]).toEqual([['01'], ['01'], ['01']]);
  });

  it('storeCertificate() replaces, and removeCertificate() takes the key along unless another certificate needs it', async () => {
    const keyId = randomBytes(16);
    await token.write(use(), async (card) => {
      const { reference: keyReference, publicKey } = await card.generateKeyPair({ ...made, keyId });
      const [older, newer] = [certificateFor(publicKey), certificateFor(publicKey)];
      await card.storeCertificate({ keyReference, der: older, label: 'TEST' });
      await card.storeCertificate({ keyReference, der: newer, label: 'TEST' });
      const held = await card.certificates();
      expect(
        held.filter(({ key }) => key?.reference === keyReference).map(({ certificate }) => certificate.der),
      ).toEqual([newer].map((der) => Uint8Array.from(der)));
      await expect(card.removeCertificate({ der: older, keepKey: false })).rejects.toMatchObject({
        code: 'ERR_TOKEN_KEY_NOT_FOUND',
      });
      const beside = join(hsm.folder, 'beside.der');
      writeFileSync(beside, older);
      hsm.pkcs11Tool(
        ...['--token-label', label, '--login', '--pin', pin, '--write-object', beside, '--type', 'cert'],
        ...['--id', keyId.toString('hex')],
      );
      await card.removeCertificate({ der: newer, keepKey: false });
      expect(await card.findKey(keyId)).toMatchObject({ hasCertificate: true });
      await card.removeCertificate({ der: older, keepKey: false });
      expect(await card.findKey(keyId)).toBeUndefined();
    });
    expect(idsOf('Public Key')).toEqual(['01']);
  });

  it('refuses what cannot be before the module is asked', async () => {
    const keyId = randomBytes(16);
    await token.write(use(), async (card) => {
      const { reference: keyReference, publicKey } = await card.generateKeyPair({ ...made, keyId });
      await expect(card.generateKeyPair({ ...made, keyId })).rejects.toBeInstanceOf(RangeError);
      await expect(card.generateKeyPair({ ...made, keyId: new Uint8Array() })).rejects.toBeInstanceOf(RangeError);
      const digest = new Uint8Array(32);
      await expect(card.sign({ keyReference, publicKey, algorithm: 'RS256', digest })).rejects.toMatchObject({
        code: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED',
      });
      await expect(card.sign({ keyReference: 7, publicKey, algorithm: 'ES256', digest })).rejects.toMatchObject({
        code: 'ERR_TOKEN_KEY_NOT_FOUND',
      });
    });
    expect(fault.calls('C_GenerateKeyPair')).toBe(1);
  });

  it('a wrong PIN does no work and is one try', async () => {
    let worked = false;
    await expect(
      token.write(use('999999'), () => {
        worked = true;
        return Promise.resolve();
      }),
    ).rejects.toBeInstanceOf(PinVerificationError);
    expect([worked, fault.calls('C_Login'), fault.calls('C_Logout')]).toEqual([false, 1, 0]);
  });

  it('what the work throws is thrown, with what became of the code, and the login has ended', async () => {
    await expect(token.write(use(), () => Promise.reject(new RangeError('TEST')))).rejects.toBeInstanceOf(RangeError);
    await expect(
      token.write(use(), (card) => card.removeCertificate({ der: new Uint8Array(9), keepKey: false })),
    ).rejects.toMatchObject({ code: 'ERR_TOKEN_KEY_NOT_FOUND', fields: { codeOutcome: 'accepted' } });
    expect([fault.calls('C_Login'), fault.calls('C_Logout')]).toEqual([2, 2]);
  });

  it('the card of a write that is over does nothing more', async () => {
    const { value: kept } = await token.write(use(), (card) => Promise.resolve(card));
    await expect(kept.findKey(randomBytes(16))).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
    expect(fault.calls('C_Login')).toBe(1);
  });

  it('nobody else gets at the module meanwhile', async () => {
    const order: string[] = [];
    const writing = token.write(use(), async (card) => {
      await card.findKey(randomBytes(16));
      order.push('written');
    });
    await Promise.all([writing, token.certificates().then(() => order.push('read'))]);
    expect(order).toEqual(['written', 'read']);
  });

  it('an abort in the middle stops the next command and logs out', async () => {
    const controller = new AbortController();
    const writing = token.write({ ...use(), signal: controller.signal }, async (card) => {
      controller.abort();
      await card.generateKeyPair({ ...made, keyId: randomBytes(16) });
    });
    await expect(writing).rejects.toMatchObject({ code: 'ERR_ABORTED', fields: { codeOutcome: 'accepted' } });
    expect([fault.calls('C_GenerateKeyPair'), fault.calls('C_Logout')]).toEqual([0, 1]);
  });

  it('a login that nobody uses ends by itself, and is not renewed', async () => {
    await reopen({ idleMs: 400 });
    const writing = token.write(use(), async (card) => {
      await bench.until(() => fault.calls('C_Logout') === 1);
      await card.generateKeyPair({ ...made, keyId: randomBytes(16) });
    });
    await expect(writing).rejects.toMatchObject({
      code: 'ERR_CARD_SECURITY_STATUS',
      fields: { codeOutcome: 'accepted' },
    });
    expect([fault.calls('C_Login'), fault.calls('C_Logout')]).toEqual([1, 1]);
    expect(idsOf('Private Key')).toEqual(['01']);
  });

  it('room() tells nothing where the token tells nothing', async () => {
    expect(await token.room()).toEqual({ keys: undefined, bytes: undefined });
    expect(fault.calls('C_Login')).toBe(0);
  });
});

describe('the twin of a card that we drive ourselves and do not write to', () => {
  /** A card of ours that holds the same certificate, in a reader that the module does not tell. */
  const native = (tries: number): TokenRegistry => {
    const certificates = bench.source.entries[0]!.certificates!;
    const card = {
      info: { id: 'card:11', serial: '11', pins: [{ reference: 0x11, role: 'authentication' }] },
      retryCounters: () => Promise.resolve([{ reference: 0x11, attemptsRemaining: tries, blocked: false }]),
    } as unknown as Token;
    return {
      entries: [{ reader: 'TEST reader of ours', state: 'ready', token: card, certificates }],
      subscribe: () => () => undefined,
      findToken: () => card,
      writableToken: () => Promise.resolve(undefined),
      close: () => Promise.resolve(),
    };
  };

  it('is hidden, and writes with the counter that the card tells us', async () => {
    const merged = mergeTokens(native(2), bench.source, bench.memory);
    expect(merged.entries.map(({ token: shown }) => shown?.info.id)).toEqual(['card:11']);
    const writable = await merged.writableToken('card:11');
    const keyId = randomBytes(16);
    await expect(writable!.write(use(), () => Promise.resolve())).resolves.toMatchObject({
      retryCounter: { reference: writable!.writing.pin, attemptsRemaining: 2 },
    });
    const shown = { ...use(), attemptsShown: 3 };
    const refused = writable!.write(shown, (card) => card.generateKeyPair({ ...made, keyId }));
    await expect(refused).rejects.toMatchObject({ code: 'ERR_PIN_COUNTER_FELL' });
    expect([fault.calls('C_Login'), fault.calls('C_GenerateKeyPair')]).toEqual([1, 0]);
    await writable!.write({ ...use(), attemptsShown: 2 }, (card) => card.generateKeyPair({ ...made, keyId }));
    expect(idsOf('Private Key')).toContain(keyId.toString('hex'));
  });
});

describe('write() over a module that misbehaves', () => {
  const keyId = randomBytes(16);
  /** Everything that a download does on a card. */
  const work = async (card: OpenedCard): Promise<void> => {
    const { reference: keyReference, publicKey } = await card.generateKeyPair({ ...made, keyId });
    await card.sign({ keyReference, publicKey, algorithm: 'ES256', digest: new Uint8Array(32) });
    const der = certificateFor(publicKey);
    await card.storeCertificate({ keyReference, der, label: 'TEST new' });
    await card.removeCertificate({ der: old.der, keepKey: false });
  };
  const others = [
    ['hang', 'ERR_MODULE_TIMEOUT'],
    ['scribble', 'ERR_MODULE_RESPONSE'],
    ['0xe2', 'ERR_CARD_READ_ONLY'],
    ['0x32', 'ERR_CARD_REMOVED'],
  ] as const;
  const calls = ['C_GenerateKeyPair', 'C_SignInit', 'C_Sign', 'C_CreateObject', 'C_DestroyObject'] as const;

  it.each(
    calls.flatMap((name) =>
      (
        [
          ['crash', 'ERR_MODULE_CRASHED'],
          ['0x31', 'ERR_CARD_FULL'],
          ...(name === 'C_CreateObject' ? others : []),
        ] as const
      ).map(([rule, code]) => [name, rule, code] as const),
    ),
  )('%s (%s) is typed, costs no second login, and what is half done is found again', async (name, rule, code) => {
    if (rule === 'hang') await reopen({ workMs: 3000 });
    fault.rules(`${name} ${rule}`);
    const entered = use();
    await expect(token.write(entered, work)).rejects.toMatchObject({ code, fields: { codeOutcome: 'accepted' } });
    const diesOfIt = !rule.startsWith('0x');
    expect([fault.calls('C_Login'), isWiped(entered.pin)]).toEqual([1, true]);
    expect(fault.calls('C_Logout')).toBe(diesOfIt ? 0 : 1);

    // Of another life of the module, or the same: the PIN is wanted again, and what is there is found and cleared away.
    fault.rules();
    await bench.until(({ modules }) => modules[0]?.state === 'running' && modules[0].tokens === 1);
    const again = (await bench.token(label)) as Pkcs11Token & WritableToken;
    await again.write(use(), async (card) => {
      const found = await card.findKey(keyId);
      expect(found === undefined).toBe(name === 'C_GenerateKeyPair');
      for (const { certificate, key } of await card.certificates()) {
        if (key?.reference === found?.reference) await card.removeCertificate({ der: certificate.der, keepKey: true });
      }
      await card.removeKey(keyId);
    });
    expect([idsOf('Private Key'), idsOf('Public Key'), idsOf('Certificate')]).toEqual([['01'], ['01'], ['01']]);
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'a process that is ended (%s) between two pieces of work',
    async (signal) => {
      if (signal === 'SIGSTOP') await reopen({ workMs: 3000 });
      const writing = token.write(use(), async (card) => {
        await card.generateKeyPair({ ...made, keyId });
        process.kill(bench.source.modules[0]!.pid!, signal);
        await card.findKey(keyId);
      });
      const code = signal === 'SIGKILL' ? 'ERR_MODULE_CRASHED' : 'ERR_MODULE_TIMEOUT';
      await expect(writing).rejects.toMatchObject({ code, fields: { codeOutcome: 'accepted' } });
      expect(fault.calls('C_Login')).toBe(1);
      await bench.until(({ modules }) => modules[0]?.state === 'running' && modules[0].tokens === 1);
    },
  );

  it('a crash at the logout does not take away what was done', async () => {
    fault.rules('C_Logout crash');
    const { value } = await token.write(use(), (card) => card.generateKeyPair({ ...made, keyId }));
    expect(value.publicKey.length).toBeGreaterThan(64);
    expect(idsOf('Private Key')).toContain(keyId.toString('hex'));
  });

  it('a crash in the login itself leaves open what became of the code', async () => {
    fault.rules('C_Login crash');
    const writing = token.write(use(), work);
    await expect(writing).rejects.toMatchObject({ code: 'ERR_MODULE_CRASHED', fields: { codeOutcome: 'unknown' } });
    expect(fault.calls('C_Login')).toBe(1);
  });
});
