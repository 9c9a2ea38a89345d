import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { fromHex, toHex } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { sandboxRevocationReasons, type SandboxRevocationReason } from '../../model/sandbox-revocation-reason.js';
import { serialOf } from './authority-parts.js';
import { authorityNames, type AuthorityName } from './authority.js';
import type { ListedCertificate, RevokedCertificate } from './revocation-reason.js';

const bookSchema = z.strictObject({
  version: z.literal(1),
  /** Of the addresses that stand in the certificates. */
  port: z.int().min(1).max(65_535).optional(),
  /** When the full list was made that delta lists count from now: its number, too. */
  deltaBase: z.int().optional(),
  certificates: z.array(
    z.strictObject({
      card: z.string(),
      authority: z.enum(authorityNames as [AuthorityName, ...AuthorityName[]]),
      serial: z.string().regex(/^([0-9a-f]{2}){1,21}$/),
      /** Base64; not of certificates that were made by an earlier version. */
      certificate: z.base64().optional(),
      revoked: z.strictObject({ at: z.int(), reason: z.enum(sandboxRevocationReasons) }).optional(),
      /** When the last revocation was taken back. */
      restored: z.int().optional(),
    }),
  ),
});

type Book = z.infer<typeof bookSchema>;

/** How a card's certificates were revoked. */
export interface CardRevocation {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly reason: SandboxRevocationReason;
}

/** Which certificates are on which card, and which of them have been revoked; kept in a file. */
export class RevocationBook {
  readonly #path: string;
  #book: Book;

  /** @throws {MiddlewareError} ERR_CONFIG_INVALID when the file holds something else. */
  constructor(path: string) {
    this.#path = path;
    this.#book = existsSync(path) ? read(path) : { version: 1, certificates: [] };
  }

  /** Where the certificates say that revocation is told; undefined before the first start that told it. */
  get port(): number | undefined {
    return this.#book.port;
  }

  setPort(port: number): void {
    this.#save({ ...this.#book, port });
  }

  /** Notes that a certificate was issued for a card; once, however often it is told. */
  record(card: string, authority: AuthorityName, certificate: Uint8Array): void {
    const serial = toHex(serialOf(certificate));
    if (this.#book.certificates.some((one) => one.serial === serial)) return;
    const entry = { card, authority, serial, certificate: Buffer.from(certificate).toString('base64') };
    this.#save({ ...this.#book, certificates: [...this.#book.certificates, entry] });
  }

  /** DER of what was issued for a card, or for all of them, oldest first. */
  certificatesOf(card?: string): readonly Uint8Array[] {
    return this.#book.certificates.flatMap((one) =>
      one.certificate === undefined || (card !== undefined && one.card !== card)
        ? []
        : new Uint8Array(Buffer.from(one.certificate, 'base64')),
    );
  }

  /** How a card's certificates were revoked; undefined for a card whose certificates are good. */
  revocationOf(card: string): CardRevocation | undefined {
    return this.#book.certificates.find((one) => one.card === card)?.revoked;
  }

  /**
   * Revokes a card's certificates, or takes that back at this time.
   *
   * @throws {MiddlewareError} ERR_SANDBOX_NOT_RECORDED for a card that was made before there was a book.
   */
  setRevocation(card: string, revoked: CardRevocation | { readonly restored: number }): void {
    const { certificates } = this.#book;
    if (!certificates.some((one) => one.card === card)) {
      throw new MiddlewareError('ERR_SANDBOX_NOT_RECORDED', 'Certificates of this card are not recorded');
    }
    this.#save({
      ...this.#book,
      certificates: certificates.map((one) => (one.card === card ? changed(one, revoked) : one)),
    });
  }

  /** Makes all certificates good again. */
  clear(now: number): void {
    const certificates = this.#book.certificates.map((one) => changed(one, { restored: now }));
    this.#save({ ...this.#book, certificates });
  }

  /** The number of the list that delta lists count from; a new one, this number, when the old one is out of use. */
  deltaBase(number: number, oldest: number): number {
    const { deltaBase } = this.#book;
    if (deltaBase !== undefined && deltaBase >= oldest && deltaBase <= number) return deltaBase;
    this.#save({ ...this.#book, deltaBase: number });
    return number;
  }

  revokedBy(authority: AuthorityName): readonly RevokedCertificate[] {
    return this.#book.certificates.flatMap(({ authority: name, serial, revoked }) =>
      name === authority && revoked ? [{ serial: fromHex(serial), revokedAt: revoked.at, reason: revoked.reason }] : [],
    );
  }

  /** What has changed since a time: revoked ones, and ones that are good again (RFC 5280 §5.3.1, removeFromCRL). */
  changedSince(since: number, authority: AuthorityName): readonly ListedCertificate[] {
    return this.#book.certificates.flatMap(({ authority: name, serial, revoked, restored }) => {
      if (name !== authority) return [];
      if (revoked !== undefined) {
        return revoked.at < since ? [] : { serial: fromHex(serial), revokedAt: revoked.at, reason: revoked.reason };
      }
      const isNews = restored !== undefined && restored >= since;
      return isNews ? { serial: fromHex(serial), revokedAt: restored, reason: 'removeFromCRL' as const } : [];
    });
  }

  #save(book: Book): void {
    writeFileSync(`${this.#path}.new`, JSON.stringify(book), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
    this.#book = book;
  }
}

type Entry = Book['certificates'][number];

function changed(entry: Entry, to: CardRevocation | { readonly restored: number }): Entry {
  if ('at' in to) return { ...entry, revoked: to };
  return entry.revoked === undefined ? entry : { ...entry, revoked: undefined, restored: to.restored };
}

function read(path: string): Book {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new MiddlewareError('ERR_CONFIG_INVALID', 'Not the revocations of a sandbox', { cause });
  }
  const parsed = bookSchema.safeParse(json);
  if (!parsed.success) throw new MiddlewareError('ERR_CONFIG_INVALID', 'Not the revocations of a sandbox');
  return parsed.data;
}
