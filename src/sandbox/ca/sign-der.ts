import { sign } from 'node:crypto';
import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import type { KeyType } from '../../model/certificate.js';
import { oidOf, sequenceOf } from '../../pki/der-writing.js';
import type { IssuingKey } from '../../pki/issuing-key.js';

/** What a key signs with: the hash, and the algorithm's OID and parameters (RFC 4055 §5, RFC 5758 §3.2). */
const algorithms: Readonly<Record<KeyType, { digest: string; oid: string; parameters: Uint8Array }>> = {
  rsa: { digest: 'sha256', oid: '1.2.840.113549.1.1.11', parameters: Uint8Array.of(0x05, 0x00) },
  'ec-p256': { digest: 'sha256', oid: '1.2.840.10045.4.3.2', parameters: new Uint8Array() },
  'ec-p384': { digest: 'sha384', oid: '1.2.840.10045.4.3.3', parameters: new Uint8Array() },
};

/** AlgorithmIdentifier of what {@link signDer} makes with this key. */
export function algorithmOf({ keyType }: IssuingKey): Uint8Array {
  return sequenceOf(oidOf(algorithms[keyType].oid), algorithms[keyType].parameters);
}

/** Signed bytes, algorithm and signature, one after the other: what certificates, lists and OCSP answers begin with. */
export function signDer(signedBytes: Uint8Array, key: IssuingKey): Uint8Array {
  const signature = sign(algorithms[key.keyType].digest, signedBytes, key.privateKey);
  return concatBytes(signedBytes, algorithmOf(key), encodeTlv(0x03, concatBytes(Uint8Array.of(0), signature)));
}

/** An Extension (RFC 5280 §4.1); `value` is DER of what the extension holds. */
export function extensionOf(oid: string, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? Uint8Array.of(0x01, 0x01, 0xff) : new Uint8Array();
  return sequenceOf(oidOf(oid), flag, encodeTlv(0x04, value));
}

/** GeneralizedTime; milliseconds since the epoch, cut to whole seconds. */
export function generalizedTime(milliseconds: number): Uint8Array {
  const text = new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '');
  return encodeTlv(0x18, Buffer.from(`${text}Z`));
}
