import type { CertificateOrder } from './certificate-order.js';
import type { KeySpec } from './key.js';

/**
 * How far a download has come. Each step is written down before what it names is done to the card or asked of the
 * issuer, so that whoever goes on knows what may have happened:
 * `planned`, nothing was done; `key`, the key pair is being made; `requested`, the request is signed and may have been
 * sent; `issued`, the certificate is here and may be on the card; `stored`, it is on the card and has proved itself, and
 * what it replaces may be gone.
 */
export const downloadSteps = ['planned', 'key', 'requested', 'issued', 'stored'] as const;
/** One of {@link downloadSteps}. */
export type DownloadStep = (typeof downloadSteps)[number];

/** Everything that a download needs to go on after anything: what the journal keeps, outside the card. No secret in it. */
export interface DownloadRecord {
  /** UUID. */
  readonly id: string;
  readonly step: DownloadStep;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Client id of the issuer's entry among the relying parties. */
  readonly issuer: string;
  /** Id of the token, and what a person knows the card by. */
  readonly token: string;
  readonly cardLabel: string;
  readonly order: CertificateOrder;
  readonly keySpec: KeySpec;
  /** 16 random bytes in hex that were chosen before the key was made, and by which it is found again. */
  readonly keyId: string;
  /** What it replaces is left on the card. */
  readonly keepReplaced: boolean;
  /** From `requested` on: how the token names the key, and the signed request, base64 DER. */
  readonly keyReference?: number | undefined;
  readonly request?: string | undefined;
  /**
   * From `issued` on: the certificate and what it chains to, base64 DER. At `requested` a certificate without a chain is
   * an answer that was not believed, by a clock or a trust policy that may be put right.
   */
  readonly certificate?: string | undefined;
  readonly chain?: readonly string[] | undefined;
}

/** Keeps unfinished downloads over anything that may happen to this process or its machine. */
export interface DownloadJournal {
  /** Unfinished downloads, oldest first. */
  all(): Promise<readonly DownloadRecord[]>;
  /** Resolves when a power cut would not lose it. */
  write(record: DownloadRecord): Promise<void>;
  /** Of one that is finished or was given up; likewise. */
  remove(id: string): Promise<void>;
  /** Of one that makes no sense to whoever reads more than its form: keeps it where {@link all} does not find it. */
  setAside(id: string): Promise<void>;
}
