import type { CertificateOrderKind } from '../model/certificate-order.js';
import type { IssuerFault } from '../model/issuer-fault.js';
import type { SandboxRevocationReason } from '../model/sandbox-revocation-reason.js';

/** A virtual card of the sandbox. */
export interface SandboxCard {
  readonly id: string;
  readonly label: string;
  readonly holder: string;
  readonly level?: number | undefined;
  /** The reader that it is in. */
  readonly reader?: string | undefined;
  /** How its certificates were revoked; `at` is an ISO 8601 time. */
  readonly revoked?: { readonly at: string; readonly reason: SandboxRevocationReason } | undefined;
}

/** A virtual reader of the sandbox. */
export interface SandboxReader {
  readonly name: string;
  readonly card?: string | undefined;
  /** Commands that the reader has passed to cards since it was plugged in. */
  readonly apduCount?: number | undefined;
  /** Its keypad, with what that asks for now. */
  readonly pinPad?: { readonly asksFor?: SandboxPinPadPrompt | undefined } | undefined;
  /** What is armed; `command` counts from now on. */
  readonly faults?: readonly SandboxFault[] | undefined;
}

/** What a virtual keypad may ask for; `current-pin` is the PUK where a PIN is unblocked. */
export type SandboxPinPadPrompt = 'pin' | 'current-pin' | 'new-pin' | 'confirmation';

/** A key of a virtual keypad, or `timeout`: nobody presses any in time. */
export type SandboxKey =
  { readonly kind: 'digits'; readonly digits: string } | { readonly kind: 'ok' | 'cancel' | 'timeout' };

/** What the sandbox consists of now. */
export interface SandboxReport {
  readonly readers: readonly SandboxReader[];
  readonly cards: readonly SandboxCard[];
  /** Other PC/SC programs reach the same readers with this as PCSCLITE_CSOCK_NAME. */
  readonly pcscSocket?: string | undefined;
  /** The sandbox's CA certificates, for the `trust.d` of a daemon that reaches these readers over PC/SC. */
  readonly caFile?: string | undefined;
  /** Where it tells about revocation: stands in its certificates. */
  readonly revocationUrl?: string | undefined;
  readonly issuer?: SandboxIssuerReport | undefined;
  /** The reader that an inserted card was taken out of. */
  readonly movedFrom?: string | undefined;
}

/** The issuer of the sandbox, and what waits there. */
export interface SandboxIssuerReport {
  readonly url: string;
  readonly fault: IssuerFault;
  readonly orders: readonly {
    readonly id: string;
    readonly kind: CertificateOrderKind;
    /** Of the sandbox: that whose holder it is for. */
    readonly card: string;
    readonly holder: string;
  }[];
}

/** A fault of a virtual card, until `none`. `command` counts from 1 from now on; default 1. */
export type SandboxFault =
  | { readonly kind: 'none' }
  /** The card is pulled before or after its nth command. */
  | { readonly kind: 'remove'; readonly when: 'before' | 'after'; readonly command: number }
  /** Every answer takes so much longer, and one that needs a private key as much more again. */
  | { readonly kind: 'delay'; readonly milliseconds: number; readonly signatureMilliseconds?: number | undefined }
  /** Every answer takes as long as a real card's: by command, byte and signature. */
  | { readonly kind: 'real-card' }
  /** The nth command is never answered. */
  | { readonly kind: 'silence'; readonly command: number }
  /** The nth command is answered by this status word alone. */
  | { readonly kind: 'status'; readonly statusWord: number; readonly command: number }
  /** The nth command is carried out, and answered with this status word instead of the card's. */
  | { readonly kind: 'status-after'; readonly statusWord: number; readonly command: number }
  /** The nth command is carried out; of its answer so many bytes arrive. */
  | { readonly kind: 'short'; readonly length: 0 | 1; readonly command: number }
  /** Another program resets the card before its nth command. */
  | { readonly kind: 'reset'; readonly command: number };
