import { constants, createHmac, sign, type KeyObject } from 'node:crypto';

/** Signs a compact JWS by hand, so that tests can write headers and signatures that no library would. */
export function forgeJws(header: unknown, payload: unknown, signer: (input: Buffer) => Uint8Array): string {
  const part = (value: unknown): string =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${Buffer.from(signer(Buffer.from(input))).toString('base64url')}`;
}

/** A signer as RFC 7518 has it. */
export function signWith(key: KeyObject, algorithm: string): (input: Buffer) => Uint8Array {
  const digest = algorithm.endsWith('384') ? 'sha384' : 'sha256';
  if (algorithm.startsWith('ES')) return (input) => sign(digest, input, { key, dsaEncoding: 'ieee-p1363' });
  if (algorithm.startsWith('PS')) {
    return (input) => sign(digest, input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
  }
  return (input) => sign(digest, input, key);
}

/** HS256 with the text of a public key as the secret: the classic confusion of key kinds. */
export function hmacWith(publicKey: KeyObject): (input: Buffer) => Uint8Array {
  const secret = publicKey.export({ format: 'pem', type: 'spki' });
  return (input) => createHmac('sha256', secret).update(input).digest();
}
