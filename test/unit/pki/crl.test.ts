import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeTlv } from '../../../src/core/ber-tlv.js';
import { fromHex, toHex } from '../../../src/core/bytes.js';
import { isMiddlewareError } from '../../../src/core/errors.js';
import type { CertificateInfo } from '../../../src/model/certificate.js';
import { parseCertificate } from '../../../src/pki/certificate.js';
import { openRevocationList } from '../../../src/pki/crl.js';
import { sequenceOf, timeOf } from '../../../src/pki/der-writing.js';
import { serialOf, subjectNameOf } from '../../../src/sandbox/ca/authority-parts.js';
import { testPeople } from '../../../src/sandbox/ca/person.js';
import { writeRevocationList, type ListContents } from '../../../src/sandbox/ca/revocation-list.js';
import { createSandboxCa, issuePerson, type SandboxCa } from '../../../src/sandbox/ca/sandbox-ca.js';
import { algorithmOf, extensionOf, signDer } from '../../../src/sandbox/ca/sign-der.js';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const clock = { now: () => now, monotonic: () => 0 };
const address = 'http://crl.example/list.crl';
let ca: SandboxCa;
let issuer: CertificateInfo;
let leaf: CertificateInfo;
let serial: Uint8Array;

beforeAll(async () => {
  ca = await createSandboxCa({ clock, keyType: 'ec-p256' });
  const { certificate } = await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
  leaf = parseCertificate(certificate);
  serial = serialOf(certificate);
  issuer = parseCertificate(ca.authorities.hsaId3.certificate);
});

const write = (changes: Partial<ListContents> = {}): Uint8Array =>
  writeRevocationList(ca.authorities.hsaId3, {
    revoked: [],
    thisUpdate: now,
    nextUpdate: now + 3_600_000,
    number: 5,
    ...changes,
  });
const problem = (list: Uint8Array, of = issuer): Promise<unknown> =>
  openRevocationList(list, of).catch((error: unknown) => error);
const revokedNow = { revokedAt: now, reason: 'keyCompromise' } as const;
/** A list whose signed bytes somebody composed, signed as the CA would. */
const signedAs = (parts: readonly Uint8Array[]): Uint8Array =>
  sequenceOf(signDer(sequenceOf(...parts), ca.authorities.hsaId3.key));
/** A list with these entries, DER in hexadecimal, and no extensions. */
function withEntries(...entries: readonly string[]): Uint8Array {
  const { key, certificate } = ca.authorities.hsaId3;
  const head = [Uint8Array.of(2, 1, 1), algorithmOf(key), subjectNameOf({ ...ca.authorities.hsaId3, certificate })];
  return signedAs([...head, timeOf(now), timeOf(now + 1000), encodeTlv(0x30, fromHex(entries.join('')))]);
}
const time = '170d3236303130323033303430355a';
const entry = (contents: string): string => toHex(encodeTlv(0x30, fromHex(contents)));

describe('openRevocationList()', () => {
  it('finds who was revoked, when and why, and nobody else', async () => {
    const others = Array.from({ length: 3000 }, (_, index) => ({
      serial: Uint8Array.of(0x40, index >> 8, index & 0xff),
      revokedAt: now - index * 1000,
      reason: 'superseded' as const,
    }));
    const list = await openRevocationList(write({ revoked: [...others, { serial, ...revokedNow }] }), issuer);
    expect(list).toMatchObject({ size: 3001, number: 5n, thisUpdate: now, nextUpdate: now + 3_600_000 });
    expect(list.find(leaf)).toEqual({ revokedAt: now, reason: 'keyCompromise' });
    const without = await openRevocationList(write({ revoked: others }), issuer);
    expect(without.find(leaf)).toBeUndefined();
    expect(without.covers(leaf, [])).toBe(true);
  });

  it('takes a list without entries, with a reason left out, and dates of both forms', async () => {
    expect(await openRevocationList(write(), issuer)).toMatchObject({ size: 0 });
    for (const revokedAt of [now, Date.UTC(2052, 1, 29, 23, 59, 59), Date.UTC(1999, 11, 31)]) {
      const list = write({ revoked: [{ serial, revokedAt, reason: 'unspecified' }] });
      expect((await openRevocationList(list, issuer)).find(leaf)).toEqual({ revokedAt, reason: undefined });
    }
  });

  it('compares serial numbers exactly', async () => {
    // All of them positive and in their shortest form.
    const changed = serial.map((byte, index) => (index === serial.length - 1 ? byte ^ 1 : byte));
    const near = [serial.subarray(0, -1), Uint8Array.of(...serial, 0), changed, Uint8Array.of(0x40, ...serial)];
    const list = write({ revoked: near.map((one) => ({ serial: one, ...revokedNow })) });
    expect((await openRevocationList(list, issuer)).find(leaf)).toBeUndefined();
  });

  it('refuses the list of another CA, of another key of the same name, and of a CA that may sign none', async () => {
    const other = await createSandboxCa({ clock, keyType: 'ec-p256' });
    const namesake = parseCertificate(other.authorities.hsaId3.certificate);
    const sibling = parseCertificate(ca.authorities.personId3.certificate);
    for (const of of [namesake, sibling, leaf, { ...issuer, keyUsage: [] }]) {
      expect(await problem(write(), of)).toMatchObject({ code: 'ERR_VERIFY_REVOCATION_UNKNOWN' });
    }
    // Signed with the right key, but in another name.
    const renamed = writeRevocationList(
      { ...ca.authorities.hsaId3, certificate: ca.authorities.personId3.certificate },
      {
        revoked: [],
        thisUpdate: now,
        nextUpdate: now + 1000,
        number: 1,
      },
    );
    expect(await problem(renamed)).toMatchObject({ fields: { detail: 'issuer' } });
  });

  it.each([
    ['a delta list', extensionOf('2.5.29.27', Uint8Array.of(2, 1, 1), true)],
    ['a delta list that does not say that it matters', extensionOf('2.5.29.27', Uint8Array.of(2, 1, 1))],
    ['an unknown critical extension', extensionOf('1.2.3.4', Uint8Array.of(5, 0), true)],
    ['an indirect list', extensionOf('2.5.29.28', fromHex('30038401ff'), true)],
    ['a list of some reasons', extensionOf('2.5.29.28', fromHex('300483020640'), true)],
    ['a list of attribute certificates', extensionOf('2.5.29.28', fromHex('30038501ff'), true)],
    ['an extension twice', extensionOf('2.5.29.20', Uint8Array.of(2, 1, 1))],
  ])('refuses %s', async (_, extension) => {
    const error = await problem(write({ extensions: [extension] }));
    expect(isMiddlewareError(error, 'ERR_VERIFY_REVOCATION_UNKNOWN', 'ERR_CERT_MALFORMED')).toBe(true);
  });

  it('covers only what its scope says', async () => {
    const scoped = async (value: string) =>
      await openRevocationList(write({ extensions: [extensionOf('2.5.29.28', fromHex(value), true)] }), issuer);
    const users = await scoped('30038101ff');
    expect([users.covers(leaf, []), users.covers(issuer, [])]).toEqual([true, false]);
    const authorities = await scoped('30038201ff');
    expect([authorities.covers(leaf, []), authorities.covers(issuer, [])]).toEqual([false, true]);
    const uri = encodeTlv(0xa0, encodeTlv(0xa0, encodeTlv(0x86, Buffer.from(address))));
    const part = await scoped(toHex(encodeTlv(0x30, uri)));
    expect([part.covers(leaf, [address]), part.covers(leaf, ['http://crl.example/other.crl'])]).toEqual([true, false]);
  });

  it.each([
    ['an entry with an unknown critical extension', entry(`020155${time}300c300a06022a030101ff040100`)],
    ['an entry of another issuer', entry(`020155${time}300e300c0603551d1d0101ff04023000`)],
    ['removal from the list', entry(`020155${time}300c300a0603551d1504030a0108`)],
    ['a reason that nobody knows', entry(`020155${time}300c300a0603551d1504030a0107`)],
    ['a serial number with needless zeros', entry(`02020055${time}`)],
    ['no serial number', entry(`0200${time}`)],
    ['a serial number of 22 bytes', entry(`0216${'55'.repeat(22)}${time}`)],
    ['no date', entry('020155')],
    ['a 30th of February', entry('020155170d3236303233303033303430355a')],
    ['a date of letters', entry('020155170d32363032333030333034305a5a')],
    ['a length that is too long', '3081150201' + `55${time}0000`],
    ['a length beyond the list', `3084ffffffff020155${time}`],
    ['an indefinite length', `3080020155${time}0000`],
    ['an entry that is none', '0500'],
  ])('refuses %s', async (_, bytes) => {
    const error = await problem(withEntries(entry(`020156${time}`), bytes));
    expect(isMiddlewareError(error, 'ERR_VERIFY_REVOCATION_UNKNOWN', 'ERR_CERT_MALFORMED')).toBe(true);
  });

  it('takes entries that differ from those only in being right', async () => {
    const list = withEntries(entry(`020155${time}300c300a0603551d1504030a0109`), entry(`020156${time}`));
    expect(await openRevocationList(list, issuer)).toMatchObject({ size: 2, number: undefined });
  });

  it('refuses a list cut at any byte, or with any byte added or changed', async () => {
    const whole = write({
      revoked: [
        { serial, ...revokedNow },
        { serial: Uint8Array.of(1), ...revokedNow },
      ],
    });
    for (let length = 0; length < whole.length; length += 1) {
      const error = await problem(whole.subarray(0, length));
      expect(isMiddlewareError(error, 'ERR_VERIFY_REVOCATION_UNKNOWN', 'ERR_CERT_MALFORMED')).toBe(true);
    }
    expect(isMiddlewareError(await problem(Uint8Array.of(...whole, 0)))).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = Uint8Array.from(whole);
        bytes[at] = bytes[at]! ^ change;
        return isMiddlewareError(await problem(bytes), 'ERR_VERIFY_REVOCATION_UNKNOWN', 'ERR_CERT_MALFORMED');
      }),
      { numRuns: 300 },
    );
  });

  it('answers any signed bytes with a list or a typed error', async () => {
    const whole = write({ revoked: [{ serial, ...revokedNow }] });
    const parts = [...fc.sample(fc.uint8Array({ maxLength: 60 }), 20)];
    for (const part of parts) {
      const error = await problem(signedAs([whole.subarray(7, 60), part]));
      expect(isMiddlewareError(error, 'ERR_VERIFY_REVOCATION_UNKNOWN', 'ERR_CERT_MALFORMED')).toBe(true);
    }
  });

  it('indexes 100,000 numbers that differ in few bytes', async () => {
    const numbered = (index: number): string => `40${'00'.repeat(12)}${index.toString(16).padStart(6, '0')}`;
    const list = withEntries(...Array.from({ length: 100_000 }, (_, index) => entry(`0210${numbered(index)}${time}`)));
    const opened = await openRevocationList(list, issuer);
    expect(opened.size).toBe(100_000);
    expect(opened.find(leaf)).toBeUndefined();
  });
});
