import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fixtureCard, pinBlock, SELECT_APPLET, type FixtureCard } from '../../../support/virtual-card-fixture.js';

const zeros = new Uint8Array(24);
/** Not 01: the lowest bit of each byte is parity and does not count. */
const otherKey = new Uint8Array(24).fill(2);
const aesKey = Uint8Array.from({ length: 32 }, (_, n) => n);

function selected(adminKey = zeros): FixtureCard {
  const fixture = fixtureCard({ adminKey });
  expect(fixture.send(SELECT_APPLET)).toBe('9000');
  return fixture;
}

function response(key: Uint8Array, challenge: string): string {
  const cipher = createCipheriv(key.length === 24 ? 'des-ede3-ecb' : 'aes-256-ecb', key, null);
  return cipher.setAutoPadding(false).update(challenge, 'hex', 'hex') + cipher.final('hex');
}

/** One whole round with this key. */
function authenticate({ exchange, send }: FixtureCard, key: Uint8Array): string {
  const challenge = exchange(key.length === 24 ? '0084000108' : '0084000010').data;
  const cryptogram = response(key, challenge);
  return send(`00820000${(cryptogram.length / 2).toString(16).padStart(2, '0')}${cryptogram}`);
}

const unblock = (pin: string): string => `002c021110${pinBlock(pin)}`;

describe('externalAuthenticate()', () => {
  it.each([
    ['3DES', zeros],
    ['AES-256', aesKey],
  ])('lets whoever has the %s key set a new PIN', (_, key) => {
    const fixture = selected(key);
    for (let n = 0; n < 5; n += 1) fixture.send(`0020001110${pinBlock('9999')}`);
    expect(fixture.send(unblock('4321'))).toBe('6982');
    expect(authenticate(fixture, key)).toBe('9000');
    expect(fixture.send('00820000')).toBe('9000');
    expect(fixture.send(unblock('4321'))).toBe('9000');
    expect(fixture.send('0020001100')).toBe('63c5');
    expect(fixture.send(`0020001110${pinBlock('1234')}`)).toBe('63c4');
    expect(fixture.send(`0020001110${pinBlock('4321')}`)).toBe('9000');
  });

  it('counts wrong keys, and at none left is blocked for the right one too, for good', () => {
    const fixture = selected();

    expect([1, 2, 3, 4].map(() => authenticate(fixture, otherKey))).toEqual(['63c4', '63c3', '63c2', '63c1']);
    expect(authenticate(fixture, otherKey)).toBe('6983');
    expect(authenticate(fixture, zeros)).toBe('6983');
    expect(fixture.send('00820000')).toBe('6983');
    expect(fixture.send(unblock('4321'))).toBe('6982');
    expect(fixture.state().adminKey.triesLeft).toBe(0);
    fixture.send(`0020001110${pinBlock('1234')}`);
    expect(authenticate(fixture, zeros)).toBe('6983');
  });

  it('gives all tries back after the right key', () => {
    const fixture = selected();
    expect(authenticate(fixture, otherKey)).toBe('63c4');
    expect(authenticate(fixture, zeros)).toBe('9000');
    fixture.send('0082ff0000');
    expect(fixture.send('00820000')).toBe('63c5');
  });

  it('takes each challenge once, and without one or with another length costs nothing', () => {
    const fixture = selected();
    const challenge = fixture.exchange('0084000108').data;
    const command = `0082000008${response(zeros, challenge)}`;
    fixture.send('0020001100');
    expect(fixture.send(command)).toBe('9000');
    expect(fixture.send(command)).toBe('6985');
    fixture.exchange('0084000010');
    expect(fixture.send(command)).toBe('6985');
    expect(fixture.send(`0082000010${'00'.repeat(16)}`)).toBe('6700');
    expect(fixture.send('0082000108' + '00'.repeat(8))).toBe('6a86');
    expect(fixture.state().adminKey.triesLeft).toBe(5);
  });

  it('forgets state and challenge on reset, without power and on P1 = FF', () => {
    const fixture = selected();
    for (const end of [() => fixture.card.reset(), () => fixture.card.powerOff(), () => fixture.send('0082ff0000')]) {
      expect(authenticate(fixture, zeros)).toBe('9000');
      end();
      fixture.send(SELECT_APPLET);
      expect(fixture.send('00820000')).toBe('63c5');
      expect(fixture.send(unblock('4321'))).toBe('6982');
    }
    const challenge = fixture.exchange('0084000108').data;
    fixture.card.reset();
    fixture.send(SELECT_APPLET);
    expect(fixture.send(`0082000008${response(zeros, challenge)}`)).toBe('6985');
  });
});

describe('resetRetryCounter() after EXTERNAL AUTHENTICATE', () => {
  it('refuses PINs that break the rules and unknown references', () => {
    const fixture = selected();
    authenticate(fixture, zeros);
    expect(fixture.send(`002c021110${'313233'.padEnd(32, '0')}`)).toBe('6a80');
    expect(fixture.send(`002c0211043132 3334`.replace(' ', ''))).toBe('6a80');
    expect(fixture.send('002c021100')).toBe('6700');
    expect(fixture.send(`002c021210${pinBlock('4321')}`)).toBe('6a88');
    expect(fixture.send(`002c011110${pinBlock('4321')}`)).toBe('6a86');
    expect(fixture.send(`0020001110${pinBlock('1234')}`)).toBe('9000');
  });
});
