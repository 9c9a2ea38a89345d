import { constants, createHash, verify, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PinVerificationError } from '../../src/core/errors.js';
import { digestOf, type SignatureAlgorithm } from '../../src/model/signature.js';
import type { SignRequest, SigningToken, TokenKey } from '../../src/tokens/token.js';
import { isWiped, keyFor, secretOf } from '../support/token-bench.js';

/** A token under test with one RSA key at least, all its PINs right at the start. */
export interface TokenSubject {
  readonly token: SigningToken;
  /** The right PIN of a reference. */
  pin(reference: number): string;
  /** Tries left as the card itself knows them. */
  attempts(reference: number): number;
  /** Another program tries a wrong PIN. */
  foreignWrongTry(reference: number): Promise<void>;
  /** Another program verifies the PIN and leaves the card so. */
  foreignVerify(reference: number): Promise<void>;
  pull(): void;
  close(): Promise<void>;
}

const message = Buffer.from('TEST message');

/** What every signing token must do, whatever is behind it. */
export function describeSigningToken(name: string, create: () => Promise<TokenSubject>): void {
  describe(`${name} as a signing token`, () => {
    let subject: TokenSubject;
    let token: SigningToken;
    beforeEach(async () => {
      subject = await create();
      token = subject.token;
    });
    afterEach(() => subject.close());

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
    const spendAllBut = async (left: number, key: TokenKey): Promise<void> => {
      while (subject.attempts(key.pin) > left) await subject.foreignWrongTry(key.pin);
    };

    it('info names the token and its PINs', () => {
      expect(token.info).toMatchObject({ id: `card:${token.info.serial}` });
      expect(token.info.pins.map(({ reference }) => reference)).toContain(0x11);
    });

    it('certificates() tells which keys can sign', async () => {
      const certificates = await token.certificates();
      expect(certificates.length).toBeGreaterThan(0);
      for (const { certificate, key } of certificates) {
        if (certificate.keyType === 'rsa') expect(key?.algorithms).toEqual(['RS256', 'PS256']);
      }
    });

    it('retryCounters() tells the tries left and spends none', async () => {
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
          expect(cost.apduCount).toBeGreaterThan(0);
          expect(cost.cardMs).toBeGreaterThanOrEqual(0);
        }
      }
    });

    it('verifyAndSign() leaves no verified PIN behind', async () => {
      await token.verifyAndSign(await request());
      const counters = await token.retryCounters();
      expect(counters.every(({ attemptsRemaining }) => attemptsRemaining !== undefined)).toBe(true);
    });

    it('verifyAndSign() reports a wrong PIN once, with the tries left', async () => {
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

    it('verifyAndSign() refuses when the counter fell since the user looked', async () => {
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

    it('verifyAndSign() spends the last try only after consent', async () => {
      const key = await keyFor(token, 'RS256');
      await spendAllBut(1, key);
      const refused = await request();
      await expect(token.verifyAndSign(refused)).rejects.toMatchObject({ code: 'ERR_PIN_LAST_TRY' });
      expect(subject.attempts(key.pin)).toBe(1);
      expect(isWiped(refused.pin)).toBe(true);
      await token.verifyAndSign(await request({ lastTryConsent: true }));
      expect(subject.attempts(key.pin)).toBeGreaterThan(1);
    });

    it('verifyAndSign() reports the try that blocks the PIN, and refuses a blocked one', async () => {
      const key = await keyFor(token, 'RS256');
      await spendAllBut(1, key);
      const last = await request({ pin: wrong(), lastTryConsent: true });
      await expect(token.verifyAndSign(last)).rejects.toMatchObject({ code: 'ERR_PIN_BLOCKED', attemptsRemaining: 0 });
      const next = await request({ attemptsShown: 0, lastTryConsent: true });
      await expect(token.verifyAndSign(next)).rejects.toMatchObject({ code: 'ERR_PIN_BLOCKED' });
      expect(isWiped(next.pin)).toBe(true);
      expect(await token.retryCounters()).toContainEqual({ reference: key.pin, attemptsRemaining: 0, blocked: true });
    });

    it('verifyAndSign() does not trust a PIN that another program verified', async () => {
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
      expect(results[1].every(({ attemptsRemaining }) => attemptsRemaining !== undefined)).toBe(true);
      const rsa = results[3].find(({ key }) => key?.reference === signing.key.reference);
      for (const { signature } of [results[0], results[2]]) {
        expect(isValid(rsa!.certificate.der, 'RS256', signature)).toBe(true);
      }
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

function isValid(der: Uint8Array, algorithm: SignatureAlgorithm, signature: Uint8Array): boolean {
  const { publicKey } = new X509Certificate(der);
  switch (algorithm) {
    case 'RS256':
      return verify('sha256', message, { key: publicKey, padding: constants.RSA_PKCS1_PADDING }, signature);
    case 'PS256':
      return verify(
        'sha256',
        message,
        { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
        signature,
      );
    default:
      return verify(digestOf(algorithm), message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  }
}
