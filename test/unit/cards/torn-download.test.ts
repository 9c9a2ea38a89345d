import { createHash, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isMiddlewareError } from '../../../src/core/errors.js';
import { toHex } from '../../../src/core/bytes.js';
import type { GeneratedKey } from '../../../src/model/key.js';
import { linesOf, refusingCards, tornCards, type OpenForWriting, type TornCard } from '../../support/torn-cards.js';
import { generateTestKey } from '../../support/self-signed-certificate.js';
import { certificateFor, newKey } from '../../support/writing.js';

const issuer = generateTestKey('p256');
const keyId = Uint8Array.from({ length: 16 }, (_, index) => 0xd0 + index);
const text = Buffer.from('TEST request');
const digest = new Uint8Array(createHash('sha256').update(text).digest());

/** What is on the card signs for what is in the certificate. */
async function prove({ application, exchange }: OpenForWriting, keyReference: number, der: Uint8Array): Promise<void> {
  const signature = await application.sign(exchange, { keyReference, algorithm: 'ES256', digest, length: 64 });
  const key = { key: new X509Certificate(der).publicKey, dsaEncoding: 'ieee-p1363' as const };
  expect(verify('sha256', text, key, signature)).toBe(true);
}

/** A download's first visit: a key, and a signature of it. */
async function request(
  { writer, application, exchange }: OpenForWriting,
  certificateBytes = 500,
): Promise<GeneratedKey> {
  const made = await writer.generateKeyPair(exchange, newKey({ keyId, certificateBytes }));
  await application.sign(exchange, { keyReference: made.reference, algorithm: 'ES256', digest, length: 64 });
  return made;
}

const issue = ({ publicKey }: GeneratedKey): Uint8Array => certificateFor(publicKey, 'TEST downloaded', issuer);

/** Its second: the certificate, read back, proved, and away with what it replaces. Also when it was begun before. */
async function finish(card: OpenForWriting, made: GeneratedKey, der: Uint8Array, old: Uint8Array): Promise<void> {
  const { writer, application, exchange } = card;
  const listed = async (wanted: Uint8Array) =>
    (await application.readContents(exchange)).certificates.find((one) => toHex(one.der) === toHex(wanted));
  if ((await listed(der)) === undefined) {
    expect((await writer.findKey(exchange, keyId))?.reference).toBe(made.reference);
    await writer.storeCertificate(exchange, { keyReference: made.reference, der, label: 'TEST downloaded' });
  }
  expect((await listed(der))?.key?.reference).toBe(made.reference);
  await prove(card, made.reference, der);
  const keyReference = (await listed(old))?.key?.reference;
  try {
    await writer.removeCertificate(exchange, { der: old, keyReference, keepKey: false });
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_TOKEN_KEY_NOT_FOUND')) throw error;
  }
}

const roomOf = async (card: TornCard) => (await card.write(({ writer, exchange }) => writer.room(exchange))).value;
const withoutLine = (lines: readonly string[], der: Uint8Array): string[] =>
  lines.filter((line) => !line.endsWith(toHex(der)));

/** Each moment at which the card can go: before a command, and after it was carried out. */
const moments = (commands: number) =>
  Array.from({ length: commands }, (_, at) => [
    { at, carriedOut: false } as const,
    { at, carriedOut: true } as const,
  ]).flat();

/** What was shown of a card with these very contents need not be shown again: most commands only read. */
function isNoNews(seen: Set<string>, card: TornCard): boolean {
  const memory = card.memory();
  if (seen.has(memory)) return true;
  seen.add(memory);
  return false;
}

describe.each(Object.entries(tornCards))('a download to a %s', { timeout: 60_000 }, (_, create) => {
  it('that is torn while the key is made leaves nothing but what is found again', async () => {
    const start = create();
    const [lines, inventory, room] = [linesOf(await start.contents()), start.inventory(), await roomOf(start)];
    const whole = start.copy();
    const { commands } = await whole.write(request);
    const seen = new Set<string>();
    for (const pull of moments(commands)) {
      const when = JSON.stringify(pull);
      const torn = start.copy();
      expect((await torn.write(request, pull)).value, when).toBe('pulled');
      if (isNoNews(seen, torn)) continue;
      const contents = await torn.contents();
      expect([linesOf(contents), contents.unreadable], when).toEqual([lines, []]);

      const given = torn.copy();
      await given.write(({ writer, exchange }) => writer.removeKey(exchange, keyId));
      expect(given.inventory(), `given up after ${when}`).toEqual(inventory);
      expect(await roomOf(given), `given up after ${when}`).toEqual(room);

      await torn.write(({ writer, exchange }) => writer.removeKey(exchange, keyId));
      await torn.write(request);
      expect(torn.inventory(), `again after ${when}`).toEqual(whole.inventory());
      expect(linesOf(await torn.contents()), `again after ${when}`).toEqual(lines);
    }
  });

  it('that is torn while the certificate is stored keeps the old one until the new one is there, and is finished', async () => {
    const start = create();
    const before = linesOf(await start.contents());
    const { value: made } = await start.write(request);
    if (made === 'pulled') throw new Error('nobody pulled it');
    const der = issue(made);
    const whole = start.copy();
    const { commands } = await whole.write((open) => finish(open, made, der, start.old));
    const [done, room] = [linesOf(await whole.contents()), await roomOf(whole)];
    expect(done).toEqual([...withoutLine(before, start.old), `key ${toHex(der)}`].sort());
    const seen = new Set<string>();
    for (const pull of moments(commands)) {
      const when = JSON.stringify(pull);
      const torn = start.copy();
      expect((await torn.write((open) => finish(open, made, der, start.old), pull)).value, when).toBe('pulled');
      if (isNoNews(seen, torn)) continue;
      const contents = await torn.contents();
      const lines = linesOf(contents);
      expect(contents.unreadable, when).toEqual([]);
      expect(withoutLine(withoutLine(lines, start.old), der), when).toEqual(withoutLine(before, start.old));
      if (!lines.includes(`key ${toHex(der)}`)) expect(lines, when).toEqual(before);

      await torn.write((open) => finish(open, made, der, start.old));
      expect(linesOf(await torn.contents()), `finished after ${when}`).toEqual(done);
      expect(torn.inventory(), `finished after ${when}`).toEqual(whole.inventory());
      expect(await roomOf(torn), `finished after ${when}`).toEqual(room);
    }
  });
});

describe.each(refusingCards)('%s of a %s', (code, _, create) => {
  it('comes before anything is changed on the card', async () => {
    const card = create();
    const before = card.memory();
    await expect(card.write((open) => request(open, 1200))).rejects.toMatchObject({ code });
    expect(card.memory()).toEqual(before);
  });
});
