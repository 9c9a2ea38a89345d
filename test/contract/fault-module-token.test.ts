import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MiddlewareError, PinVerificationError } from '../../src/core/errors.js';
import type { Pkcs11Token } from '../../src/tokens/pkcs11-token.js';
import type { SignRequest } from '../../src/tokens/token.js';
import { buildFaultModule } from '../support/fault-module.js';
import { hostProgramFromSource } from '../support/module-host.js';
import { createPkcs11Bench, type Pkcs11Bench } from '../support/pkcs11-bench.js';
import { selfSigned } from '../support/self-signed-certificate.js';
import { createSoftHsm } from '../support/softhsm.js';
import { isWiped, keyFor, secretOf } from '../support/token-bench.js';

/*
 * The fault module before SoftHSM: real keys, every call of a signature faulted in turn, and a second SoftHSM without
 * faults beside it.
 */
const pin = '123456';
const host = hostProgramFromSource();
const fault = buildFaultModule();
const [faulty, sound] = [createSoftHsm(), createSoftHsm()];
faulty.initToken('TEST faulty', pin);
faulty.store('TEST faulty', pin, '01', selfSigned('TEST EC', 'p256'));
sound.initToken('TEST sound', pin);
sound.store('TEST sound', pin, '01', selfSigned('TEST EC', 'p256'));
afterAll(() => {
  for (const made of [faulty, sound, fault, host]) made.remove();
});

const callsBeforeLogin = ['C_OpenSession', 'C_GetTokenInfo', 'C_FindObjects', 'C_GetSessionInfo'] as const;
const callsAfterLogin = ['C_SignInit', 'C_Sign'] as const;
const deaths = [
  ['crash', 'ERR_MODULE_CRASHED'],
  ['hang', 'ERR_MODULE_TIMEOUT'],
] as const;

describe('a token whose module misbehaves', () => {
  let bench: Pkcs11Bench;
  let token: Pkcs11Token;
  let other: Pkcs11Token;
  beforeEach(async () => {
    fault.rules();
    bench = createPkcs11Bench([fault.before(faulty.module), sound.module], {
      program: host.program,
      deadlines: { load: 5000, poll: 2000, read: 1000, use: 1000 },
      // Polls would meet the fault first.
      pollMs: 3_600_000,
    });
    token = await bench.token('TEST faulty');
    other = await bench.token('TEST sound');
    fault.forget();
  });
  afterEach(() => bench.source.close());

  const request = async (of: Pkcs11Token): Promise<SignRequest> => ({
    key: await keyFor(of, 'ES256'),
    algorithm: 'ES256',
    digest: createHash('sha256').update('TEST').digest(),
    pin: secretOf(pin),
    attemptsShown: 0,
    lastTryConsent: false,
  });

  /** What holds under every fault: one try at most, nothing left of the code, the other token at work meanwhile. */
  const signFaulted = async (rule: string): Promise<unknown> => {
    const [signing, besides] = [await request(token), await request(other)];
    fault.forget();
    fault.rules(rule);
    const [result, beside] = await Promise.all([
      token.verifyAndSign(signing).catch((error: unknown) => error),
      other.verifyAndSign(besides),
    ]);
    expect(fault.calls('C_Login')).toBeLessThanOrEqual(1);
    expect([isWiped(signing.pin), isWiped(besides.pin)]).toEqual([true, true]);
    expect(beside.signature).toHaveLength(64);
    expect(result).not.toBeInstanceOf(PinVerificationError);
    return result;
  };

  it('signs where nothing is faulted', async () => {
    expect(await signFaulted('C_Login 0')).toMatchObject({ cost: expect.anything() as unknown });
    expect(fault.calls('C_Login')).toBe(1);
    expect(fault.calls('C_Logout')).toBe(1);
  });

  it.each(callsBeforeLogin.flatMap((name) => deaths.map(([rule, code]) => [name, rule, code] as const)))(
    'a fault in %s (%s) costs no try',
    async (name, rule, code) => {
      expect(await signFaulted(`${name} ${rule}`)).toMatchObject({ code });
      expect(fault.calls('C_Login')).toBe(0);
    },
  );

  it.each(callsAfterLogin.flatMap((name) => deaths.map(([rule, code]) => [name, rule, code] as const)))(
    'a fault in %s (%s) is typed, and what became of the code is not claimed to be known',
    async (name, rule, code) => {
      expect(await signFaulted(`${name} ${rule}`)).toMatchObject({ code, fields: { codeOutcome: 'unknown' } });
      expect(fault.calls('C_Login')).toBe(1);
    },
  );

  it.each(
    [...callsBeforeLogin, 'C_Login', ...callsAfterLogin].flatMap((name) =>
      (
        [
          ['0x32', 'ERR_CARD_REMOVED'],
          ['0x5', 'ERR_MODULE_FAILURE'],
        ] as const
      ).map(([rv, code]) => [name, rv, code] as const),
    ),
  )('an error of %s (%s) is typed, and the session is left', async (name, rv, code) => {
    expect(await signFaulted(`${name} ${rv}`)).toMatchObject({ code });
    expect(fault.calls('C_Logout')).toBe(callsAfterLogin.some((after) => after === name) ? fault.calls('C_Login') : 0);
    fault.rules();
    expect(await signFaulted('C_Login 0')).not.toBeInstanceOf(MiddlewareError);
  });

  it.each([
    ['0x32@2', 'ERR_CARD_REMOVED', 'accepted'],
    ['0x5@2', 'ERR_MODULE_FAILURE', 'accepted'],
    ['crash@2', 'ERR_MODULE_CRASHED', 'unknown'],
    ['hang@2', 'ERR_MODULE_TIMEOUT', 'unknown'],
  ])('a fault between two signatures (%s) hands neither out', async (rule, code, codeOutcome) => {
    const { digest, ...signing } = await request(token);
    fault.forget();
    fault.rules(`C_Sign ${rule}`);
    const digests = [digest, digest, digest];
    await expect(token.verifyAndSignAll({ ...signing, digests })).rejects.toMatchObject({
      code,
      fields: { codeOutcome },
    });
    expect(fault.calls('C_Login')).toBe(1);
    expect(fault.calls('C_Sign')).toBe(2);
    expect(isWiped(signing.pin)).toBe(true);
    expect(fault.calls('C_Logout')).toBe(codeOutcome === 'accepted' ? 1 : 0);
  });

  it.each(['C_Logout', 'C_CloseSession'])('an error of %s does not take the signature away', async (name) => {
    expect(await signFaulted(`${name} 0x5`)).toMatchObject({ cost: expect.anything() as unknown });
  });
});
