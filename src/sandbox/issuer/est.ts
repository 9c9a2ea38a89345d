import { encodeCertsOnly } from '../../pki/certs-only.js';
import { oidOf, sequenceOf } from '../../pki/der-writing.js';
import { caCertificatesOf, type SandboxCa } from '../ca/sandbox-ca.js';
import { base64Answer, decodeBase64, Refusal, type IssuerAnswer } from './answers.js';
import type { Caller } from './callers.js';
import type { Enrollment } from './enrollment.js';

/** A request below `/.well-known/est`. */
export interface EstCall {
  readonly method: string;
  readonly operation: string;
  readonly label: string | undefined;
  /** Media type without parameters, lower case. */
  readonly contentType: string;
  readonly tlsUnique: string | undefined;
  readonly caller: () => Promise<Caller>;
  /** @throws {Refusal} 413. */
  readonly body: () => Promise<Uint8Array>;
}

/** The operations of EST (RFC 7030 §3.2.2), and where they may be called: `/.well-known/est[/LABEL]/OPERATION`. */
export const estPath =
  /^\/\.well-known\/est(?:\/([A-Za-z0-9_-]{1,64}))?\/(cacerts|csrattrs|simpleenroll|simplereenroll|fullcmc|serverkeygen)$/;

/** Signatures that requests may have: sha256WithRSAEncryption, ecdsa-with-SHA256, ecdsa-with-SHA384. */
const requestAttributes = sequenceOf(
  oidOf('1.2.840.113549.1.1.11'),
  oidOf('1.2.840.10045.4.3.2'),
  oidOf('1.2.840.10045.4.3.3'),
);

/** Answers a call of EST. @throws {Refusal}. */
export async function answerEst(call: EstCall, ca: SandboxCa, enrollment: Enrollment): Promise<IssuerAnswer> {
  const { operation, label, tlsUnique } = call;
  switch (operation) {
    case 'cacerts':
      onlyBy('GET', call);
      return base64Answer('application/pkcs7-mime', encodeCertsOnly(caCertificatesOf(ca)));
    case 'csrattrs':
      onlyBy('GET', call);
      return base64Answer('application/csrattrs', requestAttributes);
    case 'simpleenroll':
    case 'simplereenroll': {
      onlyBy('POST', call);
      const caller = await call.caller();
      if (call.contentType !== 'application/pkcs10') throw new Refusal(415, 'The body is to be application/pkcs10.');
      const request = decodeBase64(Buffer.from(await call.body()).toString('latin1'));
      if (request === undefined) throw new Refusal(400, 'The body is to be base64 of a PKCS #10 request.');
      return await enrollment.enroll({ caller, operation, label, request, tlsUnique });
    }
    default:
      // Both are optional (RFC 7030 §3.2.2); RFC 9110 §15.6.2 has the status for what a server does not do.
      throw new Refusal(501, `This issuer has no ${operation}: keys are made on the card, and requests are PKCS #10.`);
  }
}

function onlyBy(method: 'GET' | 'POST', call: EstCall): void {
  if (call.method !== method) throw new Refusal(405, `Only ${method} here.`, { allow: method });
}
