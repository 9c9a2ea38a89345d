import type { CertificateOrder } from './certificate-order.js';
import type { CardName, PinProblem, PinState, TriesLeft } from './pin-care.js';
import type { DownloadStep } from './download.js';

/** What every piece of card work may be told besides. */
interface CardWorkWish {
  /** The card's management key will be typed too: after ERR_CARD_MANAGEMENT_KEY, where the question did not ask for it. */
  readonly askManagementKey?: boolean | undefined;
}

/** Work that changes what is on a card: always the user's own wish, under a PIN that is typed for it. */
export type CardWorkRequest = CardWorkWish & CardWorkByName;

type CardWorkByName =
  | {
      readonly work: 'download';
      /** Of `issuer.signIn`. */
      readonly session: string;
      readonly orderId: string;
      /** Id, serial number or reader; the card that signed in when left out. */
      readonly card?: string | undefined;
      /** What the new certificate replaces stays on the card. */
      readonly keepReplaced?: boolean | undefined;
    }
  /** Goes on with an unfinished download; `session` is needed until the issuer has answered. */
  | { readonly work: 'resume'; readonly downloadId: string; readonly session?: string | undefined }
  /** Gives an unfinished download up: its key leaves the card. Refused once the issuer has signed, unless `evenIssued`. */
  | { readonly work: 'discard'; readonly downloadId: string; readonly evenIssued?: boolean | undefined }
  /** The certificate is backed up first; with the key, the backup cannot be put back. */
  | { readonly work: 'remove'; readonly fingerprint: string; readonly withKey: boolean }
  /** Puts a removed certificate back beside its key. */
  | { readonly work: 'restore'; readonly fingerprint: string };

/** What card work asks for; `managementKey` of the cards that have one of their own for writing, in hex digits. */
export type CardWorkCode = 'pin' | 'managementKey';

/** A certificate as card work names it. */
export interface NamedCertificate {
  readonly fingerprint: string;
  readonly holder: string;
  readonly issuer: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
}

/** Everything that whoever types the PIN must know before. */
export interface CardWorkQuestion {
  readonly work: CardWorkRequest['work'];
  readonly card: CardName;
  readonly pin: PinState;
  /** The next try is the last one: it needs consent. */
  readonly lastTry: boolean;
  /** In the order in which they are typed; `managementKey` only where neither the card nor the factory's opens it. */
  readonly codes: readonly CardWorkCode[];
  readonly pinPad: boolean;
  /** How often the PIN goes to the card under this one entry; on a keypad it is typed as often. */
  readonly pinUses: number;
  /** Of a download, its resumption and its end. */
  readonly order?: CertificateOrder | undefined;
  readonly step?: DownloadStep | undefined;
  /** What leaves the card: of a download, what is replaced; of a removal, what is removed. */
  readonly leaves?: NamedCertificate | undefined;
  /** Of a removal: no other certificate on the card signs in. To be said loudly. */
  readonly leavesNoLogin?: boolean | undefined;
  /** Of a removal: `restore` can undo it, as long as the key stays on the card. */
  readonly undoable?: boolean | undefined;
  /** What is put back. */
  readonly returns?: NamedCertificate | undefined;
}

/** What is being done at the moment, in the order of a download. */
export const cardWorkSteps = [
  'checking',
  'making-key',
  'enrolling',
  'waiting-for-issuer',
  'checking-answer',
  'storing',
  'proving',
  'retiring',
  'removing',
] as const;
/** One of {@link cardWorkSteps}. */
export type CardWorkStep = (typeof cardWorkSteps)[number];

/** What card work came to. */
export interface CardWorkOutcome {
  readonly before: TriesLeft;
  readonly after: TriesLeft;
  /** The certificate that came on the card. */
  readonly stored?: NamedCertificate | undefined;
  /** The certificate that left it; it is kept in the backup. */
  readonly removed?: NamedCertificate | undefined;
  /** The new certificate is on the card and proved; what came after that went wrong. */
  readonly problem?: PinProblem | undefined;
}
