import { describe, expect, it } from 'vitest';
import {
  fixturePivCard,
  managementCipher,
  pivManagementKey,
  SELECT_PIV,
} from '../../../support/virtual-piv-fixture.js';

/** Needs the management key, and is refused for its parameters otherwise. */
const WRITE = '00db3fff085c035fc1065301aa';
const keyOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index + 1);

describe.each([
  { algorithm: 0x03, length: 24, block: 8 },
  { algorithm: 0x08, length: 16, block: 16 },
  { algorithm: 0x0a, length: 24, block: 16 },
  { algorithm: 0x0c, length: 32, block: 16 },
])('authenticateManagement() with algorithm $algorithm', ({ algorithm, length, block }) => {
  const value = keyOf(length);
  const create = (): ReturnType<typeof fixturePivCard> =>
    fixturePivCard({ slots: [], managementKey: { algorithm, value } });
  const head = `0087${algorithm.toString(16).padStart(2, '0')}9b`;
  const size = block.toString(16).padStart(2, '0');
  const inner = (block + 2).toString(16).padStart(2, '0');
  const whole = (block + 4).toString(16).padStart(2, '0');

  it('mutual: proves both sides to each other', () => {
    const { authenticate, send } = create();
    expect(send(WRITE)).toBe('6982');
    expect(authenticate()).toBe('9000');
    expect(send(WRITE)).toBe('9000');
  });

  it('mutual: refuses a wrong witness, and forgets who was authenticated', () => {
    const { authenticate, send } = create();
    authenticate();
    expect(authenticate(keyOf(length).reverse())).toBe('6982');
    expect(send(WRITE)).toBe('6982');
  });

  it('external: takes the encrypted challenge once', () => {
    const { send } = create();
    const challenge = send(`${head}047c02810000`).slice(8, -4);
    const answer = `${head}${whole}7c${inner}82${size}${managementCipher(algorithm, value, challenge, 'encrypt')}`;
    expect(send(answer)).toBe('9000');
    expect(send(WRITE)).toBe('9000');
    expect(send(answer)).toBe('6985');
    expect(send(WRITE)).toBe('6982');
  });

  it('external: refuses a wrong response, and then the right one to the old challenge', () => {
    const { send } = create();
    const challenge = send(`${head}047c02810000`).slice(8, -4);
    const response = (bytes: string): string => `${head}${whole}7c${inner}82${size}${bytes}`;
    expect(send(response(challenge))).toBe('6982');
    expect(send(response(managementCipher(algorithm, value, challenge, 'encrypt')))).toBe('6985');
  });

  it('forgets a witness and a challenge with any other command', () => {
    for (const between of ['00200080', SELECT_PIV, '00cb3fff035c017e00', '00ff000000', 'ff00000000', '10200080']) {
      const { send } = create();
      const challenge = send(`${head}047c02810000`).slice(8, -4);
      send(between);
      const response = managementCipher(algorithm, value, challenge, 'encrypt');
      expect(send(`${head}${whole}7c${inner}82${size}${response}`), between).toBe('6985');
      const witness = managementCipher(algorithm, value, send(`${head}047c02800000`).slice(8, -4), 'decrypt');
      send(between);
      const pair = `80${size}${witness}81${size}${witness}`;
      const template = `7c${(pair.length / 2).toString(16)}${pair}`;
      expect(send(`${head}${(template.length / 2).toString(16)}${template}00`), between).toBe('6985');
    }
  });

  it('does not take the answer to one question for the other', () => {
    const { send } = create();
    const encrypted = send(`${head}047c02800000`).slice(8, -4);
    expect(send(`${head}${whole}7c${inner}82${size}${encrypted}`)).toBe('6985');
  });

  it('wants its own algorithm, or none named', () => {
    const { send } = create();
    const other = algorithm === 0x03 ? '08' : '03';
    expect(send(`0087${other}9b047c02800000`)).toBe('6a86');
    expect(send('0087009b047c02800000').slice(-4)).toBe('9000');
  });
});

describe('authenticateManagement()', () => {
  it('refuses templates that are none', () => {
    const { send } = fixturePivCard({ slots: [] });
    for (const data of ['7c00', '7c0282', '7c03810100', '7c0482008100', '8000', '7c028000ff']) {
      expect(send(`0087039b${(data.length / 2).toString(16).padStart(2, '0')}${data}`), data).toMatch(/^(6a80|6985)$/);
    }
  });

  it('is forgotten with a reset, and not with SELECT', () => {
    const { card, authenticate, send } = fixturePivCard({ slots: [] });
    authenticate(pivManagementKey);
    send(SELECT_PIV);
    expect(send(WRITE)).toBe('9000');
    card.reset();
    send(SELECT_PIV);
    expect(send(WRITE)).toBe('6982');
  });
});
