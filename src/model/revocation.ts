/** What is known of a certificate's revocation, asked in the background; `checking` until the first answer. */
export type RevocationState =
  | { readonly status: 'checking' }
  /** ISO 8601, UTC: until then the answer counts by its own word. */
  | { readonly status: 'good'; readonly checkedAt: string; readonly validUntil: string }
  | {
      readonly status: 'revoked';
      readonly checkedAt: string;
      readonly revokedAt: string;
      readonly reason?: string | undefined;
      /** Whether it is the person's certificate, or that of its issuing CA. */
      readonly certificate: 'leaf' | 'issuer';
    }
  | {
      readonly status: 'unknown';
      readonly checkedAt: string;
      readonly reason: 'no-address' | 'host-not-listed' | 'unreachable' | 'response' | 'not-valid' | 'not-known';
    };

/** An answer: what a check came to. */
export type SettledRevocation = Exclude<RevocationState, { readonly status: 'checking' }>;

/** Knows the revocation of inserted cards' certificates; never asked to wait, so that no login waits for it. */
export interface RevocationKnowledge {
  /** By fingerprint; undefined for certificates that nobody asks about: untrusted ones, and CAs. */
  of(fingerprint: string): RevocationState | undefined;
  /** Calls back after a state has changed; returns how to stop. Listeners must not throw. */
  subscribe(listener: () => void): () => void;
}

/** One that knows nothing. */
export const noRevocationKnowledge: RevocationKnowledge = { of: () => undefined, subscribe: () => () => undefined };

/** Keeps answers over restarts, by fingerprint. */
export interface RevocationMemory {
  get(fingerprint: string): SettledRevocation | undefined;
  set(fingerprint: string, answer: SettledRevocation): Promise<void>;
  delete(fingerprint: string): Promise<void>;
}
