import { describe, expect, it } from 'vitest';
import { createApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { computeSignature } from '../../../../src/cards/idprime/signature.js';
import { toHex } from '../../../../src/core/bytes.js';
import { MiddlewareError, PinVerificationError } from '../../../../src/core/errors.js';
import { systemClock } from '../../../../src/core/ports.js';
import { scriptedCard, type ScriptStep } from '../../../support/scripted-channel.js';

function script(steps: readonly ScriptStep[], protocol: 'T=0' | 'T=1' = 'T=0') {
  const card = scriptedCard(steps, protocol);
  return { card, exchange: createApduExchange(card, { clock: systemClock }) };
}

const digest = new Uint8Array(32).fill(0xd1);
const hash = 'd1'.repeat(32);
const job = { keyReference: 0x56, algorithm: 'RS256', digest, length: 4 } as const;
const mse = (algorithm: string): ScriptStep => ({ command: `002241b60680 01 ${algorithm} 84 01 56`, answer: '9000' });

describe('computeSignature()', () => {
  it.each([
    ['RS256', '42'],
    ['PS256', '45'],
    ['ES256', '44'],
    ['ES384', '44'],
  ] as const)('asks for %s as algorithm %s', async (algorithm, reference) => {
    const { card, exchange } = script([
      mse(reference),
      { command: `002a90a0229020${hash}`, answer: '6120' },
      { command: '00c0000020', answer: `${hash}9000` },
      { command: '002a9e9a04', answer: '010203049000' },
    ]);
    expect(toHex(await computeSignature(exchange, { ...job, algorithm }))).toBe('01020304');
    expect(exchange.count).toBe(4);
    card.assertUsedUp();
  });

  it('with T=1 gets the echo without GET RESPONSE', async () => {
    const { card, exchange } = script(
      [
        mse('42'),
        { command: `002a90a0229020${hash}00`, answer: `${hash}9000` },
        { command: '002a9e9a04', answer: '010203049000' },
      ],
      'T=1',
    );
    await computeSignature(exchange, job);
    card.assertUsedUp();
  });

  it('fetches a signature of more than 256 bytes', async () => {
    const { exchange } = script([
      mse('42'),
      { command: `002a90a0229020${hash}`, answer: '6120' },
      { command: '00c0000020', answer: `${hash}9000` },
      { command: '002a9e9a00', answer: `${'aa'.repeat(256)}6180` },
      { command: '00c0000080', answer: `${'bb'.repeat(128)}9000` },
    ]);
    expect(await computeSignature(exchange, { ...job, length: 384 })).toHaveLength(384);
  });

  it.each([
    ['another hash', `${'d2'.repeat(32)}9000`],
    ['half of it', `${'d1'.repeat(16)}9000`],
    ['nothing', '9000'],
  ])('does not sign when the card echoes %s', async (_, echo) => {
    const { card, exchange } = script([mse('42'), { command: `002a90a0229020${hash}`, answer: echo }]);
    await expect(computeSignature(exchange, job)).rejects.toMatchObject({ code: 'ERR_CARD_RESPONSE' });
    card.assertUsedUp();
  });

  it('refuses a signature of another length', async () => {
    const { exchange } = script([
      mse('42'),
      { command: `002a90a0229020${hash}`, answer: `${hash}9000` },
      { command: '002a9e9a04', answer: '0102039000' },
    ]);
    await expect(computeSignature(exchange, job)).rejects.toMatchObject({
      code: 'ERR_CARD_RESPONSE',
      fields: { length: 3, expected: 4 },
    });
  });

  it.each(['6982', '6a88', '63c2', '6983', '6f00'])('never takes %s for a wrong PIN', async (answer) => {
    const { exchange } = script([{ ...mse('42'), answer }]);
    const failure = await computeSignature(exchange, job).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MiddlewareError);
    expect(failure).not.toBeInstanceOf(PinVerificationError);
    expect((failure as MiddlewareError).code).toMatch(/^ERR_CARD_S/);
  });
});
