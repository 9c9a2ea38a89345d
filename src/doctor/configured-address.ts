import type { HttpTrust } from '../core/ports.js';

/** An address that the configuration, or a certificate on a trusted path, names; nothing else is ever called. */
export interface ConfiguredAddress {
  readonly url: string;
  /** What is there: a relying party, an issuer of certificates, or what tells whether certificates were revoked. */
  readonly kind: 'relying-party' | 'issuer' | 'revocation';
  /** Client id, or the kind of a revocation address. */
  readonly service: string;
  readonly trust: HttpTrust;
}

/** What came of calling an address. */
export type Visit =
  | {
      readonly answered: true;
      readonly status: number;
      /** By the server's clock, milliseconds since the epoch, and by ours in the middle of the call. */
      readonly date: number | undefined;
      readonly at: number;
      readonly milliseconds: number;
    }
  | {
      readonly answered: false;
      /** As those of ERR_REMOTE_… (`family`) with its `reason`, or of a CA file that cannot be used. */
      readonly family: 'unreachable' | 'tls' | 'response' | 'ca-file';
      readonly reason: string;
      readonly path?: string | undefined;
    };

/** Calls configured addresses, each once for all checks. */
export interface Visits {
  readonly addresses: () => Promise<readonly ConfiguredAddress[]>;
  readonly visit: (address: ConfiguredAddress) => Promise<Visit>;
}

/** Host and port as they stand in an address. */
export function hostOf({ url }: ConfiguredAddress): string {
  return new URL(url).host;
}
