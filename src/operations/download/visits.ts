import { createHash } from 'node:crypto';
import { fromHex } from '../../core/bytes.js';
import { isMiddlewareError } from '../../core/errors.js';
import type { CertificateInfo, KeyType } from '../../model/certificate.js';
import type { DownloadRecord } from '../../model/download.js';
import type { KeySpec } from '../../model/key.js';
import { digestOf } from '../../model/signature.js';
import { encodeRequest, encodeRequestInfo } from '../../pki/certificate-request.js';
import { renewalContent } from '../../pki/renewal-request.js';
import type { OpenedCard, TokenCertificate } from '../../tokens/token.js';
import { withFingerprint } from '../certificate-work.js';
import { certificateBytes } from './check-order.js';
import { algorithmOf, noProof, prove } from './proof.js';

/** An empty Name (RFC 5280 §4.1.2.4): what a new certificate says of the person is the issuer's business. */
const unnamed = { subject: Uint8Array.of(0x30, 0x00), attributes: [] } as const;

const keyTypeOf: Readonly<Record<KeySpec, KeyType>> = {
  'rsa-2048': 'rsa',
  'rsa-3072': 'rsa',
  'rsa-4096': 'rsa',
  'ec-p256': 'ec-p256',
  'ec-p384': 'ec-p384',
};

/** How the key and its certificate are called on cards that keep names. */
const labelOf = ({ startedAt }: DownloadRecord): string => `Legitimering ${startedAt.slice(0, 10)}`;

/** A key pair on the card and the request that it signed, DER. */
export interface SignedRequest {
  readonly keyReference: number;
  readonly request: Uint8Array;
}

/**
 * Makes the key pair and signs the request. A key that an earlier visit left is removed first: its public half was lost
 * with that visit.
 */
export async function makeRequest(card: OpenedCard, record: DownloadRecord): Promise<SignedRequest> {
  const keyId = fromHex(record.keyId);
  await card.removeKey(keyId);
  const { keySpec: spec, order } = record;
  const renewed = order.kind === 'renewal' ? await findOn(card, order.replaces ?? '') : undefined;
  const { reference, publicKey } = await card.generateKeyPair({
    spec,
    keyId,
    label: labelOf(record),
    certificateBytes,
  });
  const algorithm = algorithmOf[keyTypeOf[spec]];
  const names = renewed === undefined ? unnamed : renewalContent(renewed.certificate);
  const info = encodeRequestInfo({ ...names, publicKey });
  const digest = new Uint8Array(createHash(digestOf(algorithm)).update(info).digest());
  const signature = await card.sign({ keyReference: reference, publicKey, algorithm, digest });
  return { keyReference: reference, request: encodeRequest(info, algorithm, signature) };
}

/** What the second visit does around {@link storeAndProve}. */
export interface StoringSteps {
  readonly onStep: (step: 'storing' | 'proving') => void;
}

/**
 * Stores the certificate beside its key unless it is there already, reads it back, and has the key sign under it. A
 * certificate that does not prove itself leaves the card again.
 *
 * @throws {MiddlewareError} ERR_DOWNLOAD_PROOF, ERR_TOKEN_KEY_NOT_FOUND.
 */
export async function storeAndProve(
  card: OpenedCard,
  record: DownloadRecord,
  certificate: CertificateInfo,
  { onStep }: StoringSteps,
): Promise<void> {
  const before = await findOn(card, certificate.fingerprint);
  if (before?.key === undefined) {
    onStep('storing');
    const keyReference = await findOwnKey(card, record, certificate);
    await card.storeCertificate({ keyReference, der: certificate.der, label: labelOf(record) });
  }
  onStep('proving');
  const held = await findOn(card, certificate.fingerprint);
  if (held?.key === undefined) throw noProof('not-stored');
  try {
    await prove(card, held.key.reference, held.certificate);
  } catch (error) {
    if (isMiddlewareError(error, 'ERR_DOWNLOAD_PROOF'))
      await card.removeCertificate({ der: certificate.der, keepKey: true });
    throw error;
  }
}

/** On a card that cannot tell its keys apart any more, the one that was made must prove itself before it is written to. */
async function findOwnKey(card: OpenedCard, record: DownloadRecord, certificate: CertificateInfo): Promise<number> {
  const found = await card.findKey(fromHex(record.keyId));
  if (found !== undefined) return found.reference;
  const { keyReference = -1 } = record;
  await prove(card, keyReference, certificate);
  return keyReference;
}

/** The certificate with this fingerprint, as the card has it now. */
export async function findOn(card: OpenedCard, fingerprint: string): Promise<TokenCertificate | undefined> {
  return withFingerprint(await card.certificates(), fingerprint);
}
