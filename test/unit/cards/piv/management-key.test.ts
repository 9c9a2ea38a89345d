import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { traceAsLines } from '../../../../src/cards/apdu-trace.js';
import { authenticateWithManagementKey } from '../../../../src/cards/piv/management-key.js';
import { encodeTlv, findTlv } from '../../../../src/core/ber-tlv.js';
import { concatBytes, equalBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { MiddlewareError } from '../../../../src/core/errors.js';
import { systemClock } from '../../../../src/core/ports.js';
import { Secret } from '../../../../src/core/secret.js';
import type { CardProtocol } from '../../../../src/iso7816/command-apdu.js';

const names: Readonly<Record<string, string>> = {
  '03': 'des-ede3-ecb',
  '08': 'aes-128-ecb',
  '0a': 'aes-192-ecb',
  '0c': 'aes-256-ecb',
};
const factoryKey = '010203040506070801020304050607080102030405060708';

interface CardOptions {
  readonly algorithm?: string;
  readonly key?: string;
  /** Answers to the given steps in place of what the card would say; `metadata`, `open`, `proof`. */
  readonly faults?: Readonly<Record<string, string | Error>>;
  readonly mutual?: boolean;
  readonly metadata?: string;
  readonly protocol?: CardProtocol;
  readonly otherCipher?: string;
}

/** A card that authenticates by its management key, as SP 800-73-4 part 2 appendix A describes. */
function managedCard(options: CardOptions = {}) {
  const { algorithm = '03', key = factoryKey, faults = {}, mutual = true, protocol = 'T=1' } = options;
  const { otherCipher = '6a86', metadata = '6d00' } = options;
  const name = names[algorithm]!;
  const block = algorithm === '03' ? 8 : 16;
  const crypt = (data: Uint8Array, encrypts: boolean): Uint8Array =>
    (encrypts ? createCipheriv : createDecipheriv)(name, fromHex(key), null).setAutoPadding(false).update(data);
  const seen: string[] = [];
  const lines: string[] = [];
  const sent: Uint8Array[] = [];
  let witness: Uint8Array | undefined;
  let challenge: Uint8Array | undefined;
  let pending = new Uint8Array();
  let authenticated = false;

  const fault = (step: string): string | undefined => {
    const planned = faults[step];
    if (planned instanceof Error) throw planned;
    return planned;
  };
  const template = (tag: number, value: Uint8Array): Uint8Array => encodeTlv(0x7c, encodeTlv(tag, value));
  const open = (data: Uint8Array): Uint8Array | string => {
    [witness, challenge] = [undefined, undefined];
    if (findTlv(data, 0x80) !== undefined) {
      if (!mutual) return '6a80';
      witness = randomBytes(block);
      return template(0x80, crypt(witness, true));
    }
    challenge = randomBytes(block);
    return template(0x81, challenge);
  };
  const prove = (data: Uint8Array): Uint8Array | string => {
    const [shown, asked, response] = [findTlv(data, 0x80), findTlv(data, 0x81), findTlv(data, 0x82)];
    const isRight =
      witness === undefined
        ? response !== undefined && challenge !== undefined && equalBytes(crypt(response, false), challenge)
        : shown !== undefined && equalBytes(shown, witness);
    if (!isRight) return '6982';
    authenticated = true;
    return asked === undefined ? '9000' : template(0x82, crypt(asked, true));
  };
  const process = (command: Uint8Array): Uint8Array | string => {
    const [, ins, p1 = 0, p2, lc = 0] = command;
    if (ins === 0xc0) return pending;
    if (ins === 0xf7) return fault('metadata') ?? metadata;
    if (ins !== 0x87 || p2 !== 0x9b) throw new Error(`unexpected ${toHex(command)}`);
    if (toHex(Uint8Array.of(p1)) !== algorithm) return otherCipher;
    const data = findTlv(command.subarray(5, 5 + lc), 0x7c)!;
    const isOpening = data.length === 2;
    return fault(isOpening ? 'open' : 'proof') ?? (isOpening ? open(data) : prove(data));
  };
  const exchange = createApduExchange(
    {
      protocol,
      control: () => Promise.reject(new Error('unexpected')),
      transmit(command) {
        seen.push(toHex(command.subarray(0, 4)));
        sent.push(command);
        const answer = process(command);
        if (typeof answer === 'string') return Promise.resolve(fromHex(answer));
        if (protocol === 'T=0' && command[1] === 0x87) {
          pending = new Uint8Array(answer);
          return Promise.resolve(Uint8Array.of(0x61, answer.length));
        }
        return Promise.resolve(concatBytes(answer, fromHex('9000')));
      },
    },
    { clock: systemClock, trace: traceAsLines((line) => lines.push(line)) },
  );
  return { exchange, seen, lines, sent, isAuthenticated: () => authenticated };
}

const secret = (key: string): Secret => Secret.moveFrom(fromHex(key));
const plain = { isYubiKey: false };
const wrongKey = 'ff'.repeat(24);

describe('authenticateWithManagementKey()', () => {
  it.each([
    ['3DES', '03', factoryKey, ['0087039b', '0087039b']],
    ['AES-128', '08', '00112233445566778899aabbccddeeff', ['0087089b', '0087089b']],
    ['AES-192', '0a', factoryKey, ['0087039b', '00870a9b', '00870a9b']],
    ['AES-256', '0c', '00112233445566778899aabbccddeeff'.repeat(2), ['00870c9b', '00870c9b']],
  ])('with %s in both directions', async (_, algorithm, key, commands) => {
    const { exchange, seen, isAuthenticated } = managedCard({ algorithm, key });
    await authenticateWithManagementKey(exchange, secret(key), plain);
    expect([seen, isAuthenticated()]).toEqual([commands, true]);
  });

  it('asks a YubiKey for its cipher first', async () => {
    const card = managedCard({ algorithm: '0a', metadata: '01010a 0202 0001 050101 9000' });
    await authenticateWithManagementKey(card.exchange, secret(factoryKey), { isYubiKey: true });
    expect(card.seen).toEqual(['00f7009b', '00870a9b', '00870a9b']);
  });

  it('does without what an older YubiKey does not tell', async () => {
    const card = managedCard({ algorithm: '03' });
    await authenticateWithManagementKey(card.exchange, secret(factoryKey), { isYubiKey: true });
    expect(card.seen).toEqual(['00f7009b', '0087039b', '0087039b']);
  });

  it('authenticates the host alone where the card knows no other way', async () => {
    const card = managedCard({ mutual: false });
    await authenticateWithManagementKey(card.exchange, secret(factoryKey), plain);
    expect(card.seen).toEqual(['0087039b', '00870a9b', '0087039b', '0087039b']);
    expect(card.isAuthenticated()).toBe(true);
  });

  it.each([true, false])('fetches answers with T=0, mutual: %s', async (mutual) => {
    const card = managedCard({ protocol: 'T=0', mutual });
    await authenticateWithManagementKey(card.exchange, secret(factoryKey), plain);
    expect(card.isAuthenticated()).toBe(true);
  });

  it('refuses a card that does not know the key itself', async () => {
    for (const forged of ['00'.repeat(8), 'ff'.repeat(8)]) {
      const card = managedCard({ faults: { proof: `7c0a8208${forged}9000` } });
      await expect(authenticateWithManagementKey(card.exchange, secret(factoryKey), plain)).rejects.toMatchObject({
        code: 'ERR_CARD_MANAGEMENT_KEY',
      });
    }
  });

  it.each([true, false])('says that a wrong key is wrong, after one try, mutual: %s', async (mutual) => {
    const card = managedCard({ mutual });
    await expect(authenticateWithManagementKey(card.exchange, secret(wrongKey), plain)).rejects.toMatchObject({
      code: 'ERR_CARD_MANAGEMENT_KEY',
    });
    expect(card.isAuthenticated()).toBe(false);
    expect(card.seen).toHaveLength(mutual ? 2 : 4);
  });

  it.each([
    [8, 0],
    [16, 2],
    [33, 0],
  ])('refuses a key of %i bytes that no cipher of the card takes', async (length, count) => {
    const card = managedCard();
    const key = secret('ab'.repeat(length));
    await expect(authenticateWithManagementKey(card.exchange, key, plain)).rejects.toMatchObject({
      code: 'ERR_CARD_MANAGEMENT_KEY',
    });
    expect(card.seen).toHaveLength(count);
  });

  it('refuses a key of another length than the cipher that a YubiKey names, before anything is tried', async () => {
    const card = managedCard({ algorithm: '0c', metadata: '01010c 9000' });
    await expect(
      authenticateWithManagementKey(card.exchange, secret(factoryKey), { isYubiKey: true }),
    ).rejects.toMatchObject({ code: 'ERR_CARD_MANAGEMENT_KEY' });
    expect(card.seen).toEqual(['00f7009b']);
  });

  it.each([
    ['63c2', 'ERR_CARD_MANAGEMENT_KEY'],
    ['6300', 'ERR_CARD_MANAGEMENT_KEY'],
    ['6983', 'ERR_CARD_MANAGEMENT_KEY'],
    ['6a80', 'ERR_CARD_MANAGEMENT_KEY'],
    ['6f00', 'ERR_CARD_STATUS'],
    ['6985', 'ERR_CARD_STATUS'],
    ['9000', 'ERR_CARD_RESPONSE'],
    ['7c0682040000 0000 9000', 'ERR_CARD_RESPONSE'],
    ['7c0a8108 0000000000000000 9000', 'ERR_CARD_RESPONSE'],
    ['7c10829000', 'ERR_CARD_RESPONSE'],
    ['90', 'ERR_CARD_RESPONSE'],
  ])('a proof that is answered %s is %s', async (proof, code) => {
    const card = managedCard({ faults: { proof } });
    await expect(authenticateWithManagementKey(card.exchange, secret(factoryKey), plain)).rejects.toMatchObject({
      code,
    });
  });

  it.each([
    ['6f00', 'ERR_CARD_STATUS'],
    ['6982', 'ERR_CARD_SECURITY_STATUS'],
    ['9000', 'ERR_CARD_RESPONSE'],
    ['7c06800400000000 9000', 'ERR_CARD_RESPONSE'],
    ['7c1080 9000', 'ERR_CARD_RESPONSE'],
  ])('an opening that is answered %s is %s', async (open, code) => {
    const card = managedCard({ faults: { open } });
    await expect(authenticateWithManagementKey(card.exchange, secret(factoryKey), plain)).rejects.toMatchObject({
      code,
    });
    expect(card.seen).toHaveLength(1);
  });

  it.each(['metadata', 'open', 'proof'])('passes on that the card was pulled, at %s', async (step) => {
    const removed = new MiddlewareError('ERR_CARD_REMOVED', 'gone');
    const card = managedCard({ faults: { [step]: removed } });
    await expect(authenticateWithManagementKey(card.exchange, secret(factoryKey), { isYubiKey: true })).rejects.toBe(
      removed,
    );
  });

  it.each(['01', '0100', '01020a', 'ff'])('takes metadata %s for none or fails typed', async (metadata) => {
    const card = managedCard({ metadata: `${metadata}9000` });
    const end = await authenticateWithManagementKey(card.exchange, secret(factoryKey), { isYubiKey: true }).catch(
      (error: unknown) => error,
    );
    if (end !== undefined) expect(end).toMatchObject({ code: 'ERR_CARD_RESPONSE' });
  });

  it('shows neither proof nor challenge to a trace, wipes what it sent, and leaves the key to its owner', async () => {
    const card = managedCard();
    const key = secret(factoryKey);
    await authenticateWithManagementKey(card.exchange, key, plain);
    expect(card.lines[2]).toMatch(/^> 0087039b\.\.\*$/);
    for (const line of card.lines.filter((each) => each.startsWith('<'))) expect(line).toMatch(/^< (\.\.)*9000$/);
    expect(card.sent[1]?.every((byte) => byte === 0)).toBe(true);
    key.use((bytes) => expect(toHex(bytes)).toBe(factoryKey));
  });

  it('opens each time with another challenge, and wipes what held it', async () => {
    const challenges = new Set<string>();
    const given: Uint8Array[] = [];
    for (let round = 0; round < 3; round += 1) {
      const card = managedCard({ faults: {} });
      const exchange = {
        ...card.exchange,
        send: (...[command, options]: Parameters<typeof card.exchange.send>) => {
          const template = findTlv(command.data ?? new Uint8Array(), 0x7c);
          const challenge = template === undefined ? undefined : findTlv(template, 0x81);
          if (challenge !== undefined && challenge.length > 0) challenges.add(toHex(challenge));
          if (options?.sensitive === true) given.push(command.data!);
          return card.exchange.send(command, options);
        },
      };
      await authenticateWithManagementKey(exchange, secret(factoryKey), plain);
    }
    expect(challenges.size).toBe(3);
    expect(given.map((data) => data.every((byte) => byte === 0))).toEqual([true, true, true]);
  });
});
