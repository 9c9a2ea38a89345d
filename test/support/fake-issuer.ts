import { toHex } from '../../src/core/bytes.js';
import { MiddlewareError } from '../../src/core/errors.js';
import type { IssuerClient, IssuerLogin } from '../../src/enrollment/issuer-client.js';
import type { CertificateOrder } from '../../src/model/certificate-order.js';
import type { RelyingParty } from '../../src/model/relying-party.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import { readCertificateRequest } from '../../src/pki/read-certificate-request.js';
import { generateIssuingKey } from '../../src/pki/issuing-key.js';
import { certifyPerson, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import type { PersonRequest } from '../../src/sandbox/ca/person.js';

/** What an issuer in this process does instead of answering as it should. */
export type FakeIssuerFault = 'down' | 'signs-and-hangs-up' | 'other-key' | 'other-person' | 'refuses' | 'not-yet';

/** An issuer without a network, which really signs. */
export interface FakeIssuer extends IssuerClient {
  orders: readonly CertificateOrder[];
  fault: FakeIssuerFault | undefined;
  clockSkewMs: number | undefined;
  expiresAt: number;
  /** Of `not-yet`. */
  retryAfterSeconds: number;
  /** Requests that came, DER in hex. */
  readonly requests: string[];
  /** Fingerprints of what was issued, by order; two for one order would be a fault of ours. */
  readonly issued: ReadonlyMap<string, readonly string[]>;
  /** Called before an order is enrolled. */
  onEnroll: () => Promise<void> | void;
}

/**
 * Gives certificates for one person.
 *
 * @param assertionOf - what answers a login.
 */
export function fakeIssuer(ca: SandboxCa, person: PersonRequest): FakeIssuer {
  const issued = new Map<string, string[]>();
  const byKey = new Map<string, Uint8Array>();

  const issue = async (orderId: string, request: Uint8Array): Promise<Uint8Array> => {
    const { publicKey, keyType, spkiSha256 } = await readCertificateRequest(request);
    const known = byKey.get(`${orderId} ${spkiSha256}`);
    if (known !== undefined) return known;
    if (issued.has(orderId))
      throw new MiddlewareError('ERR_ISSUER_REFUSED', 'Issued already', { fields: { status: 409 } });
    const certificate = await certifyPerson(ca, person, { keyType, publicKey });
    byKey.set(`${orderId} ${spkiSha256}`, certificate);
    issued.set(orderId, [...(issued.get(orderId) ?? []), parseCertificate(certificate).fingerprint]);
    return certificate;
  };

  const enroll: IssuerLogin['enroll'] = async ({ id }, request) => {
    await issuer.onEnroll();
    issuer.requests.push(toHex(request));
    const { fault } = issuer;
    if (fault === 'down')
      throw new MiddlewareError('ERR_REMOTE_UNREACHABLE', 'Down', { fields: { reason: 'refused' } });
    if (fault === 'refuses') {
      throw new MiddlewareError('ERR_ISSUER_REFUSED', 'No', { fields: { status: 403, text: 'TEST refusal' } });
    }
    if (fault === 'not-yet') {
      throw new MiddlewareError('ERR_ISSUER_PENDING', 'Later', {
        fields: { retryAfterSeconds: issuer.retryAfterSeconds },
        retriable: true,
      });
    }
    if (fault === 'other-key') {
      return { certificate: await certifyPerson(ca, person, await generateIssuingKey('ec-p256')), others: [] };
    }
    if (fault === 'other-person') {
      const { publicKey, keyType } = await readCertificateRequest(request);
      const other = { ...person, personId: 'TSTNMT2321000156-9999' };
      return { certificate: await certifyPerson(ca, other, { keyType, publicKey }), others: [] };
    }
    const certificate = await issue(id, request);
    if (fault === 'signs-and-hangs-up') {
      throw new MiddlewareError('ERR_REMOTE_UNREACHABLE', 'Hung up', { fields: { reason: 'closed' } });
    }
    return { certificate, others: [] };
  };

  const issuer: FakeIssuer = {
    orders: [],
    fault: undefined,
    clockSkewMs: 0,
    expiresAt: Date.now() + 600_000,
    retryAfterSeconds: 1,
    requests: [],
    issued,
    onEnroll: () => undefined,
    async logIn({ clientId }: RelyingParty, answer) {
      await answer(requestFrom(clientId));
      return {
        expiresAt: issuer.expiresAt,
        clockSkewMs: issuer.clockSkewMs,
        orders: () => Promise.resolve(issuer.orders),
        caCertificates: () => Promise.resolve([]),
        wishes: () => Promise.resolve({ keySpecs: [], others: [] }),
        enroll,
      };
    },
  };
  return issuer;
}

/** Of a request for a login only who asks counts here. */
export const requestFrom = (clientId: string): string =>
  `e30.${Buffer.from(JSON.stringify({ iss: clientId })).toString('base64url')}.AA`;
