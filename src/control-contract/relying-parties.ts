import type { Bilingual, EnrollmentEndpoints } from '../model/relying-party.js';

/** A registered relying party, as lists show it. */
export interface RelyingPartySummary {
  readonly clientId: string;
  readonly displayName: Bilingual;
  readonly origins: readonly string[];
  readonly launchers: readonly string[];
  readonly source: 'system' | 'user';
  /** Nobody registered it: it is part of the sandbox. */
  readonly builtIn?: boolean | undefined;
}

/** Those that are registered, and the files that should register one and do not. */
export interface RelyingPartyList {
  readonly relyingParties: readonly RelyingPartySummary[];
  /** As they were when the daemon was started. */
  readonly skipped?: readonly SkippedRelyingPartyFile[] | undefined;
}

/** A file that is not used: which place in it is wrong, and how. */
export interface SkippedRelyingPartyFile {
  readonly path: string;
  readonly reason?: string | undefined;
  readonly field?: string | undefined;
  readonly detail?: string | undefined;
}

/** A registered relying party in full. */
export interface RelyingPartyDetails extends RelyingPartySummary {
  readonly acrValues: readonly string[];
  readonly issuers: readonly string[];
  readonly purposes: readonly string[];
  /** Key ids with the algorithm of each; none when they are fetched. */
  readonly keys: readonly { readonly kid: string; readonly alg: string }[];
  readonly endpoints: RelyingPartyAddresses;
  /** No browser returns to it: the user types the confirmation code. */
  readonly unbound: boolean;
  readonly pinForEachDocument: boolean;
}

/** The addresses that are called for a relying party, and whom to believe there. */
export interface RelyingPartyAddresses {
  readonly request?: string | undefined;
  readonly response?: string | undefined;
  readonly removal?: string | undefined;
  readonly keys?: string | undefined;
  /** It is an issuer, which is called there. */
  readonly enrollment?: EnrollmentEndpoints | undefined;
  readonly caFile?: string | undefined;
  readonly pins: readonly string[];
}

/**
 * What `rp.check` looks at. `entry`: the file as a whole; `conflict`: nothing of it is taken already; `pages`: login pages
 * on the network.
 */
export type RelyingPartyCheck =
  'entry' | 'keys' | 'origins' | 'levels' | 'issuers' | 'endpoints' | 'conflict' | 'pages';

/** The outcome of one check. */
export interface RelyingPartyFinding {
  readonly check: RelyingPartyCheck;
  readonly ok: boolean;
  /** For developers, in English. */
  readonly detail?: string | undefined;
  /** Where in the entry, such as `jwks.keys.0.kid`, or on the network, and what is wrong there: a name of the message catalogue. */
  readonly field?: string | undefined;
  readonly reason?: string | undefined;
}
