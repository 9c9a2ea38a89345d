import { requestHashOf } from '../../src/oob/protocol.js';
import type { SignatureAlgorithm } from '../../src/model/signature.js';
import type { IssuedCertificate } from '../../src/sandbox/ca/sandbox-ca.js';
import { forgeJws, signWith } from './forged-jws.js';

/** What may be wrong with an answer. */
export interface AnswerChanges {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly signer?: (input: Buffer) => Uint8Array;
}

/** The answer of a card to a request, composed by hand, with anything changed. */
export function answerRequest(
  request: string,
  issued: IssuedCertificate,
  algorithm: SignatureAlgorithm,
  { header = {}, claims = {}, signer = signWith(issued.privateKey, algorithm) }: AnswerChanges = {},
): string {
  const asked = JSON.parse(Buffer.from(request.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
  const seconds = Math.floor(Date.now() / 1000);
  return forgeJws(
    {
      typ: 'kort-assertion+jwt',
      alg: algorithm,
      x5c: [issued.certificate, issued.caCertificates[0]!].map((der) => Buffer.from(der).toString('base64')),
      ...header,
    },
    {
      iss: 'urn:kort:client',
      aud: asked['iss'],
      nonce: asked['nonce'],
      jti: 'order-id',
      iat: seconds,
      exp: seconds + 180,
      auth_time: seconds,
      acr: 'http://id.sambi.se/loa/loa3',
      amr: ['pin', 'sc'],
      sub: 'TSTNMT2321000156-1024',
      origin: 'https://login.clinic.example',
      launcher: 'page',
      bound: true,
      request_hash: requestHashOf(request),
      ...claims,
    },
    signer,
  );
}
