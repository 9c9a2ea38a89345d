import type { LevelUri } from './certificate.js';

/** How a relying party may reach the daemon. */
export type Launcher = 'page' | 'process';

/** A sentence or name in both languages. */
export interface Bilingual {
  readonly sv: string;
  readonly en: string;
}

/** A registered relying party (design: the registry of who may ask). */
export interface RelyingParty {
  readonly clientId: string;
  readonly displayName: Bilingual;
  /** Exact web origins, e.g. `https://login.example`. */
  readonly origins: readonly string[];
  /** Public JSON Web Keys, each with `kid` and the one `alg` that it may be used with. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly acrValues: readonly LevelUri[];
  /** Issuer names (RFC 4514) of certificates that it accepts; empty means any configured one. */
  readonly issuers: readonly string[];
  readonly launchers: readonly Launcher[];
  readonly purposes: readonly 'auth'[];
  /** Who registered it: the administrator (`system`) or the user. */
  readonly source: 'system' | 'user';
}
