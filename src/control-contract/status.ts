import type { AssuranceLevel } from '../model/certificate.js';
import type { Purpose } from '../model/relying-party.js';
import type { RevocationState } from '../model/revocation.js';

/** What the daemon says of itself. */
export interface DaemonStatus {
  readonly version: string;
  readonly pid: number;
  readonly instance: string;
  readonly sandbox: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The loopback endpoint; `problemCode` says why it is not served. */
  readonly loopback: {
    readonly port: number;
    readonly listening: boolean;
    readonly problemCode?: string | undefined;
    readonly owner?: string | undefined;
  };
  /** Places in which the PIN can be asked for. */
  readonly surfaces: number;
  /** Orders that have not ended. */
  readonly openOrders: number;
  /** Downloads that can be gone on with. */
  readonly unfinishedDownloads?: number | undefined;
  /** Files of relying parties, issuers and rules that are not used, since something is wrong with them. */
  readonly skippedFiles?: number | undefined;
}

/** One PIN of an inserted card. */
export interface StatusPin {
  readonly reference: number;
  readonly role: 'authentication' | 'signature';
  /** Absent while the card does not tell. */
  readonly attemptsRemaining?: number | undefined;
  readonly blocked: boolean;
}

/** One certificate of an inserted card. */
export interface StatusCertificate {
  readonly fingerprint: string;
  readonly holder: string;
  readonly organization?: string | undefined;
  readonly issuer: string;
  /** Absent for a certificate that no configured issuer stands behind. */
  readonly level?: AssuranceLevel | undefined;
  /** ISO 8601, UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly keyType: string;
  readonly keyBits: number;
  /** What it is for by its own words; absent for neither. */
  readonly purpose?: Purpose | undefined;
  /** Whether the card holds the key, and it may be used for that purpose. */
  readonly usable: boolean;
  /** As far as has been found out; absent of one that nobody is asked about. */
  readonly revocation?: RevocationState | undefined;
}

/** An inserted card that a driver knows. */
export interface StatusToken {
  readonly id: string;
  readonly product: string;
  readonly serial: string;
  readonly label: string;
  readonly pins: readonly StatusPin[];
  readonly certificates: readonly StatusCertificate[];
}

/** One reader, and what is in it. */
export interface StatusReader {
  readonly name: string;
  readonly card: 'absent' | 'present' | 'mute' | 'unresponsive';
  /** Whether another program is connected to the card. */
  readonly sharing: 'unused' | 'shared' | 'exclusive';
  readonly token?: StatusToken | undefined;
  /** The reader in which the card is shown, which is in both. */
  readonly sameAs?: string | undefined;
  /** What the reader is instead of one for cards: no connection is made to it. */
  readonly skipped?: 'virtual' | 'sam' | undefined;
  /** Why a present card has no token (yet): an error code with its facts. Absent while it is being read. */
  readonly problem?: StatusProblem | undefined;
}

/** An error code with its facts, for the catalogue. */
export interface StatusProblem {
  readonly code: string;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/** All that `kort status` shows. */
export interface StatusReport {
  readonly daemon: DaemonStatus;
  /** The system's PC/SC service. */
  readonly service: 'starting' | 'available' | 'absent' | 'missing';
  readonly readers: readonly StatusReader[];
}
