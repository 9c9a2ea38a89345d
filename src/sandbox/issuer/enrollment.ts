import { isMiddlewareError } from '../../core/errors.js';
import { equalBytes } from '../../core/bytes.js';
import type { CertificateInfo } from '../../model/certificate.js';
import { parseCertificate, x509Of } from '../../pki/certificate.js';
import { encodeCertsOnly } from '../../pki/certs-only.js';
import { generateIssuingKey } from '../../pki/issuing-key.js';
import {
  readCertificateRequest,
  type CertificateRequest,
  type RequestProblem,
} from '../../pki/read-certificate-request.js';
import { createAuthorities } from '../ca/authority.js';
import type { RevocationBook } from '../ca/revocation-book.js';
import { certifyPerson, type SandboxCa } from '../ca/sandbox-ca.js';
import { testPeople, type PersonRequest } from '../ca/person.js';
import { base64Answer, Refusal, type IssuerAnswer } from './answers.js';
import type { Caller } from './callers.js';
import type { IssuerFaults } from './issuer-fault.js';
import type { Orders, PersonOrder } from './orders.js';

/** What is asked for (RFC 7030 §4.2). */
export interface EnrollmentCall {
  readonly caller: Caller;
  readonly operation: 'simpleenroll' | 'simplereenroll';
  /** The order's id; undefined where the client knows of no labels. */
  readonly label: string | undefined;
  /** PKCS #10, DER. */
  readonly request: Uint8Array;
  /** Of the TLS connection (RFC 5929 §3), base64; undefined where there is none. */
  readonly tlsUnique: string | undefined;
}

/** What certificates are issued from. */
export interface EnrollmentContext {
  readonly orders: Orders;
  readonly ca: SandboxCa;
  readonly certificates: RevocationBook;
  readonly faults: IssuerFaults;
}

const requestProblems: Readonly<Record<RequestProblem, string>> = {
  malformed: 'This is no certification request (PKCS #10).',
  signature: 'The request is not signed with the key that it asks a certificate for.',
  key: 'Keys of this kind get no certificate here.',
};

/** Issues certificates for orders; the same one again for the same key. */
export class Enrollment {
  readonly #context: EnrollmentContext;
  /** One after the other, so that an order is never issued twice. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: EnrollmentContext) {
    this.#context = context;
  }

  /** @throws {Refusal} 400, 403, 404, 409, 503. */
  async enroll(call: EnrollmentCall): Promise<IssuerAnswer> {
    const request = await read(call.request);
    if (request.challengePassword !== undefined && request.challengePassword !== call.tlsUnique) {
      throw new Refusal(400, 'The request is tied to another TLS connection (challengePassword).');
    }
    const answer = this.#last.then(async () => await this.#answer(call, request));
    this.#last = answer.catch(() => undefined);
    return await answer;
  }

  async #answer(call: EnrollmentCall, request: CertificateRequest): Promise<IssuerAnswer> {
    const order = this.#orderFor(call, request);
    this.#check(order, call, request);
    const { faults } = this.#context;
    switch (faults.now) {
      case 'refuse':
        throw new Refusal(403, 'The issuer has decided not to issue this certificate.');
      case 'garbage':
        return base64Answer(certsOnlyType, Buffer.from('<html><body>It works!</body></html>'));
      case 'other-key':
        return certsOnly(await this.#certify(order, await generateIssuingKey(request.keyType)));
      case 'other-person':
        return certsOnly(await this.#certify({ ...order, person: otherThan(order.person) }, request));
      case 'untrusted':
        return certsOnly(await this.#certifyElsewhere(order, request));
      default:
    }
    if (faults.putsOff()) {
      // RFC 7030 §4.2.3: the same request is to be sent again.
      const headers = { 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' };
      return { status: 202, headers, body: 'The certificate is not ready yet.\n' };
    }
    const answer = certsOnly(await this.#issue(order, request));
    if (faults.now === 'slow') return { ...answer, delivery: 'late' };
    if (faults.now === 'cut') return { ...answer, delivery: 'half' };
    return faults.now === 'sign-and-hang-up' ? { ...answer, delivery: 'not-at-all' } : answer;
  }

  /** The order of the label; without one, that which the key has a certificate of already, or the only one that fits. */
  #orderFor({ caller, operation, label }: EnrollmentCall, { spkiSha256 }: CertificateRequest): PersonOrder {
    const { orders } = this.#context;
    const own = orders.all.filter(({ person }) => person.personId === caller.personId);
    if (label !== undefined) {
      const named = own.find(({ stored }) => stored.id === label);
      if (named === undefined) throw new Refusal(404, 'There is no such order.');
      return named;
    }
    const done = own.find(({ stored }) => stored.issued?.spkiSha256 === spkiSha256);
    if (done !== undefined) return done;
    const renews = operation === 'simplereenroll';
    const fitting = own.filter(
      ({ stored: { issued, replaces } }) =>
        issued === undefined && (!renews || !caller.overTls || replaces === caller.certificate.fingerprint),
    );
    const [only, another] = fitting;
    if (only === undefined) throw new Refusal(404, 'No order is waiting.');
    if (another === undefined) return only;
    const names = fitting.map(({ stored: { id, kind } }) => `${id} (${kind})`).join(', ');
    throw new Refusal(400, `Several orders are waiting; name one in the address: ${names}.`);
  }

  #check(order: PersonOrder, { operation, caller }: EnrollmentCall, request: CertificateRequest): void {
    const { orders } = this.#context;
    const { issued, replaces } = order.stored;
    if (issued !== undefined && issued.spkiSha256 !== request.spkiSha256) {
      throw new Refusal(409, 'This order has its certificate already, for another key.');
    }
    const { keySpecs } = orders.describe(order);
    if (request.keySpec === undefined || !keySpecs.includes(request.keySpec)) {
      throw new Refusal(400, `This order takes keys of these kinds: ${keySpecs.join(', ')}.`);
    }
    const replaced = this.#issued.find(({ fingerprint }) => fingerprint === replaces);
    if (issued === undefined && this.#isTaken(request, replaced)) {
      throw new Refusal(409, 'This key has a certificate already.');
    }
    if (operation === 'simpleenroll') return;
    if (replaced === undefined) throw new Refusal(400, 'This order renews no certificate: use simpleenroll.');
    if (caller.overTls && caller.certificate.fingerprint !== replaced.fingerprint) {
      throw new Refusal(403, 'A certificate is renewed with itself.');
    }
    checkIdentity(replaced, request);
  }

  /** By a certificate other than the one that is renewed: that one's key may stay. */
  #isTaken({ spkiSha256 }: CertificateRequest, replaced: CertificateInfo | undefined): boolean {
    return this.#issued.some((known) => known.spkiSha256 === spkiSha256 && known.fingerprint !== replaced?.fingerprint);
  }

  get #issued(): readonly CertificateInfo[] {
    return this.#context.certificates.certificatesOf().map(parseCertificate);
  }

  async #issue(order: PersonOrder, request: CertificateRequest): Promise<Uint8Array> {
    const { issued } = order.stored;
    if (issued !== undefined) return new Uint8Array(Buffer.from(issued.certificate, 'base64'));
    const certificate = await this.#certify(order, request);
    this.#context.orders.keep(order, request.spkiSha256, certificate);
    return certificate;
  }

  async #certify({ stored, person }: PersonOrder, key: Key, ca: SandboxCa = this.#context.ca): Promise<Uint8Array> {
    return await certifyPerson(ca, { ...person, notAfter: stored.notAfter }, key);
  }

  /** By CAs of the same names, with keys that nobody trusts. */
  async #certifyElsewhere(order: PersonOrder, key: Key): Promise<Uint8Array> {
    const { ca } = this.#context;
    const authorities = await createAuthorities('ec-p256', ca.clock.now(), ca.revocationBase);
    return await this.#certify(order, key, { ...ca, authorities });
  }
}

type Key = Parameters<typeof certifyPerson>[2];

async function read(der: Uint8Array): Promise<CertificateRequest> {
  try {
    return await readCertificateRequest(der);
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_CERT_MALFORMED')) throw error;
    throw new Refusal(400, requestProblems[error.fields['reason'] as RequestProblem]);
  }
}

/** RFC 7030 §4.2.2: subject and subjectAltName must be those of the certificate that is renewed. */
function checkIdentity(replaced: CertificateInfo, request: CertificateRequest): void {
  const { subject, extensions } = x509Of(replaced);
  const { subjectAltName } = extensions;
  const isSame =
    subject.text === request.subject.text &&
    (subjectAltName === undefined
      ? request.subjectAltName === undefined
      : request.subjectAltName !== undefined && equalBytes(subjectAltName, request.subjectAltName));
  if (isSame) return;
  throw new Refusal(400, `A renewal's request names whom the certificate names: ${replaced.subject}.`);
}

const certsOnlyType = 'application/pkcs7-mime; smime-type=certs-only';

/** RFC 7030 §4.2.3: only the certificate that was issued. */
const certsOnly = (certificate: Uint8Array): IssuerAnswer =>
  base64Answer(certsOnlyType, encodeCertsOnly([certificate]));

function otherThan({ personId }: PersonRequest): PersonRequest {
  return testPeople.tolvan.personId === personId ? testPeople.tretton : testPeople.tolvan;
}
