import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeTlv } from '../../../src/core/ber-tlv.js';
import { parseCertificate } from '../../../src/pki/certificate.js';
import { oidOf, octetString, sequenceOf } from '../../../src/pki/der-writing.js';
import { issueCertificate, type CertificateTemplate } from '../../../src/pki/issue-certificate.js';
import { generateIssuingKey, type IssuingKey } from '../../../src/pki/issuing-key.js';
import { certIdOf, writeOcspRequest } from '../../../src/pki/ocsp-request.js';
import { buildPath, type CertificatePath } from '../../../src/pki/path.js';
import { readDer } from '../../../src/pki/der.js';
import { serialOf, subjectKeyOf } from '../../../src/sandbox/ca/authority-parts.js';
import type { Authority } from '../../../src/sandbox/ca/authority.js';
import { testPeople } from '../../../src/sandbox/ca/person.js';
import type { RevokedCertificate } from '../../../src/sandbox/ca/revocation-reason.js';
import { writeRevocationList } from '../../../src/sandbox/ca/revocation-list.js';
import { createSandboxCa, issuePerson, trustPolicyOf, type SandboxCa } from '../../../src/sandbox/ca/sandbox-ca.js';
import { generalizedTime, signDer } from '../../../src/sandbox/ca/sign-der.js';
import { createRevocationChecker, type RevocationOptions, type RevocationVerdict } from '../../../src/verify/verify.js';

/*
 * Whoever answers in the place of the CA, or issues certificates below its name: what is said here is "good" of a
 * certificate, correctly signed, by somebody who has no say.
 */
const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const clock = { now: () => now, monotonic: () => 0 };
const base = 'http://pki.example';
const day = 86_400_000;
const ocspSigning = '1.3.6.1.5.5.7.3.9';

let ca: SandboxCa;
let impostor: SandboxCa;
let path: CertificatePath;
let issuer: Authority;
let key: IssuingKey;
/** What the responder and the server of lists answer about the person; about the CA all is well. */
let response: Uint8Array;
let listed: readonly RevokedCertificate[];

beforeAll(async () => {
  [ca, impostor] = await Promise.all([
    createSandboxCa({ clock, keyType: 'ec-p256', revocationBase: base }),
    createSandboxCa({ clock, keyType: 'ec-p256', revocationBase: base }),
  ]);
  const person = await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
  path = buildPath(parseCertificate(person.certificate), trustPolicyOf(ca), now);
  issuer = ca.authorities[person.authority];
  key = await generateIssuingKey('ec-p256');
});
beforeEach(() => {
  listed = [];
});

/** What is said of the person, and who says it. */
interface Saying {
  readonly signer: IssuingKey;
  /** SHA-1 of the key that is named as the responder's. */
  readonly responder: Uint8Array;
  readonly certificates?: readonly Uint8Array[];
  readonly about?: readonly Uint8Array[];
  readonly status?: Uint8Array;
  readonly at?: number;
}

const good = Uint8Array.of(0x80, 0);
const revoked = (at: number): Uint8Array => encodeTlv(0xa1, generalizedTime(at));
const byKey = (signer: IssuingKey): Uint8Array =>
  createHash('sha1')
    .update(subjectKeyOf({ ...issuer, key: signer }))
    .digest();

/** DER of the CertID that requests about the person hold. */
function certIdDer(): Uint8Array {
  const [list] = readDer(readDer(writeOcspRequest(certIdOf(path.leaf, path.issuer, 'sha1')))[0]!.contents);
  const [requests] = readDer(list!.contents);
  const [request] = readDer(requests!.contents);
  return readDer(request!.contents)[0]!.encoded;
}

function say({ signer, responder, certificates, about = [certIdDer()], status = good, at = now }: Saying): Uint8Array {
  const answers = about.map((id) =>
    sequenceOf(id, status, generalizedTime(at), encodeTlv(0xa0, generalizedTime(at + 3 * 60_000))),
  );
  const signed = sequenceOf(encodeTlv(0xa2, octetString(responder)), generalizedTime(at), sequenceOf(...answers));
  const along = certificates === undefined ? [] : [encodeTlv(0xa0, sequenceOf(...certificates))];
  const basic = sequenceOf(signDer(signed, signer), ...along);
  const body = sequenceOf(oidOf('1.3.6.1.5.5.7.48.1.1'), octetString(basic));
  return sequenceOf(Uint8Array.of(0x0a, 1, 0), encodeTlv(0xa0, body));
}

/** A certificate for {@link key} that is a good delegate's, but for what is changed. */
const delegate = async (changes: Partial<CertificateTemplate> = {}): Promise<Uint8Array> =>
  await issueCertificate({
    subject: [
      ['C', 'SE'],
      ['CN', 'TEST OCSP responder'],
    ],
    issuer: issuer.subject,
    subjectKey: key,
    issuerKey: issuer.key,
    notBefore: now - day,
    notAfter: now + day,
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: [ocspSigning],
    ocspNoCheck: true,
    ...changes,
  });

const delegateSays = async (changes: Partial<CertificateTemplate> = {}): Promise<Uint8Array> =>
  say({ signer: key, responder: byKey(key), certificates: [await delegate(changes)] });

function checker(refreshSeconds = 300, sources: RevocationOptions['sources'] = ['ocsp']) {
  const about = Buffer.from(writeOcspRequest(certIdOf(path.leaf, path.issuer, 'sha1')));
  const rootKey = ca.authorities.root.key;
  return createRevocationChecker({
    hosts: ['pki.example'],
    sources,
    ocspRefreshSeconds: refreshSeconds,
    fetch: (call) => {
      const ofRoot = { signer: rootKey, responder: byKey(rootKey), about: [certIdOfIssuer()] };
      const body =
        call.method === 'GET'
          ? writeRevocationList(issuer, { revoked: listed, thisUpdate: now, nextUpdate: now + day, number: now })
          : about.equals(call.body!)
            ? response
            : say(ofRoot);
      return Promise.resolve({ status: 200, body: pieces(body) });
    },
  });
}

function certIdOfIssuer(): Uint8Array {
  const [list] = readDer(readDer(writeOcspRequest(certIdOf(path.issuer, path.anchor, 'sha1')))[0]!.contents);
  const [requests] = readDer(list!.contents);
  return readDer(readDer(requests!.contents)[0]!.contents)[0]!.encoded;
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

const verdict = async (said: Uint8Array | Promise<Uint8Array>): Promise<RevocationVerdict> => {
  response = await said;
  return await checker().check(path, now);
};

describe('an OCSP answer', () => {
  it('counts from the issuer, and from a delegate that it made for OCSP', async () => {
    expect(await verdict(say({ signer: issuer.key, responder: byKey(issuer.key) }))).toMatchObject({ status: 'good' });
    expect(await verdict(delegateSays())).toMatchObject({ status: 'good' });
  });

  it.each<[string, () => Partial<CertificateTemplate>]>([
    ['without the purpose', () => ({ extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] })],
    ['for any purpose', () => ({ extendedKeyUsage: ['2.5.29.37.0'] })],
    ['that has expired', () => ({ notAfter: now - 1000 })],
    ['that is not valid yet', () => ({ notBefore: now + 1000 })],
    ['that may sign nothing', () => ({ keyUsage: ['keyEncipherment'] })],
    ['that is a CA', () => ({ pathLength: 0, keyUsage: ['digitalSignature', 'keyCertSign'] })],
    [
      'of another CA of the same root',
      () => ({ issuer: ca.authorities.function.subject, issuerKey: ca.authorities.function.key }),
    ],
    ['of the root', () => ({ issuer: ca.authorities.root.subject, issuerKey: ca.authorities.root.key })],
    ['of a CA that has the issuer’s name and another key', () => ({ issuerKey: impostor.authorities.hsaId3.key })],
    ['that signed itself', () => ({ issuerKey: key })],
  ])('does not count from a delegate %s', async (_what, changes) => {
    expect(await verdict(delegateSays(changes()))).toMatchObject({ status: 'unknown', reason: 'not-valid' });
  });

  it('does not count from a delegate of whom it is not known whether it was revoked', async () => {
    expect(await verdict(delegateSays({ ocspNoCheck: false }))).toMatchObject({ status: 'unknown' });
  });

  it('counts from a delegate that its CA’s list does not name, and not from one that it names', async () => {
    const certificate = await delegate({ ocspNoCheck: false, crlUrl: `${base}/crl/any.crl` });
    const said = say({ signer: key, responder: byKey(key), certificates: [certificate] });
    expect(await verdict(said)).toMatchObject({ status: 'good' });
    listed = [{ serial: serialOf(certificate), revokedAt: now - day, reason: 'keyCompromise' }];
    expect(await verdict(said)).toMatchObject({ status: 'unknown' });
  });

  it('does not count from the root, nor from a CA of the issuer’s name that brings its own certificate', async () => {
    const { root } = ca.authorities;
    const fake = impostor.authorities.hsaId3;
    for (const { key: signer, certificate } of [root, fake]) {
      const said = say({ signer, responder: byKey(signer), certificates: [certificate] });
      expect(await verdict(said)).toMatchObject({ status: 'unknown', reason: 'not-valid' });
    }
  });

  it('does not count when it is about several, or about the certificate of a namesake CA', async () => {
    const signer = issuer.key;
    const responder = byKey(signer);
    const twice = say({ signer, responder, about: [certIdDer(), certIdDer()] });
    expect(await verdict(twice)).toMatchObject({ status: 'unknown', reason: 'not-valid' });
    const changed = Uint8Array.from(certIdDer());
    // The last byte of the hash of the issuer's key stands before the serial number.
    const at = changed.length - serialOf(path.leaf.der).length - 3;
    changed[at] = changed[at]! ^ 1;
    expect(await verdict(say({ signer, responder, about: [changed] }))).toMatchObject({ status: 'unknown' });
  });

  it('that is older does not take the place of a newer one that says "revoked"', async () => {
    const signer = issuer.key;
    const responder = byKey(signer);
    const one = checker(10);
    response = say({ signer, responder, status: revoked(now - 1000) });
    expect(await one.check(path, now)).toMatchObject({ status: 'revoked' });
    // Seen on its way before, and still within its time.
    response = say({ signer, responder, at: now - 60_000 });
    expect(await one.check(path, now + 30_000)).toMatchObject({ status: 'revoked' });
    response = say({ signer, responder, at: now + 60_000 });
    expect(await one.check(path, now + 60_000), 'taken off hold').toMatchObject({ status: 'good' });
  });
});

describe('a certificate whose addresses are malformed', () => {
  /** The person's certificate with the tag of the first part of an extension's list changed, signed by its CA. */
  function pathWith(extension: string): CertificatePath {
    const tbs = Buffer.from(readDer(readDer(path.leaf.der)[0]!.contents)[0]!.encoded);
    const oid = Buffer.from(oidOf(extension));
    // After the OID: the heads of the OCTET STRING and of the SEQUENCE, each of two bytes.
    const place = tbs.indexOf(oid) + oid.length + 4;
    expect(tbs[place]).toBe(0x30);
    tbs[place] = 0x31;
    const changed = parseCertificate(sequenceOf(signDer(tbs, issuer.key)));
    return buildPath(changed, trustPolicyOf(ca), now);
  }

  it.each([
    ['authority information access', '1.3.6.1.5.5.7.1.1'],
    ['distribution points', '2.5.29.31'],
  ])('gives unknown, and check() does not reject: %s', async (_, extension) => {
    response = say({ signer: issuer.key, responder: byKey(issuer.key) });
    const changed = pathWith(extension);
    for (const sources of [['ocsp'], ['crl'], ['ocsp', 'crl']] as const) {
      expect(await checker(300, sources).check(changed, now)).toMatchObject({ status: 'unknown', reason: 'not-valid' });
    }
  });
});
