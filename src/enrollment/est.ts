import type { Clock, HttpAnswer } from '../core/ports.js';
import { MiddlewareError } from '../core/errors.js';
import type { CertificateOrder } from '../model/certificate-order.js';
import { decodeCertsOnly } from '../pki/certs-only.js';
import { readCsrAttributes, type RequestWishes } from '../pki/csr-attributes.js';
import { writeBase64 } from './base64-body.js';
import { pickIssued, type IssuedCertificates } from './issued-certificates.js';
import { readEst, requireOk } from './issuer-answer.js';
import { orderIdSchema } from './order-schema.js';
import { retryAfterSeconds } from './retry-after.js';

/** One call under the issuer's EST address, with the credential of the login. */
export interface EstCall {
  /** From `/` on. */
  readonly path: string;
  readonly accept: string;
  readonly body?: { readonly contentType: string; readonly text: string };
}

/** Calls the issuer. */
export type CallEst = (call: EstCall, signal?: AbortSignal) => Promise<HttpAnswer>;

/** RFC 7030 §4.1.3 and §4.2.3; the older name is still seen. */
const certsOnly: readonly string[] = ['application/pkcs7-mime', 'application/x-pkcs7-mime'];
const csrAttributes = 'application/csrattrs';

/** RFC 7030 §4.1. */
export async function fetchCaCertificates(call: CallEst, signal: AbortSignal): Promise<readonly Uint8Array[]> {
  const answer = await call({ path: '/cacerts', accept: 'application/pkcs7-mime' }, signal);
  requireOk(answer, 'ERR_ISSUER_REFUSED');
  return readEst(answer, certsOnly, decodeCertsOnly);
}

/** RFC 7030 §4.5; an issuer that has no wishes says so by 204 or 404 (§4.5.2). */
export async function fetchWishes(call: CallEst, signal: AbortSignal): Promise<RequestWishes> {
  const answer = await call({ path: '/csrattrs', accept: csrAttributes }, signal);
  if (answer.status === 204 || answer.status === 404) return { keySpecs: [], others: [] };
  requireOk(answer, 'ERR_ISSUER_REFUSED');
  return readEst(answer, [csrAttributes], readCsrAttributes);
}

/** RFC 7030 §4.2, at the address that is labelled with the order (§3.2.2). */
export async function enroll(
  call: CallEst,
  clock: Clock,
  { id, kind }: Pick<CertificateOrder, 'id' | 'kind'>,
  request: Uint8Array,
): Promise<IssuedCertificates> {
  const path = `/${orderIdSchema.parse(id)}/${kind === 'renewal' ? 'simplereenroll' : 'simpleenroll'}`;
  const body = { contentType: 'application/pkcs10', text: writeBase64(request) };
  const answer = await call({ path, accept: 'application/pkcs7-mime', body });
  if (answer.status === 202) {
    throw new MiddlewareError('ERR_ISSUER_PENDING', 'Issuer needs more time', {
      fields: { retryAfterSeconds: retryAfterSeconds(answer, clock.now()) },
      retriable: true,
    });
  }
  requireOk(answer, 'ERR_ISSUER_REFUSED');
  return pickIssued(readEst(answer, certsOnly, decodeCertsOnly), request);
}
