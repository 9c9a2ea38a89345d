import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/core/ports.js';
import { parseCertificate } from '../../../../src/pki/certificate.js';
import { generateIssuingKey } from '../../../../src/pki/issuing-key.js';
import { testPeople } from '../../../../src/sandbox/ca/person.js';
import { RevocationBook } from '../../../../src/sandbox/ca/revocation-book.js';
import { certifyPerson, createSandboxCa, issuePerson, type SandboxCa } from '../../../../src/sandbox/ca/sandbox-ca.js';
import { OrderBook } from '../../../../src/sandbox/issuer/order-book.js';
import { Orders } from '../../../../src/sandbox/issuer/orders.js';

let ca: SandboxCa;
let first: Uint8Array;
let folder: string;
beforeAll(async () => {
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  first = (await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' })).certificate;
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-orders-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (): string => join(folder, 'orders.json');
const certificates = (name = 'revocation.json'): RevocationBook => new RevocationBook(join(folder, name));
const open = (book: RevocationBook): Orders => new Orders(new OrderBook(file()), ca, book);
const kindsOf = (orders: Orders): string[] => orders.waiting.map(({ stored }) => `${stored.card} ${stored.kind}`);

describe('Orders', () => {
  it('begin with one more for each person, renewals of what is recorded, and more time for the reserve card', () => {
    const book = certificates();
    book.record('tolvan', 'hsaId3', first);
    const orders = open(book);
    expect(kindsOf(orders)).toEqual(['tolvan extra', 'tolvan renewal', 'tretton extra', 'tretton reserve-extension']);
    const [, renewal] = orders.waiting.map((order) => orders.describe(order));
    expect(renewal).toMatchObject({ replaces: parseCertificate(first).fingerprint, cardNumber: '9752269900000000001' });
    expect(kindsOf(open(book))).toEqual(kindsOf(orders));
    expect(open(book).waiting).toEqual(orders.waiting);
  });

  it('keep what was issued, and record it for revocation even when that was not reached before', async () => {
    const before = certificates();
    const orders = open(before);
    const order = orders.waiting[0]!;
    const certificate = await certifyPerson(ca, order.person, await generateIssuingKey('ec-p256'));
    orders.keep(order, 'ab'.repeat(32), certificate);
    expect(before.certificatesOf('tolvan')).toHaveLength(1);
    // As though the process had ended between the two files.
    const after = certificates('another.json');
    const again = open(after);
    expect(after.certificatesOf('tolvan').map((der) => Buffer.from(der))).toEqual([Buffer.from(certificate)]);
    open(after);
    expect(after.certificatesOf('tolvan')).toHaveLength(1);
    expect(again.all[0]!.stored.issued).toMatchObject({ spkiSha256: 'ab'.repeat(32) });
    expect(kindsOf(again)).not.toContain('tolvan extra');
  });

  it('let a renewal replace the renewed one, and never an extra one', async () => {
    const book = certificates();
    book.record('tolvan', 'hsaId3', first);
    const orders = open(book);
    const issue = async (index: number): Promise<string> => {
      const order = orders.waiting[index]!;
      const certificate = await certifyPerson(ca, order.person, await generateIssuingKey('ec-p256'));
      orders.keep(order, 'cd'.repeat(32), certificate);
      return parseCertificate(certificate).fingerprint;
    };
    await issue(0);
    const renewed = await issue(0);
    const plan = {
      id: 'tolvan',
      label: '',
      person: testPeople.tolvan,
      keyType: 'rsa',
      kind: { application: 'piv' },
    } as const;
    expect(orders.add(plan, 'renewal').stored.replaces).toBe(renewed);
  });

  it.each(['', '{', '{"version":2,"orders":[]}', '{"version":1,"orders":[{"id":"../x"}]}'])(
    'are not read from %j',
    (text) => {
      writeFileSync(file(), text);
      expect(() => open(certificates())).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
      expect(readFileSync(file(), 'utf8')).toBe(text);
    },
  );
});
