import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeTlv } from '../../../src/core/ber-tlv.js';
import { concatBytes, fromHex } from '../../../src/core/bytes.js';
import { isMiddlewareError } from '../../../src/core/errors.js';
import type { KeyType } from '../../../src/model/certificate.js';
import type { OrderDocument, SignatureAlgorithm } from '../../../src/model/signature.js';
import { requestHashOf } from '../../../src/oob/protocol.js';
import { attributeOids, composeCades } from '../../../src/pki/cades.js';
import { digestIdentifier, signatureIdentifier } from '../../../src/pki/cms-algorithms.js';
import { readDer, readOid } from '../../../src/pki/der.js';
import { octetString, oidOf, sequenceOf, setOf } from '../../../src/pki/der-writing.js';
import { testPeople } from '../../../src/sandbox/ca/person.js';
import { createRequestObject } from '../../../src/verify/create-request.js';
import { verifySignatures, type SignatureExpectations } from '../../../src/verify/verify-signatures.js';
import { editDer, elementAt } from '../../support/edited-der.js';
import { createSigningPeople, signAsToken, type Signer, type SigningPeople } from '../../support/signing-people.js';
import { createTestRelyingParty } from '../../support/test-relying-party.js';

const clientId = 'https://rp.example/client';
const party = createTestRelyingParty();
const now = Date.now();
const texts = ['TEST first', 'TEST second'];
const documents: readonly OrderDocument[] = texts.map((label) => ({
  label,
  digestAlgorithm: 'sha256',
  digest: createHash('sha256').update(label).digest(),
}));

let people: SigningPeople;
let tolvan: Signer;
let request: string;
beforeAll(async () => {
  people = await createSigningPeople();
  tolvan = await people.issue();
  request = await makeRequest();
});

type Wishes = Parameters<typeof createRequestObject>[0];
async function makeRequest(changes: Partial<Wishes> = {}, asked = documents): Promise<string> {
  const created = await createRequestObject({
    clientId,
    key: { privateKey: party.keys.ES256.privateKey, algorithm: 'ES256', keyId: 'key-ES256' },
    launchers: ['page'],
    acrValues: ['http://id.sambi.se/loa/loa3'],
    signature: { visibleText: 'TEST I sign this.', documents: asked },
    now,
    ...changes,
  });
  return created.request;
}

/** Expectations whose nonce can be used once. */
function expecting(changes: Partial<SignatureExpectations> = {}): SignatureExpectations {
  let fresh = true;
  return {
    clientId,
    request,
    policy: people.policy,
    now,
    consumeNonce: () => Promise.resolve(fresh && !(fresh = false)),
    ...changes,
  };
}

interface Signing {
  readonly signer: Signer;
  readonly algorithm: SignatureAlgorithm;
  readonly request: string;
  readonly now: number;
}
/** The DER of a document's signature. */
function sign(document: OrderDocument | undefined, changes: Partial<Signing> = {}): Uint8Array {
  const { signer = tolvan, algorithm = 'ES256' } = changes;
  const draft = composeCades({
    ...document!,
    chain: signer.chain,
    algorithm,
    requestHash: requestHashOf(changes.request ?? request),
    now: changes.now ?? now,
  });
  return draft.finish(signAsToken(signer.privateKey, algorithm, draft.digest));
}
const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64');
const answer = (changes: Partial<Signing> = {}): string[] => documents.map((one) => base64(sign(one, changes)));

/** The first document's signature after a change; the second is right. */
const withFirst = (der: Uint8Array): string[] => [base64(der), base64(sign(documents[1]))];
const refused = async (signatures: readonly string[], changes: Partial<SignatureExpectations> = {}) => {
  const error: unknown = await verifySignatures(signatures, expecting(changes)).catch((cause: unknown) => cause);
  if (!isMiddlewareError(error)) throw new Error(`not refused: ${JSON.stringify(error)}`);
  return error;
};

/* Places in ContentInfo (RFC 5652 §3, §5.1, §5.3). */
const signedData = [0, 1, 0];
const [digests, content, certificates] = [1, 2, 3].map((place) => [...signedData, place]);
const signerInfo = [...signedData, 4, 0];
const attributesPath = [...signerInfo, 3];

/** Signs the attributes of a signature anew, after they were changed. */
function signAnew(der: Uint8Array, signer = tolvan): Uint8Array {
  const toBeSigned = encodeTlv(0x31, elementAt(der, attributesPath).contents);
  const value = signAsToken(signer.privateKey, 'ES256', createHash('sha256').update(toBeSigned).digest());
  const half = value.length / 2;
  const integer = (bytes: Uint8Array): Uint8Array => {
    const digits = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
    return encodeTlv(0x02, digits[0]! & 0x80 ? concatBytes(Uint8Array.of(0), digits) : digits);
  };
  const signature = sequenceOf(integer(value.subarray(0, half)), integer(value.subarray(half)));
  return editDer(der, [...signerInfo, 5], () => [octetString(signature)]);
}

const nameOf = (attribute: Uint8Array): string => readOid(elementAt(attribute, [0, 0]).contents);
/** With other signed attributes, in order unless said otherwise, and signed anew. */
function withAttributes(change: (attributes: Uint8Array[]) => readonly Uint8Array[], ordered = true): Uint8Array {
  const der = editDer(sign(documents[0]), attributesPath, ({ contents }) => {
    const changed = change(readDer(contents).map(({ encoded }) => encoded));
    return [ordered ? setOf(changed, 0xa0) : encodeTlv(0xa0, concatBytes(...changed))];
  });
  return signAnew(der);
}
const without = (name: keyof typeof attributeOids) => (attributes: Uint8Array[]) =>
  attributes.filter((attribute) => nameOf(attribute) !== attributeOids[name]);
const valuesOf =
  (name: keyof typeof attributeOids, ...values: readonly Uint8Array[]) =>
  (attributes: Uint8Array[]) => [...without(name)(attributes), sequenceOf(oidOf(attributeOids[name]), setOf(values))];

describe('verifySignatures()', () => {
  it('tells who signed what', async () => {
    const verified = await verifySignatures(answer(), expecting({ person: testPeople.tolvan.personId }));
    expect(verified).toMatchObject({
      subject: testPeople.tolvan.personId,
      level: 'http://id.sambi.se/loa/loa3',
      testIssuer: true,
      visibleText: 'TEST I sign this.',
      documents: texts.map((label) => ({ label, signedAt: Math.floor(now / 1000) * 1000 })),
      revocation: undefined,
    });
    expect(verified.certificate.der).toEqual(tolvan.chain[0]);
  });

  it.each<[KeyType, SignatureAlgorithm, OrderDocument['digestAlgorithm']]>([
    ['rsa', 'RS256', 'sha256'],
    ['rsa', 'PS256', 'sha256'],
    ['ec-p256', 'ES256', 'sha512'],
    ['ec-p384', 'ES384', 'sha256'],
    ['ec-p384', 'ES384', 'sha384'],
    ['ec-p384', 'ES384', 'sha512'],
  ])('takes a signature by %s %s over %s', async (keyType, algorithm, digestAlgorithm) => {
    const digest = createHash(digestAlgorithm).update('TEST').digest();
    const document: OrderDocument = { label: 'TEST', digestAlgorithm, digest };
    const asked = await makeRequest({}, [document]);
    const signer = await people.issue({ keyType });
    const signature = base64(sign(document, { signer, algorithm, request: asked }));
    await expect(verifySignatures([signature], expecting({ request: asked }))).resolves.toMatchObject({
      documents: [{ label: 'TEST' }],
    });
  });

  it.each(['ec-p256', 'rsa'] as const)('refuses any changed byte (%s)', async (keyType) => {
    const signer = await people.issue({ keyType });
    const algorithm = keyType === 'rsa' ? 'RS256' : 'ES256';
    const [first, second] = answer({ signer, algorithm });
    const der = Buffer.from(first!, 'base64');
    await verifySignatures([first!, second!], expecting());
    await fc.assert(
      fc.asyncProperty(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Uint8Array.from(der);
        changed[at]! ^= flip;
        expect((await refused([base64(changed), second!])).code).toMatch(/^ERR_VERIFY_/);
      }),
      { numRuns: 400 },
    );
  });

  it('refuses bytes that are missing or too many', async () => {
    const der = sign(documents[0]);
    await fc.assert(
      fc.asyncProperty(fc.nat(der.length - 1), async (length) => {
        expect((await refused(withFirst(der.slice(0, length)))).code).toBe('ERR_VERIFY_MALFORMED');
      }),
      { numRuns: 60 },
    );
    expect((await refused(withFirst(concatBytes(der, Uint8Array.of(0))))).code).toBe('ERR_VERIFY_MALFORMED');
    expect((await refused(withFirst(new Uint8Array(40_000)))).code).toBe('ERR_VERIFY_MALFORMED');
  });

  const forms: readonly (readonly [string, string, () => Uint8Array])[] = [
    ['no signed attributes', 'MALFORMED', () => editDer(sign(documents[0]), attributesPath, () => [])],
    ['an unsigned attribute', 'MALFORMED', () => addTo(signerInfo, encodeTlv(0xa1, new Uint8Array()))],
    ['content', 'MALFORMED', () => addTo(content!, encodeTlv(0xa0, octetString(Buffer.from(texts[0]!))))],
    ['a revocation list', 'MALFORMED', () => editDer(sign(documents[0]), certificates!, withCrl)],
    [
      'no certificates',
      'CERTIFICATE',
      () => editDer(sign(documents[0]), certificates!, () => [encodeTlv(0xa0, new Uint8Array())]),
    ],
    ['five certificates', 'MALFORMED', () => addTo(certificates!, ...Array.from({ length: 3 }, () => tolvan.chain[1]))],
    ['its certificate twice', 'CERTIFICATE', () => addTo(certificates!, tolvan.chain[0])],
    [
      'a second signer',
      'MALFORMED',
      () => editDer(sign(documents[0]), signerInfo, ({ encoded }) => [encoded, encoded]),
    ],
    ['another version', 'MALFORMED', () => editDer(sign(documents[0]), [...signerInfo, 0], () => [fromHex('020103')])],
    [
      'another content type',
      'MALFORMED',
      () => editDer(sign(documents[0]), [...content!, 0], () => [oidOf('1.2.840.113549.1.9.16.1.4')]),
    ],
    [
      'another type of its own',
      'MALFORMED',
      () => editDer(sign(documents[0]), [0, 0], () => [oidOf('1.2.840.113549.1.7.3')]),
    ],
    [
      'SHA-1',
      'ALGORITHM',
      () => editDer(sign(documents[0]), [...signerInfo, 2], () => [sequenceOf(oidOf('1.3.14.3.2.26'))]),
    ],
    [
      'a list of other digests',
      'MALFORMED',
      () => editDer(sign(documents[0]), [...digests!, 0], () => [digestIdentifier('sha512')]),
    ],
    [
      'an RSA algorithm for its EC key',
      'ALGORITHM',
      () =>
        editDer(withAttributes(without('algorithmProtection')), [...signerInfo, 4], () => [
          signatureIdentifier('rsa-pkcs1', 'sha256'),
        ]),
    ],
    [
      'another hash in its algorithm',
      'ALGORITHM',
      () => editDer(sign(documents[0]), [...signerInfo, 4], () => [signatureIdentifier('ecdsa', 'sha512')]),
    ],
    ['no content type', 'MALFORMED', () => withAttributes(without('contentType'))],
    ['no message digest', 'MALFORMED', () => withAttributes(without('messageDigest'))],
    ['no signing time', 'MALFORMED', () => withAttributes(without('signingTime'))],
    ['no signing certificate', 'MALFORMED', () => withAttributes(without('signingCertificateV2'))],
    ['no content identifier', 'REQUEST', () => withAttributes(without('contentIdentifier'))],
    [
      'another content identifier',
      'REQUEST',
      () => withAttributes(valuesOf('contentIdentifier', octetString(Buffer.alloc(32)))),
    ],
    [
      'a shorter content identifier',
      'REQUEST',
      () => withAttributes(valuesOf('contentIdentifier', octetString(Buffer.alloc(0)))),
    ],
    [
      'an attribute with two values',
      'MALFORMED',
      () =>
        withAttributes(valuesOf('messageDigest', octetString(documents[0]!.digest), octetString(documents[1]!.digest))),
    ],
    ['an attribute twice', 'MALFORMED', () => withAttributes((all) => [...all, all[0]!])],
    [
      'a second content identifier',
      'MALFORMED',
      () =>
        withAttributes((all) => [
          ...all,
          sequenceOf(oidOf(attributeOids.contentIdentifier), setOf([octetString(Buffer.alloc(32))])),
        ]),
    ],
    ['attributes out of order', 'MALFORMED', () => withAttributes((all) => all.toReversed(), false)],
    [
      'another algorithm under its signature',
      'MALFORMED',
      () =>
        withAttributes(
          valuesOf(
            'algorithmProtection',
            sequenceOf(digestIdentifier('sha256'), editedTag(signatureIdentifier('ecdsa', 'sha384'))),
          ),
        ),
    ],
    [
      'another certificate under its signature',
      'CERTIFICATE',
      () =>
        withAttributes(
          valuesOf('signingCertificateV2', sequenceOf(sequenceOf(sequenceOf(octetString(Buffer.alloc(32)))))),
        ),
    ],
  ];
  const addTo = (path: readonly number[], ...elements: readonly Uint8Array[]): Uint8Array =>
    editDer(sign(documents[0]), path, ({ tag, contents }) => [encodeTlv(tag, concatBytes(contents, ...elements))]);
  const withCrl = ({ encoded }: { encoded: Uint8Array }) => [encoded, encodeTlv(0xa1, new Uint8Array())];
  const editedTag = (identifier: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(0xa1), identifier.subarray(1));

  it.each(forms)('refuses a signature with %s (%s)', async (_, code, make) => {
    const error = await refused(withFirst(make()));
    expect(error.code).toBe(`ERR_VERIFY_${code}`);
    expect(error.fields['document']).toBe(0);
  });

  it('takes signed attributes that it does not know, and needs no algorithm protection', async () => {
    const more = sequenceOf(oidOf('1.2.3.4'), setOf([octetString(Buffer.from('TEST'))]));
    for (const der of [withAttributes((all) => [...all, more]), withAttributes(without('algorithmProtection'))]) {
      await verifySignatures(withFirst(der), expecting());
    }
  });

  it.each<[string, string, () => Promise<Signer> | Signer]>([
    ['an authentication key', 'not-for-signatures', () => people.issue({ usage: 'authentication' })],
    ['an expired certificate', 'expired', () => people.issue({ notBefore: now - 5000, notAfter: now - 1000 })],
    ['a certificate of an unknown CA', 'issuer-unknown', async () => (await createSigningPeople()).issue()],
  ])('refuses %s (%s)', async (_, reason, make) => {
    const error = await refused(answer({ signer: await make() }));
    expect(error).toMatchObject({ code: 'ERR_VERIFY_CERTIFICATE', fields: { reason } });
  });

  it('refuses a certificate of strangers beside the right ones', async () => {
    const stranger = await (await createSigningPeople()).issue();
    const der = addTo(certificates!, stranger.chain[1]);
    expect(await refused(withFirst(der))).toMatchObject({
      code: 'ERR_VERIFY_CERTIFICATE',
      fields: { reason: 'stranger' },
    });
  });

  it('refuses the key of somebody else under the right certificate', async () => {
    const other = await people.issue();
    const mixed = { ...tolvan, privateKey: other.privateKey };
    expect((await refused(answer({ signer: mixed }))).code).toBe('ERR_VERIFY_SIGNATURE');
  });

  it('refuses another level, and another person than was asked for or signed in before', async () => {
    const reserve = await people.issue({ ...testPeople.tretton, usage: 'signature' });
    expect((await refused(answer({ signer: reserve }))).code).toBe('ERR_VERIFY_LEVEL');
    expect((await refused(answer(), { person: testPeople.tretton.personId })).code).toBe('ERR_VERIFY_IDENTITY');
    const asked = await makeRequest({ user: testPeople.tretton.personId });
    expect((await refused(answer({ request: asked }), { request: asked })).code).toBe('ERR_VERIFY_IDENTITY');
    const ofOthers = await makeRequest({ issuers: ['CN=TEST Other CA'] });
    expect(await refused(answer({ request: ofOthers }), { request: ofOthers })).toMatchObject({
      code: 'ERR_VERIFY_CERTIFICATE',
      fields: { reason: 'issuer-not-asked' },
    });
  });

  it('refuses two signers of one order, though they be one person', async () => {
    const second = await people.issue();
    const mixed = [base64(sign(documents[0])), base64(sign(documents[1], { signer: second }))];
    expect((await refused(mixed)).code).toBe('ERR_VERIFY_IDENTITY');
  });

  it('refuses signatures that are not one for each document in their order', async () => {
    const [first, second] = answer();
    const lists = [[], [first!], [first!, second!, first!], [second!, first!], [first!, first!]];
    for (const list of lists) expect((await refused(list)).code).toBe('ERR_VERIFY_DOCUMENT');
    expect((await refused('AA==' as unknown as string[])).code).toBe('ERR_VERIFY_DOCUMENT');
  });

  it('refuses the digest of the same document by another hash', async () => {
    const digest = createHash('sha512').update(texts[0]!).digest();
    const error = await refused(withFirst(sign({ label: '', digestAlgorithm: 'sha512', digest })));
    expect(error).toMatchObject({ code: 'ERR_VERIFY_DOCUMENT', fields: { detail: 'digest', document: 0 } });
  });

  it('refuses signatures of another order, and the same ones twice', async () => {
    const other = await makeRequest();
    expect((await refused(answer({ request: other }))).code).toBe('ERR_VERIFY_REQUEST');
    const once = expecting();
    const signatures = answer();
    await verifySignatures(signatures, once);
    await expect(verifySignatures(signatures, once)).rejects.toMatchObject({ code: 'ERR_VERIFY_NONCE' });
  });

  it('uses up no nonce for what it refuses', async () => {
    const expectations = expecting();
    await expect(verifySignatures(['AA=='], expectations)).rejects.toMatchObject({ code: 'ERR_VERIFY_DOCUMENT' });
    await verifySignatures(answer(), expectations);
  });

  it.each([
    ['signing-time', { now: now + 62_000 }, {}],
    ['signing-time', { now: now - 62_000 }, {}],
    ['age', {}, { now: now + 662_000 }],
  ] as const)('refuses a wrong %s', async (claim, signing, changes) => {
    expect(await refused(answer(signing), changes)).toMatchObject({ code: 'ERR_VERIFY_TIME', fields: { claim } });
  });

  it.each(['', ' ', 'AAA', '\n', '{}'])('refuses "%s" for base64', async (text) => {
    const [first, second] = answer();
    expect((await refused([text, second!])).code).toBe('ERR_VERIFY_MALFORMED');
    expect((await refused([`${first!}${text || '='}`, second!])).code).toBe('ERR_VERIFY_MALFORMED');
  });

  it('asks about revocation last, and with the path that it verified', async () => {
    const asked: string[] = [];
    const revocation = {
      check: () => Promise.reject(new Error('not asked')),
      require: (path: { leaf: { fingerprint: string } }) => {
        asked.push(path.leaf.fingerprint);
        return Promise.resolve({ status: 'good', validUntil: 1 } as const);
      },
    };
    await refused([], { revocation });
    expect(asked).toEqual([]);
    const verified = await verifySignatures(answer(), expecting({ revocation }));
    expect(asked).toEqual([verified.certificate.fingerprint]);
    expect(verified.revocation).toEqual({ status: 'good', validUntil: 1 });
  });

  it('throws at a stored request that is not one for a signature', async () => {
    const login = await makeRequest({ signature: undefined } as unknown as Partial<Wishes>);
    await expect(verifySignatures([], expecting({ request: login }))).rejects.toThrow(TypeError);
  });
});
