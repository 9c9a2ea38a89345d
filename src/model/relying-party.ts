import type { LevelUri } from './certificate.js';

/** How an order may reach the daemon (protocol, launchers). */
export const launchers = ['page', 'process', 'redirect', 'scheme'] as const;
/** One of {@link launchers}. */
export type Launcher = (typeof launchers)[number];

/** What an order is for: a login (legitimering), or a signature (underskrift). */
export type Purpose = 'auth' | 'sign';

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
  readonly purposes: readonly Purpose[];
  readonly endpoints: RelyingPartyEndpoints;
  /**
   * No browser can return to it, so that the user must type the confirmation code into the prompt; only an
   * administrator can register that.
   */
  readonly unbound: boolean;
  /** Each document is signed with a PIN entry of its own, even by a card that could sign them all with one. */
  readonly pinForEachDocument: boolean;
  /** Who registered it: the administrator (`system`) or the user. */
  readonly source: 'system' | 'user';
  /** In no file: part of the sandbox. */
  readonly builtIn?: true;
}

/** By whom users are told that a relying party was registered. */
export type Registrar = RelyingParty['source'] | 'sandbox';

export const registrarOf = ({ source, builtIn }: Pick<RelyingParty, 'source' | 'builtIn'>): Registrar =>
  builtIn === true ? 'sandbox' : source;

/** The addresses that the daemon may call for a relying party, and whom it believes to be there. */
export interface RelyingPartyEndpoints {
  /** Where request objects are fetched, for the redirect and scheme launchers. */
  readonly request?: string;
  /** Where answers are posted. */
  readonly response?: string;
  /** Where the removal of a card is reported. */
  readonly removal?: string;
  /** Where its keys are fetched, when they do not stand in the entry; needs `pins`. */
  readonly keys?: string;
  /** It is an issuer too: where certificates are downloaded from. */
  readonly enrollment?: EnrollmentEndpoints;
  /** PEM file of CA certificates that count instead of the usual roots. */
  readonly caFile?: string;
  /** Base64 SHA-256 of SubjectPublicKeyInfo (RFC 7469 §2.4), one of which must be in the server's path; none pins nothing. */
  readonly pins: readonly string[];
}

/** The addresses of an issuer (docs/enrollment.md). */
export interface EnrollmentEndpoints {
  /** Gives out the request object of the login that a download begins with, and takes the answer for a credential. */
  readonly session: string;
  /** Tells what waits for whoever is logged in. */
  readonly orders: string;
  /** RFC 7030 §3.2.2, without a label: ends in `/.well-known/est`. */
  readonly est: string;
}
