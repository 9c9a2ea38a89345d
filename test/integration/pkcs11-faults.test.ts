import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PinVerificationError } from '../../src/core/errors.js';
import type { Pkcs11Token } from '../../src/tokens/pkcs11-token.js';
import { buildFaultModule } from '../support/fault-module.js';
import { hostProgramFromSource } from '../support/module-host.js';
import { createPkcs11Bench, type Pkcs11Bench } from '../support/pkcs11-bench.js';
import { isWiped, secretOf } from '../support/token-bench.js';

const host = hostProgramFromSource();
const fault = buildFaultModule();
afterAll(() => {
  fault.remove();
  host.remove();
});

// What hangs here is a poll or a use; the rest has the time that a machine with much to do takes.
const deadlines = { load: 20_000, poll: 4000, read: 20_000, use: 2000 };

describe('a module that misbehaves', () => {
  let bench: Pkcs11Bench;
  let token: Pkcs11Token;
  beforeEach(async () => {
    fault.rules();
    fault.forget();
    bench = createPkcs11Bench([fault.module], { program: host.program, deadlines });
    token = await bench.token();
  });
  afterEach(() => bench.source.close());

  const verify = async (lastTryConsent = false) => {
    const pin = secretOf('123456');
    const ended = await token
      .verifyPin({ reference: 1, pin, attemptsShown: 0, lastTryConsent })
      .catch((error: unknown) => error);
    expect(isWiped(pin)).toBe(true);
    return ended;
  };
  const backAgain = async (): Promise<void> => {
    fault.rules();
    token = await bench.token('TEST token');
    expect(await verify()).toMatchObject({ retryCounter: { attemptsRemaining: undefined } });
  };

  it.each([
    ['crash', 'ERR_MODULE_CRASHED'],
    ['hang', 'ERR_MODULE_TIMEOUT'],
    ['flood', 'ERR_MODULE_TIMEOUT'],
    ['scribble', 'ERR_MODULE_RESPONSE'],
  ])('verifyPin() when C_Login does %s is typed, its outcome open, and the module comes back', async (rule, code) => {
    fault.rules(`C_Login ${rule}`);
    expect(await verify()).toMatchObject({ code, fields: { module: 'TEST fault', codeOutcome: 'unknown' } });
    expect(fault.calls('C_Login')).toBe(1);
    expect(bench.history.events).toContainEqual(expect.objectContaining({ kind: 'pin-try', outcome: 'unknown' }));
    await bench.until(({ entries }) => entries.length === 0);
    await backAgain();
  });

  it.each([
    ['0xa0', '0x10000', 'ERR_PIN_WRONG', undefined],
    ['0xa4', '0x40000', 'ERR_PIN_BLOCKED', 0],
  ])('verifyPin() when C_Login answers %s is the only wrong PIN there is', async (rule, flags, code, attempts) => {
    fault.rules(`C_Login ${rule}`, `flags ${flags === '0x40000' ? '0' : flags}`);
    const failure = await verify();
    expect(failure).toBeInstanceOf(PinVerificationError);
    expect(failure).toMatchObject({ code, attemptsRemaining: attempts });
    expect(fault.calls('C_Login')).toBe(1);
  });

  it.each([
    ['0x5', 'ERR_MODULE_FAILURE'],
    ['0x32', 'ERR_CARD_REMOVED'],
    ['0xe0', 'ERR_CARD_REMOVED'],
    ['0xa2', 'ERR_PIN_MALFORMED'],
    ['0x50', 'ERR_PIN_CANCELLED'],
    ['0x100', 'ERR_MODULE_FAILURE'],
    ['0xdead', 'ERR_MODULE_FAILURE'],
  ])('verifyPin() when C_Login answers %s is not called a wrong PIN', async (rule, code) => {
    fault.rules(`C_Login ${rule}`);
    const failure = await verify();
    expect(failure).not.toBeInstanceOf(PinVerificationError);
    expect(failure).toMatchObject({ code });
    expect(fault.calls('C_Login')).toBe(1);
  });

  it('verifyPin() at the final try wants consent; a locked PIN is not tried at all', async () => {
    fault.rules('flags 0x20000');
    expect(await verify()).toMatchObject({ code: 'ERR_PIN_LAST_TRY' });
    expect(fault.calls('C_Login')).toBe(0);
    expect(await verify(true)).toMatchObject({ retryCounter: { attemptsRemaining: 1 } });
    expect(fault.calls('C_Login')).toBe(1);
    fault.rules('flags 0x40000');
    expect(await verify(true)).toMatchObject({ code: 'ERR_PIN_BLOCKED' });
    expect(fault.calls('C_Login')).toBe(1);
  });

  it.each(['C_GetSlotList', 'C_GetTokenInfo'])(
    'a crash in %s, which polls call, costs the token for a while',
    async (name) => {
      const { pid } = bench.source.modules[0]!;
      fault.rules(`${name} crash`, 'C_WaitForSlotEvent 0x54');
      await bench.until(({ modules }) => modules[0]?.pid !== pid);
      await bench.until(({ entries }) => entries.length === 0);
      await backAgain();
    },
  );

  it.each(['C_OpenSession', 'C_CloseSession', 'C_FindObjects'])('a crash in %s is typed', async (name) => {
    fault.rules(`${name} crash`);
    expect(await verify()).toMatchObject({ code: 'ERR_MODULE_CRASHED' });
    expect(fault.calls('C_Login')).toBe(0);
    await backAgain();
  });

  it('nonsense in labels and counts is cut to size', async () => {
    fault.rules('label-junk 1', 'objects 1', 'count 1000');
    await bench.until(({ entries }) => entries.some(({ token: shown }) => shown !== token));
    expect(bench.source.entries.length).toBeLessThanOrEqual(64);
    await backAgain();
  });

  it('a token that is pulled is gone with the next slot event, also in the middle of a use', async () => {
    fault.rules('C_Login 0x32', 'absent 1');
    expect(await verify()).toMatchObject({ code: 'ERR_CARD_REMOVED' });
    await bench.until(({ entries }) => entries.length === 0);
    expect(await verify()).toMatchObject({ code: 'ERR_CARD_REMOVED' });
    expect(bench.history.events.filter(({ kind }) => kind === 'removed')).toHaveLength(1);
    const { pid } = bench.source.modules[0]!;
    await backAgain();
    expect(bench.source.modules[0]!.pid).toBe(pid);
  });

  it('a module whose tokens never keep still is ended and fills neither history nor log', async () => {
    fault.rules('restless 1', 'C_WaitForSlotEvent 0x54');
    await bench.until(({ modules }) => modules[0]?.problem?.code === 'ERR_MODULE_RESPONSE');
    expect(bench.source.modules[0]!.problem!.message).toContain('change all the time');
    expect(bench.history.events.length).toBeLessThan(400);
    expect(bench.logger.lines.length).toBeLessThan(20);
    await backAgain();
  });

  it('errors of every poll are said once', async () => {
    fault.rules('C_GetSlotList 0x5');
    const before = fault.calls('C_GetSlotList');
    await bench.until(() => fault.calls('C_GetSlotList') > before + 5);
    const said = bench.logger.lines.filter(({ message }) => message === 'Poll of slots failed');
    expect(said).toHaveLength(1);
    await backAgain();
  });

  it('a card that two modules show is one card', async () => {
    const two = createPkcs11Bench([fault.module, { ...fault.module, name: 'TEST second' }], { program: host.program });
    await two.until(({ modules }) => modules.every(({ tokens }) => tokens === 1));
    expect(two.source.entries).toHaveLength(1);
    await two.source.close();
  });

  it('a process that is killed or stopped is replaced', async () => {
    for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
      const pid = bench.source.modules[0]!.pid!;
      process.kill(pid, signal);
      await bench.until(({ modules }) => modules[0]?.pid !== pid && modules[0]?.state === 'running');
      expect(() => process.kill(pid, 0)).toThrow();
      await backAgain();
    }
  });

  it('nothing of the PIN is in logs, history or errors', async () => {
    fault.rules('C_Login 0x5');
    const failure = await verify();
    const said = JSON.stringify([bench.logger.lines, bench.history.events, failure, String((failure as Error).stack)]);
    expect(said).not.toContain('123456');
  });
});

it('a module that crashes when it is loaded is tried again, ever more rarely', async () => {
  fault.rules('C_Initialize crash');
  fault.forget();
  const bench = createPkcs11Bench([fault.module], {
    program: host.program,
    deadlines,
    backoff: { firstMs: 10, longestMs: 40, stableMs: 60_000 },
  });
  const waits = (): unknown[] =>
    bench.logger.lines.flatMap(({ fields }) => (fields['waitMs'] === undefined ? [] : [fields['waitMs']]));
  await bench.until(() => waits().length >= 4);
  expect(waits().slice(0, 4)).toEqual([10, 20, 40, 40]);
  await bench.source.close();
});
