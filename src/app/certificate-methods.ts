import { MiddlewareError } from '../core/errors.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import type { TokenRegistry } from '../tokens/token-registry.js';

/** The `certificate.*` methods: they read what is known of the cards and ask none anew. */
export function certificateMethods(tokens: Pick<TokenRegistry, 'entries'>): ControlHandlers {
  return {
    'certificate.export': ({ fingerprint }) => {
      const held = tokens.entries.flatMap(({ certificates = [] }) =>
        certificates.map(({ certificate }) => certificate),
      );
      const named = new Map(
        held
          .filter((certificate) => certificate.fingerprint.startsWith(fingerprint))
          .map((one) => [one.fingerprint, one]),
      );
      const [found, ...others] = named.values();
      if (found === undefined || others.length > 0) {
        const code = found === undefined ? 'ERR_CERT_NOT_FOUND' : 'ERR_CERT_AMBIGUOUS';
        throw new MiddlewareError(code, 'No certificate, or more than one, begins so', { fields: { fingerprint } });
      }
      return { fingerprint: found.fingerprint, der: Buffer.from(found.der).toString('base64') };
    },
  };
}
