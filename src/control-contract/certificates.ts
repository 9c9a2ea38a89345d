import type { AssuranceLevel } from '../model/certificate.js';
import type {
  CardWorkCode,
  CardWorkOutcome,
  CardWorkQuestion,
  CardWorkRequest,
  CardWorkStep,
} from '../model/card-work.js';
import type { ChoiceExplanation, ChoiceRule } from '../model/certificate-choice.js';
import type { InventoryEntry } from '../model/certificate-inventory.js';
import type { CertificateOrder } from '../model/certificate-order.js';
import type { DownloadRecord } from '../model/download.js';
import type { ExpiryReport, ExpiryWarning } from '../model/expiry.js';
import type { CardName } from '../model/pin-care.js';
import type { Bilingual, Purpose, Registrar } from '../model/relying-party.js';
import type { RevocationState } from '../model/revocation.js';

/** A certificate on an inserted card, whole. */
export interface CertificateDetails {
  readonly fingerprint: string;
  readonly card: CardName;
  readonly holder: string;
  readonly organization?: string | undefined;
  readonly personId?: string | undefined;
  readonly cardNumber?: string | undefined;
  /** RFC 4514. */
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly level?: AssuranceLevel | undefined;
  /** ISO 8601, UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly keyType: string;
  readonly keyBits: number;
  readonly keyUsage: readonly string[];
  readonly extendedKeyUsage: readonly string[];
  readonly policies: readonly string[];
  readonly purpose?: Purpose | undefined;
  /** Whether the card holds the key, and it may be used for that purpose. */
  readonly usable: boolean;
  readonly isCa: boolean;
  readonly revocation?: RevocationState | undefined;
  /** It comes first by a rule of the user or the administrator. */
  readonly preferred: boolean;
}

/** A certificate that was removed from a card and is kept. */
export interface BackedUpCertificate {
  readonly fingerprint: string;
  readonly holder: string;
  readonly issuer: string;
  readonly notAfter: string;
  /** Id and label of the token that it was on. */
  readonly token: string;
  readonly cardLabel: string;
  readonly removedAt: string;
  /** Its key stayed on the card, as far as is known: it can be put back. */
  readonly keyKept: boolean;
}

/** An issuer that certificates can be downloaded from. */
export interface IssuerSummary {
  readonly clientId: string;
  readonly name: Bilingual;
  readonly registeredBy: Registrar;
}

/** Signed in at an issuer with a card. */
export interface IssuerSession {
  readonly session: string;
  readonly issuer: IssuerSummary;
  /** The card that signed in, while it is inserted. */
  readonly card?: CardName | undefined;
  readonly holder: string;
  readonly orders: readonly CertificateOrder[];
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
}

/** Card work that waits for its codes; as `pin.begin`'s answer otherwise. */
export interface BegunCardWork extends CardWorkQuestion {
  readonly operationId: string;
  readonly tickets: Readonly<Partial<Record<CardWorkCode, string>>>;
  readonly waitMs: number;
  readonly codeMs: number;
  readonly openOrders: number;
  /** The user's own phrase, to be shown beside every question for a code. */
  readonly phrase?: string | undefined;
}

/** What running card work does now. */
export interface CardWorkProgress {
  readonly operationId: string;
  /** `pin-pad`: the PIN is typed on the reader now; `waiting`: the card is used by something else. */
  readonly state: CardWorkStep | 'pin-pad' | 'waiting';
}

/** How far the login at the issuer has come. */
export interface IssuerProgress {
  readonly hint: string;
}

/** Methods about certificates, their issuers and their ends. */
export interface CertificateMethods {
  'certificate.list': { params: object; result: { readonly certificates: readonly CertificateDetails[] } };
  'certificate.backups': { params: object; result: { readonly backups: readonly BackedUpCertificate[] } };
  'certificate.inventory': { params: object; result: { readonly entries: readonly InventoryEntry[] } };
  /** For one relying party, or for all; in place of an earlier preference for the same. */
  'certificate.prefer': {
    params: { readonly fingerprint: string; readonly clientId?: string | undefined };
    result: { readonly rules: readonly ChoiceRule[] };
  };
  'certificate.unprefer': {
    params: { readonly clientId?: string | undefined };
    result: { readonly rules: readonly ChoiceRule[] };
  };
  'certificate.why': {
    params: {
      readonly clientId: string;
      readonly purpose?: Purpose | undefined;
      readonly levels?: readonly AssuranceLevel[] | undefined;
    };
    result: ChoiceExplanation;
  };
  'issuer.list': { params: object; result: { readonly issuers: readonly IssuerSummary[] } };
  /**
   * Logs in at the only issuer, or the named one, with a card: a prompt opens at the attached surfaces, and the answer
   * comes when it has ended. The session ends with the connection. `issuer.progress` tells of it meanwhile.
   */
  'issuer.signIn': { params: { readonly issuer?: string | undefined }; result: IssuerSession };
  'issuer.signOut': { params: { readonly session: string }; result: object };
  /** Unfinished ones. */
  'download.list': { params: object; result: { readonly downloads: readonly DownloadRecord[] } };
  /** Gives one up whose card will not come back: refused while it is inserted. */
  'download.forget': { params: { readonly downloadId: string }; result: object };
  /** Settles everything but the codes, and changes nothing. Takes the place of earlier work of this connection. */
  'card.begin': { params: CardWorkRequest; result: BegunCardWork };
  /** Once; the codes have come in PIN frames before, or are typed on the reader. */
  'card.run': {
    params: {
      readonly operationId: string;
      readonly lastTryConsent: boolean;
      readonly onPinPad?: boolean | undefined;
      readonly language?: 'sv' | 'en' | undefined;
    };
    result: CardWorkOutcome;
  };
  /** Wipes the codes; running work stops at the next step, and a download can be resumed. */
  'card.cancel': { params: { readonly operationId: string }; result: { readonly accepted: boolean } };
  'expiry.get': { params: object; result: ExpiryReport };
  /** Rests warnings of one finding, for at most 30 days and never over its next threshold. `id` may be its beginning. */
  'expiry.snooze': { params: { readonly id: string; readonly days: number }; result: ExpiryReport };
  /** Notes what is printed on a card: the last day on which it counts, `YYYY-MM-DD`; without one, forgets it. */
  'expiry.cardEnds': {
    params: { readonly card?: string | undefined; readonly lastDay?: string | undefined };
    result: ExpiryReport;
  };
  /** Forgets a card that is not inserted, until it is. */
  'expiry.forget': { params: { readonly card: string }; result: ExpiryReport };
  /** A person has read these findings: warnings of them that were due are delivered. */
  'expiry.shown': { params: { readonly ids: readonly string[] }; result: object };
}

/** Events about them. */
export interface CertificateEvents {
  'issuer.progress': IssuerProgress;
  'card.progress': CardWorkProgress;
  /** To every connection. Whoever shows it to a person answers with `expiry.shown`; else the desktop is asked. */
  'expiry.warning': ExpiryWarning;
}
