import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { encodeTlv } from '../../src/core/ber-tlv.js';
import { concatBytes } from '../../src/core/bytes.js';
import { digestOf, type SignatureAlgorithm } from '../../src/model/signature.js';

/** Whether openssl's command line accepts a signature over a digest. Fails, and does not skip, without openssl. */
export function opensslAccepts(
  certificate: Uint8Array,
  algorithm: SignatureAlgorithm,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'kort-openssl-'));
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  try {
    const key = file('key.pem', new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }));
    const isEc = algorithm.startsWith('ES');
    const output = execFileSync(
      'openssl',
      [
        ...['pkeyutl', '-verify', '-pubin', '-inkey', key],
        ...['-in', file('digest', digest), '-sigfile', file('signature', isEc ? ecdsaDer(signature) : signature)],
        ...['-pkeyopt', `digest:${digestOf(algorithm)}`],
        ...(algorithm === 'PS256' ? ['-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt', 'rsa_pss_saltlen:32'] : []),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'latin1' },
    );
    return output.includes('Signature Verified Successfully');
  } catch (error) {
    // openssl ran and said no; anything else, such as a missing program, is a failure of the test.
    if ((error as { status?: number | null }).status === 1) return false;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** r and s of fixed length as the SEQUENCE that openssl wants (RFC 3279 §2.2.3). */
function ecdsaDer(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  const integer = (bytes: Uint8Array): Uint8Array => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const digits = bytes.subarray(start < 0 ? bytes.length - 1 : start);
    return encodeTlv(0x02, digits[0]! & 0x80 ? concatBytes(Uint8Array.of(0), digits) : digits);
  };
  return encodeTlv(0x30, concatBytes(integer(signature.subarray(0, half)), integer(signature.subarray(half))));
}
