import { createHash, verify, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PinPadFault, VirtualPinPad } from '../../src/sandbox/hardware/pin-pad.js';
import type { PinToken, SigningToken, SignResult } from '../../src/tokens/token.js';
import { personAtPinPad, type PinPadPerson } from '../support/pin-pad-person.js';
import { createTokenBench, keyFor, secretOf, type InsertedCard, type TokenBench } from '../support/token-bench.js';
import { testPin } from '../support/virtual-card-fixture.js';

const reader = 'TEST Pin Pad 00 00';
const right = { digits: testPin };
const wrong = { digits: '9999' };
const message = Buffer.from('TEST message');

let bench: TokenBench;
let pad: VirtualPinPad;
let person: PinPadPerson;
let inserted: InsertedCard;
let token: SigningToken;

const attemptsRemaining = (): number => inserted.state().pins[0]!.triesLeft;
const verifies = (): number => inserted.trace.filter((line) => line.startsWith('0020001110')).length;
const foreignTries = (): unknown[] => bench.history.events.filter(({ kind }) => kind === 'foreign-pin-try');

beforeEach(async () => {
  bench = await createTokenBench();
  pad = bench.hardware.addReader(reader, { pinPad: {} }).pinPad!;
  person = personAtPinPad(pad);
  inserted = bench.insertNew(reader);
  token = await bench.token(reader);
});
afterEach(async () => {
  bench.hardware.remove(reader);
  await bench.close();
});

async function sign(pin?: string): Promise<SignResult> {
  return token.verifyAndSign({
    key: await keyFor(token, 'RS256'),
    algorithm: 'RS256',
    digest: createHash('sha256').update(message).digest(),
    pin: pin === undefined ? 'pin-pad' : secretOf(pin),
    attemptsShown: attemptsRemaining(),
    lastTryConsent: false,
  });
}

/** Also that the card forgot the PIN: it tells its counter. */
async function expectToSign(pin?: string): Promise<void> {
  const { signature } = await sign(pin);
  const { publicKey } = new X509Certificate(inserted.rsa.der);
  expect(verify('sha256', message, publicKey, signature)).toBe(true);
  const [counter] = await token.retryCounters();
  expect(counter?.attemptsRemaining).toBe(5);
}

async function reinsert(): Promise<void> {
  bench.hardware.remove(reader);
  await bench.entry(reader, ({ state }) => state === 'absent');
  bench.hardware.clearFaults(reader);
  bench.hardware.insert(reader, inserted.cardName);
  token = await bench.token(reader);
}

describe('a token in a reader with a keypad', () => {
  it('says so for each PIN', () => {
    expect(token.info.pins[0]?.pinPad).toEqual(['verify', 'change', 'unblock']);
  });

  it('signs with a PIN typed there, in one VERIFY', async () => {
    person.will(right);
    await expectToSign();
    expect(verifies()).toBe(1);
    expect(bench.history.events.filter(({ kind }) => kind === 'pin-try')).toMatchObject([{ outcome: 'accepted' }]);
  });

  it('spends one try for a wrong PIN and does not ask again by itself', async () => {
    person.will(wrong, right);
    await expect(sign()).rejects.toMatchObject({ code: 'ERR_PIN_WRONG', attemptsRemaining: 4 });
    expect([verifies(), attemptsRemaining()]).toEqual([1, 4]);
    await expectToSign();
    expect(foreignTries()).toEqual([]);
  });

  it('changes the PIN there', async () => {
    person.will(right, { digits: '567890' }, { digits: '567890' });
    await (token as SigningToken & PinToken).changePin({
      reference: 0x11,
      current: 'pin-pad',
      next: 'pin-pad',
      attemptsShown: 5,
      lastTryConsent: false,
    });
    await expectToSign('567890');
  });

  it.each<['cancel' | 'wait-too-long' | { digits: string }, string]>([
    ['cancel', 'ERR_PIN_PAD_CANCELLED'],
    ['wait-too-long', 'ERR_PIN_PAD_TIMEOUT'],
    [{ digits: '1' }, 'ERR_PIN_MALFORMED'],
  ])('%j spends nothing, and the PIN can be typed on the computer then', async (action, code) => {
    person.will(action);
    await expect(sign()).rejects.toMatchObject({ code });
    expect([verifies(), attemptsRemaining()]).toEqual([0, 5]);
    await expectToSign(testPin);
    expect(foreignTries()).toEqual([]);
  });

  it.each<[PinPadFault, string, number]>([
    ['refuses-structure', 'ERR_PIN_PAD_REFUSED', 0],
    ['refuses-instruction', 'ERR_PIN_PAD_REFUSED', 0],
    ['unsupported', 'ERR_PIN_PAD_REFUSED', 0],
    ['fails', 'ERR_PIN_PAD_FAILED', 0],
    ['empty-answer', 'ERR_PIN_PAD_FAILED', 1],
    ['long-answer', 'ERR_PIN_PAD_FAILED', 1],
  ])('%s is said, with the true counter, and nothing is verified behind the back', async (fault, code, spent) => {
    pad.fault = fault;
    person.will(wrong, wrong);
    await expect(sign()).rejects.toMatchObject({ code, fields: { attemptsRemaining: 5 - spent } });
    expect([pad.requests, verifies(), attemptsRemaining()]).toEqual([1, spent, 5 - spent]);
    await expectToSign(testPin);
    expect(foreignTries()).toEqual([]);
  });

  it('leaves no card verified whose keypad garbled the answer to the right PIN', async () => {
    pad.fault = 'short-answer';
    person.will(right);
    await expect(sign()).rejects.toMatchObject({ code: 'ERR_PIN_PAD_FAILED' });
    expect(inserted.send('00a4040c0ba000000018800000000662')).toBe('9000');
    expect(inserted.send('0020001100')).toBe('63c5');
  });

  it('loses no try and is not mistaken when the card is pulled around the one command', async () => {
    person.will(() => bench.hardware.remove(reader));
    await expect(sign()).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED' });
    await reinsert();
    expect([verifies(), attemptsRemaining()]).toEqual([0, 5]);
    // The next command is the keypad's.
    person.will(() => {
      bench.hardware.armFault(reader, { kind: 'remove-during', apdu: 1 });
      pad.press(Buffer.from(wrong.digits));
      pad.ok();
    });
    await expect(sign()).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED', fields: { codeOutcome: 'unknown' } });
    await reinsert();
    expect([verifies(), attemptsRemaining()]).toEqual([1, 4]);
    expect(foreignTries()).toEqual([]);
    await expectToSign(testPin);
  });

  it.each([
    ['6f00', 'ERR_CARD_STATUS'],
    ['6982', 'ERR_CARD_SECURITY_STATUS'],
    // The counter has the last word.
    ['6983', 'ERR_CARD_RESPONSE'],
    ['63c1', 'ERR_CARD_RESPONSE'],
  ])('takes a false %s to the command of the keypad for what it is', async (statusWord, code) => {
    person.will(() => {
      bench.hardware.armFault(reader, { kind: 'status-word', apdu: 1, statusWord });
      pad.press(Buffer.from(right.digits));
      pad.ok();
    });
    await expect(sign()).rejects.toMatchObject({ code, fields: { attemptsRemaining: 5 } });
    expect(verifies()).toBe(0);
    await expectToSign(testPin);
  });
});
