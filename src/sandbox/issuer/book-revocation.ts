import { equalBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { CertificatePath } from '../../pki/path.js';
import type { RevocationChecker, RevocationVerdict } from '../../verify/revocation-verdict.js';
import { serialOf } from '../ca/authority-parts.js';
import { authorityNames } from '../ca/authority.js';
import type { RevocationBook } from '../ca/revocation-book.js';
import type { SandboxCa } from '../ca/sandbox-ca.js';

/** Tells revocation from the CA's own book: the issuer need not ask itself over the network. */
export function bookRevocation({ authorities }: SandboxCa, book: RevocationBook): RevocationChecker {
  const check = ({ leaf, issuer }: CertificatePath, at: number): RevocationVerdict => {
    const name = authorityNames.find((known) => equalBytes(authorities[known].certificate, issuer.der));
    const serial = serialOf(leaf.der);
    const found = name && book.revokedBy(name).find((revoked) => equalBytes(revoked.serial, serial));
    if (found === undefined) return { status: 'good', validUntil: at };
    return { status: 'revoked', certificate: 'leaf', revokedAt: found.revokedAt, reason: found.reason };
  };
  return {
    check: (path, at) => Promise.resolve(check(path, at)),
    require: (path, at) => {
      const verdict = check(path, at);
      if (verdict.status === 'good') return Promise.resolve(verdict);
      return Promise.reject(new MiddlewareError('ERR_VERIFY_REVOKED', 'certificate is revoked'));
    },
  };
}
