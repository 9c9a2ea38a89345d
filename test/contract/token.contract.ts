import { constants, createHash, publicEncrypt, verify, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MiddlewareError, PinVerificationError } from '../../src/core/errors.js';
import type { DecipherAlgorithm, KeySpec } from '../../src/model/key.js';
import { fromHex } from '../../src/core/bytes.js';
import { Secret } from '../../src/core/secret.js';
import { digestOf, type SignatureAlgorithm } from '../../src/model/signature.js';
import {
  canDecipher,
  canWrite,
  hasPins,
  type DecipherRequest,
  type OpenedCard,
  type SignAllRequest,
  type SignRequest,
  type SigningToken,
  type TokenKey,
  type TokenPin,
  type WritableToken,
  type WriteAuthorization,
} from '../../src/tokens/token.js';
import { generateTestKey } from '../support/self-signed-certificate.js';
import { isWiped, keyFor, secretOf } from '../support/token-bench.js';
import { certificateFor, digestFor, newKey } from '../support/writing.js';

/** A token under test with one RSA key at least, all its PINs right at the start. */
export interface TokenSubject {
  readonly token: SigningToken;
  /** The right PIN of a reference. */
  pin(reference: number): string;
  /** The right PUK of a PIN, where it has one. */
  puk?(reference: number): string;
  /** What opens the card for writing besides the PIN, hexadecimal. */
  readonly managementKey?: string;
  /** Kinds of keys that the card has room for; all that it makes when left out. */
  readonly newKeys?: readonly KeySpec[];
  /** Tries left as the card itself knows them; of a PUK as well, by its own reference. */
  attempts(reference: number): number;
  /** Another program tries a wrong PIN. */
  foreignWrongTry(reference: number): Promise<void>;
  /** Another program verifies the PIN and leaves the card so. */
  foreignVerify(reference: number): Promise<void>;
  pull(): void;
  close(): Promise<void>;
}

/** What a back end cannot do by its nature. */
export interface TokenTraits {
  /** False where wrong PINs are not counted, as in SoftHSM. */
  readonly countsTries: boolean;
}

const message = Buffer.from('TEST message');
const signer = generateTestKey('p256');

/** What every signing token must do, whatever is behind it. */
export function describeToken(
  name: string,
  create: () => Promise<TokenSubject>,
  { countsTries }: TokenTraits = { countsTries: true },
): void {
  describe(`${name} as a token`, () => {
    let subject: TokenSubject;
    let token: SigningToken;
    beforeEach(async () => {
      subject = await create();
      token = subject.token;
    });
    afterEach(() => subject.close());

    /** For what only counting tokens can show. */
    const itCounts: typeof it = countsTries ? it : ((() => undefined) as unknown as typeof it);

    const request = async (overrides: Partial<SignRequest> = {}): Promise<SignRequest> => {
      const algorithm = overrides.algorithm ?? 'RS256';
      const key = overrides.key ?? (await keyFor(token, algorithm));
      return {
        key,
        algorithm,
        digest: createHash(digestOf(algorithm)).update(message).digest(),
        pin: secretOf(subject.pin(key.pin)),
        attemptsShown: subject.attempts(key.pin),
        lastTryConsent: false,
        ...overrides,
      };
    };
    const wrong = (): ReturnType<typeof secretOf> => secretOf('000000');
    const use = (reference: number) => ({ attemptsShown: subject.attempts(reference), lastTryConsent: false });
    const spendAllBut = async (left: number, key: TokenKey): Promise<void> => {
      while (subject.attempts(key.pin) > left) await subject.foreignWrongTry(key.pin);
    };

    it('info names the token and its PINs', () => {
      expect(token.info.id).toMatch(/^(card|p11):/);
      expect(token.info.serial).not.toBe('');
      expect(token.info.pins.some(({ role }) => role === 'authentication')).toBe(true);
    });

    it('certificates() tells which keys can sign', async () => {
      const certificates = await token.certificates();
      expect(certificates.length).toBeGreaterThan(0);
      for (const { certificate, key } of certificates.filter((held) => held.key !== undefined)) {
        expect(key!.algorithms.length + key!.decipherAlgorithms.length).toBeGreaterThan(0);
        if (certificate.keyType === 'rsa')
          expect(['RS256', 'PS256']).toEqual(expect.arrayContaining([...key!.algorithms]));
        else expect(key!.decipherAlgorithms).toEqual([]);
      }
      expect(certificates.some(({ key }) => key?.algorithms.includes('RS256'))).toBe(true);
    });

    itCounts('retryCounters() tells the tries left and spends none', async () => {
      const before = token.info.pins.map(({ reference }) => subject.attempts(reference));
      const counters = await token.retryCounters();
      expect(counters).toEqual(
        token.info.pins.map(({ reference }, index) => ({
          reference,
          attemptsRemaining: before[index],
          blocked: false,
        })),
      );
      expect(token.info.pins.map(({ reference }) => subject.attempts(reference))).toEqual(before);
    });

    it('verifyAndSign() signs with every key and algorithm that certificates() offers', async () => {
      for (const { certificate, key } of await token.certificates()) {
        for (const algorithm of key?.algorithms ?? []) {
          const signing = await request({ key: key!, algorithm });
          const { signature, cost } = await token.verifyAndSign(signing);
          expect(isValid(certificate.der, algorithm, signature), algorithm).toBe(true);
          expect(isWiped(signing.pin)).toBe(true);
          if (countsTries) expect(cost.apduCount).toBeGreaterThan(0);
          expect(cost.cardMs).toBeGreaterThanOrEqual(0);
        }
      }
    });

    const several = ['TEST one', 'TEST two', 'TEST three'].map((text) => Buffer.from(text));
    const requestAll = async (key: TokenKey, texts = several): Promise<SignAllRequest> => {
      const algorithm = key.algorithms[0]!;
      const { digest: _, ...rest } = await request({ key, algorithm });
      return { ...rest, digests: texts.map((text) => createHash(digestOf(algorithm)).update(text).digest()) };
    };
    const signingKeys = async (pinEachTime: boolean) =>
      (await token.certificates()).filter(
        ({ key }) => key !== undefined && key.algorithms.length > 0 && key.pinEachTime === pinEachTime,
      );

    it('verifyAndSignAll() signs all digests in their order with one PIN', async () => {
      const held = await signingKeys(false);
      expect(held.length).toBeGreaterThan(0);
      for (const { certificate, key } of held) {
        const signing = await requestAll(key!);
        const before = subject.attempts(key!.pin);
        const { signatures, cost } = await token.verifyAndSignAll(signing);
        const algorithm = key!.algorithms[0]!;
        expect(signatures.map((one, index) => isValid(certificate.der, algorithm, one, several[index]))).toEqual(
          several.map(() => true),
        );
        if (countsTries) expect(cost.apduCount).toBeGreaterThan(several.length);
        expect(subject.attempts(key!.pin)).toBe(before);
        expect(isWiped(signing.pin)).toBe(true);
      }
      const counters = await token.retryCounters();
      if (countsTries) expect(counters.every(({ attemptsRemaining }) => attemptsRemaining !== undefined)).toBe(true);
    });

    it('verifyAndSignAll() signs one digest, and not several, where the card wants the PIN each time', async () => {
      for (const { certificate, key } of await signingKeys(true)) {
        const before = subject.attempts(key!.pin);
        const refused = await requestAll(key!);
        await expect(token.verifyAndSignAll(refused)).rejects.toMatchObject({
          code: 'ERR_TOKEN_OPERATION_UNSUPPORTED',
        });
        expect(isWiped(refused.pin)).toBe(true);
        expect(subject.attempts(key!.pin)).toBe(before);
        const { signatures } = await token.verifyAndSignAll(await requestAll(key!, several.slice(0, 1)));
        expect(isValid(certificate.der, key!.algorithms[0]!, signatures[0]!, several[0])).toBe(true);
      }
    });

    itCounts('verifyAndSignAll() with a wrong PIN costs one try and signs nothing', async () => {
      for (const { key } of await signingKeys(false)) {
        const before = subject.attempts(key!.pin);
        if (before < 2) continue;
        const signing = { ...(await requestAll(key!)), pin: wrong() };
        const failure = await token.verifyAndSignAll(signing).catch((error: unknown) => error);
        expect(failure).toMatchObject({ code: 'ERR_PIN_WRONG', attemptsRemaining: before - 1 });
        expect(subject.attempts(key!.pin)).toBe(before - 1);
        expect(isWiped(signing.pin)).toBe(true);
      }
    });

    it.each([0, 21])('verifyAndSignAll() takes no %i digests', async (count) => {
      const key = await keyFor(token, 'RS256');
      const before = subject.attempts(key.pin);
      const texts = Array.from({ length: count }, () => Buffer.from('TEST'));
      const signing = await requestAll(key, texts);
      await expect(token.verifyAndSignAll(signing)).rejects.toThrow(RangeError);
      expect(isWiped(signing.pin)).toBe(true);
      expect(subject.attempts(key.pin)).toBe(before);
    });

    itCounts('verifyAndSign() leaves no verified PIN behind', async () => {
      await token.verifyAndSign(await request());
      const counters = await token.retryCounters();
      expect(counters.every(({ attemptsRemaining }) => attemptsRemaining !== undefined)).toBe(true);
    });

    itCounts('verifyAndSign() reports a wrong PIN once, with the tries left', async () => {
      const signing = await request({ pin: wrong() });
      const before = subject.attempts(signing.key.pin);
      const failure = await token.verifyAndSign(signing).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(PinVerificationError);
      expect(failure).toMatchObject({ code: 'ERR_PIN_WRONG', attemptsRemaining: before - 1, blocked: false });
      expect(subject.attempts(signing.key.pin)).toBe(before - 1);
      expect(isWiped(signing.pin)).toBe(true);
    });

    it.each(['', '123', 'abcd', '12 34', '12345678901234567', '12\u00e5456'])(
      'verifyAndSign() refuses the malformed PIN "%s" before the card is asked',
      async (text) => {
        const signing = await request({ pin: secretOf(text) });
        const before = subject.attempts(signing.key.pin);
        await expect(token.verifyAndSign(signing)).rejects.toMatchObject({ code: 'ERR_PIN_MALFORMED' });
        expect(subject.attempts(signing.key.pin)).toBe(before);
        expect(isWiped(signing.pin)).toBe(true);
      },
    );

    itCounts('verifyAndSign() refuses when the counter fell since the user looked', async () => {
      const signing = await request();
      await subject.foreignWrongTry(signing.key.pin);
      const left = subject.attempts(signing.key.pin);
      await expect(token.verifyAndSign(signing)).rejects.toMatchObject({
        code: 'ERR_PIN_COUNTER_FELL',
        fields: { attemptsShown: signing.attemptsShown, attemptsRemaining: left },
      });
      expect(subject.attempts(signing.key.pin)).toBe(left);
      expect(isWiped(signing.pin)).toBe(true);
    });

    itCounts('verifyAndSign() spends the last try only after consent', async () => {
      const key = await keyFor(token, 'RS256');
      await spendAllBut(1, key);
      const refused = await request();
      await expect(token.verifyAndSign(refused)).rejects.toMatchObject({ code: 'ERR_PIN_LAST_TRY' });
      expect(subject.attempts(key.pin)).toBe(1);
      expect(isWiped(refused.pin)).toBe(true);
      await token.verifyAndSign(await request({ lastTryConsent: true }));
      expect(subject.attempts(key.pin)).toBeGreaterThan(1);
    });

    itCounts('verifyAndSign() reports the try that blocks the PIN, and refuses a blocked one', async () => {
      const key = await keyFor(token, 'RS256');
      await spendAllBut(1, key);
      const last = await request({ pin: wrong(), lastTryConsent: true });
      await expect(token.verifyAndSign(last)).rejects.toMatchObject({ code: 'ERR_PIN_BLOCKED', attemptsRemaining: 0 });
      const next = await request({ attemptsShown: 0, lastTryConsent: true });
      await expect(token.verifyAndSign(next)).rejects.toMatchObject({ code: 'ERR_PIN_BLOCKED' });
      expect(isWiped(next.pin)).toBe(true);
      expect(await token.retryCounters()).toContainEqual({ reference: key.pin, attemptsRemaining: 0, blocked: true });
    });

    itCounts('verifyAndSign() does not trust a PIN that another program verified', async () => {
      const signing = await request({ pin: wrong() });
      const before = subject.attempts(signing.key.pin);
      await subject.foreignVerify(signing.key.pin);
      await expect(token.verifyAndSign(signing)).rejects.toMatchObject({ code: 'ERR_PIN_WRONG' });
      expect(subject.attempts(signing.key.pin)).toBe(before - 1);
    });

    it('verifyAndSign() refuses a key that is not there, and an algorithm that the key cannot do', async () => {
      const key = await keyFor(token, 'RS256');
      const stranger = await request({ key: { ...key, reference: key.reference + 99 } });
      await expect(token.verifyAndSign(stranger)).rejects.toMatchObject({ code: 'ERR_TOKEN_KEY_NOT_FOUND' });
      const unfit = await request({ key, algorithm: 'ES256' });
      await expect(token.verifyAndSign(unfit)).rejects.toMatchObject({ code: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED' });
      expect([isWiped(stranger.pin), isWiped(unfit.pin)]).toEqual([true, true]);
    });

    it('verifyAndSign() spends nothing when it was aborted before', async () => {
      const signing = await request({ signal: AbortSignal.abort() });
      const before = subject.attempts(signing.key.pin);
      await expect(token.verifyAndSign(signing)).rejects.toMatchObject({ code: 'ERR_ABORTED' });
      expect(subject.attempts(signing.key.pin)).toBe(before);
      expect(isWiped(signing.pin)).toBe(true);
    });

    it('carries concurrent operations out one after the other', async () => {
      const [signing, other] = [await request(), await request()];
      const results = await Promise.all([
        token.verifyAndSign(signing),
        token.retryCounters(),
        token.verifyAndSign(other),
        token.certificates(),
      ]);
      if (countsTries) expect(results[1].every(({ attemptsRemaining }) => attemptsRemaining !== undefined)).toBe(true);
      const rsa = results[3].find(({ key }) => key?.reference === signing.key.reference);
      for (const { signature } of [results[0], results[2]]) {
        expect(isValid(rsa!.certificate.der, 'RS256', signature)).toBe(true);
      }
    });

    describe('PINs', () => {
      const pins = (): readonly TokenPin[] => token.info.pins;
      const pinToken = () => {
        if (!hasPins(token)) throw new Error('token has no PINs to look after');
        return token;
      };
      const newPin = '482915';

      it('verifyPin() says that the PIN is right, and leaves nothing verified', async () => {
        for (const { reference } of pins()) {
          const pin = secretOf(subject.pin(reference));
          const before = subject.attempts(reference);
          const { retryCounter } = await pinToken().verifyPin({ ...use(reference), reference, pin });
          if (countsTries) expect(retryCounter).toEqual({ reference, attemptsRemaining: before, blocked: false });
          expect(isWiped(pin)).toBe(true);
        }
        const counters = await token.retryCounters();
        if (countsTries) expect(counters.every(({ attemptsRemaining }) => attemptsRemaining !== undefined)).toBe(true);
      });

      it('changePin() changes each PIN on its own', async () => {
        for (const { reference } of pins()) {
          const [current, next] = [secretOf(subject.pin(reference)), secretOf(newPin)];
          await pinToken().changePin({ ...use(reference), reference, current, next });
          expect([isWiped(current), isWiped(next)]).toEqual([true, true]);
          await pinToken().verifyPin({ ...use(reference), reference, pin: secretOf(newPin) });
          const old = pinToken().verifyPin({ ...use(reference), reference, pin: secretOf(subject.pin(reference)) });
          await expect(old).rejects.toMatchObject({ code: 'ERR_PIN_WRONG' });
        }
      });

      it('changePin() with a wrong PIN changes nothing', async () => {
        const { reference } = pins()[0]!;
        const before = subject.attempts(reference);
        const change = pinToken().changePin({ ...use(reference), reference, current: wrong(), next: secretOf(newPin) });
        await expect(change).rejects.toMatchObject({ code: 'ERR_PIN_WRONG' });
        if (countsTries) expect(subject.attempts(reference)).toBe(before - 1);
        await pinToken().verifyPin({ ...use(reference), reference, pin: secretOf(subject.pin(reference)) });
      });

      it('changePin() refuses a new PIN of the wrong form before the card is asked', async () => {
        const { reference } = pins()[0]!;
        const before = subject.attempts(reference);
        const current = secretOf(subject.pin(reference));
        const change = pinToken().changePin({ ...use(reference), reference, current, next: secretOf('12') });
        await expect(change).rejects.toMatchObject({ code: 'ERR_PIN_MALFORMED' });
        expect(subject.attempts(reference)).toBe(before);
        expect(isWiped(current)).toBe(true);
      });

      itCounts('unblockPin() sets a new PIN on a blocked one, and counts a wrong PUK', async () => {
        for (const { reference, puk } of pins().filter((pin) => pin.puk !== undefined)) {
          const key = { pin: reference } as TokenKey;
          await spendAllBut(0, key);
          const before = subject.attempts(puk!.reference);
          const consent = { attemptsShown: 0, lastTryConsent: false };
          const wrongPuk = secretOf('9'.repeat(puk!.format.minLength));
          const refused = pinToken().unblockPin({ ...consent, reference, puk: wrongPuk, next: secretOf(newPin) });
          await expect(refused).rejects.toMatchObject({ code: 'ERR_PUK_WRONG', attemptsRemaining: before - 1 });
          expect(subject.attempts(puk!.reference)).toBe(before - 1);
          expect(subject.attempts(reference)).toBe(0);
          const right = secretOf(subject.puk!(reference));
          const result = await pinToken().unblockPin({ ...consent, reference, puk: right, next: secretOf(newPin) });
          expect(result.retryCounter.blocked).toBe(false);
          expect([isWiped(wrongPuk), isWiped(right)]).toEqual([true, true]);
          await pinToken().verifyPin({ ...use(reference), reference, pin: secretOf(newPin) });
        }
      });
    });

    it('verifyAndDecipher() deciphers with every key and algorithm that certificates() offers', async () => {
      for (const { certificate, key } of await token.certificates()) {
        for (const algorithm of key?.decipherAlgorithms ?? []) {
          if (!canDecipher(token)) throw new Error('token offers what it cannot do');
          const deciphering: DecipherRequest = {
            ...use(key!.pin),
            key: key!,
            algorithm,
            cryptogram: encipher(certificate.der, algorithm),
            pin: secretOf(subject.pin(key!.pin)),
          };
          const { plaintext } = await token.verifyAndDecipher(deciphering);
          expect(Buffer.from(plaintext), algorithm).toEqual(message);
          expect(isWiped(deciphering.pin)).toBe(true);
        }
      }
    });

    it('verifyAndDecipher() has one error for every cryptogram that makes no sense', async () => {
      for (const { certificate, key } of await token.certificates()) {
        for (const algorithm of key?.decipherAlgorithms ?? []) {
          if (!canDecipher(token)) throw new Error('token offers what it cannot do');
          const cryptogram = encipher(certificate.der, algorithm).fill(0x01, 100, 120);
          const pin = secretOf(subject.pin(key!.pin));
          const failure = await token
            .verifyAndDecipher({ ...use(key!.pin), key: key!, algorithm, cryptogram, pin })
            .catch((error: unknown) => error);
          expect(failure).toBeInstanceOf(MiddlewareError);
          expect((failure as MiddlewareError).code).toBe('ERR_TOKEN_CRYPTOGRAM');
        }
      }
    });

    describe('writing', () => {
      const writable = (): WritableToken | undefined => (canWrite(token) ? token : undefined);
      const authorization = (card: WritableToken, pin = subject.pin(card.writing.pin)): WriteAuthorization => ({
        ...use(card.writing.pin),
        pin: secretOf(pin),
        ...(card.writing.managementKey && subject.managementKey !== undefined
          ? { managementKey: Secret.moveFrom(fromHex(subject.managementKey)) }
          : {}),
      });
      const specsOf = (card: WritableToken) =>
        (['rsa-2048', 'ec-p256'] satisfies KeySpec[]).filter((spec) =>
          (subject.newKeys ?? card.writing.keySpecs).includes(spec),
        );
      const has = async (der: Uint8Array): Promise<boolean> =>
        (await token.certificates()).some(({ certificate }) => Buffer.from(der).equals(certificate.der));

      it('a key pair that was made on the card signs, before and after it has a certificate', async () => {
        const card = writable();
        if (card === undefined) return;
        for (const spec of specsOf(card)) {
          const { keyId, ...wanted } = newKey({ spec, label: `TEST ${spec}` });
          const algorithm = spec === 'rsa-2048' ? 'RS256' : 'ES256';
          const first = await card.write(authorization(card), async (opened) => {
            expect(await opened.findKey(keyId)).toBeUndefined();
            const made = await opened.generateKeyPair({ ...wanted, keyId });
            expect(await opened.findKey(keyId)).toEqual({ reference: made.reference, hasCertificate: false });
            const { reference: keyReference, publicKey } = made;
            const digest = digestFor(algorithm, message);
            const signature = await opened.sign({ keyReference, publicKey, algorithm, digest });
            return { ...made, signature };
          });
          const { reference, publicKey, signature } = first.value;
          if (countsTries) expect(first.cost.apduCount).toBeGreaterThan(0);
          expect(first.retryCounter.reference).toBe(card.writing.pin);
          const issued = certificateFor(publicKey, `TEST ${spec}`, signer);
          expect(isValid(issued, algorithm, signature), spec).toBe(true);
          await card.write(authorization(card), async (opened) => {
            await opened.storeCertificate({ keyReference: reference, der: issued, label: `TEST ${spec}` });
            const read = await opened.certificates();
            expect(read.some(({ certificate }) => Buffer.from(issued).equals(certificate.der))).toBe(true);
            expect(await opened.findKey(keyId)).toEqual({ reference, hasCertificate: true });
            await opened.removeKey(keyId);
          });
          const held = (await token.certificates()).find((entry) => Buffer.from(issued).equals(entry.certificate.der));
          expect(held?.key?.reference, spec).toBe(reference);
          const signing = await request({ key: held!.key!, algorithm });
          expect(isValid(issued, algorithm, (await token.verifyAndSign(signing)).signature), spec).toBe(true);
          await card.write(authorization(card), (opened) => opened.removeCertificate({ der: issued, keepKey: false }));
          expect(await has(issued)).toBe(false);
        }
      }, 60_000);

      it('a key goes when it is removed, and so does its room; a certificate goes alone when the key shall stay', async () => {
        const card = writable();
        if (card === undefined) return;
        const spec = specsOf(card).at(-1)!;
        const { keyId, ...wanted } = newKey({ spec });
        const before = await card.room();
        const made = await card.write(authorization(card), (opened) => opened.generateKeyPair({ ...wanted, keyId }));
        const { reference: keyReference, publicKey } = made.value;
        if (before.keys !== undefined) expect((await card.room()).keys).toBe(before.keys - 1);
        const der = certificateFor(publicKey, 'TEST comes and goes', signer);
        const store = { keyReference, der, label: 'TEST comes and goes' };
        for (let time = 0; time < 2; time += 1) {
          await card.write(authorization(card), async (opened) => {
            await opened.storeCertificate(store);
            await opened.removeCertificate({ der, keepKey: true });
          });
          expect(await has(der)).toBe(false);
        }
        await card.write(authorization(card), async (opened) => {
          expect(await opened.findKey(keyId)).toEqual({ reference: keyReference, hasCertificate: false });
          const again = opened.removeCertificate({ der, keepKey: true });
          await expect(again).rejects.toMatchObject({ code: 'ERR_TOKEN_KEY_NOT_FOUND' });
          await opened.removeKey(keyId);
          expect(await opened.findKey(keyId)).toBeUndefined();
          await opened.removeKey(keyId);
        });
        expect(await card.room()).toEqual(before);
      }, 60_000);

      it('write() throws what the work throws, and knows what was done until then', async () => {
        const card = writable();
        if (card === undefined) return;
        const spec = specsOf(card).at(-1)!;
        const failure = new RangeError('TEST failure');
        let der: Uint8Array = new Uint8Array();
        let kept: OpenedCard | undefined;
        const failing = authorization(card);
        const write = card.write(failing, async (opened) => {
          kept = opened;
          const made = await opened.generateKeyPair(newKey({ spec }));
          der = certificateFor(made.publicKey, 'TEST half', signer);
          await opened.storeCertificate({ keyReference: made.reference, der, label: 'TEST half' });
          throw failure;
        });
        await expect(write).rejects.toBe(failure);
        expect(isWiped(failing.pin as Secret)).toBe(true);
        expect(await has(der)).toBe(true);
        await expect(kept!.certificates()).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
        const counters = await token.retryCounters();
        if (countsTries) expect(counters.every(({ attemptsRemaining }) => attemptsRemaining !== undefined)).toBe(true);
      }, 60_000);

      it('write() with the wrong PIN does no work, and costs one try', async () => {
        const card = writable();
        if (card === undefined) return;
        const { pin } = card.writing;
        const before = subject.attempts(pin);
        let worked = false;
        const codes = authorization(card, '000000');
        const write = card.write(codes, () => {
          worked = true;
          return Promise.resolve();
        });
        await expect(write).rejects.toMatchObject({ code: 'ERR_PIN_WRONG' });
        expect(worked).toBe(false);
        if (countsTries) expect(subject.attempts(pin)).toBe(before - 1);
        expect([codes.pin, codes.managementKey].every((code) => code === undefined || isWiped(code as Secret))).toBe(
          true,
        );
      });
    });

    it('every operation on a pulled card is ERR_CARD_REMOVED', async () => {
      const signing = await request();
      subject.pull();
      await expect(token.verifyAndSign(signing)).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED' });
      await expect(token.certificates()).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED' });
      await expect(token.retryCounters()).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED' });
      expect(isWiped(signing.pin)).toBe(true);
    });
  });
}

function encipher(der: Uint8Array, algorithm: DecipherAlgorithm): Uint8Array {
  const key = new X509Certificate(der).publicKey;
  switch (algorithm) {
    case 'RSA1_5':
      return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, message);
    case 'RSA-OAEP':
      return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, message);
    case 'RSA-OAEP-256':
      return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, message);
  }
}

function isValid(der: Uint8Array, algorithm: SignatureAlgorithm, signature: Uint8Array, text = message): boolean {
  const { publicKey } = new X509Certificate(der);
  switch (algorithm) {
    case 'RS256':
      return verify('sha256', text, { key: publicKey, padding: constants.RSA_PKCS1_PADDING }, signature);
    case 'PS256':
      return verify(
        'sha256',
        text,
        { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
        signature,
      );
    default:
      return verify(digestOf(algorithm), text, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  }
}
