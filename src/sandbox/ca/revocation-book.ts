import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { fromHex, toHex } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { authorityNames, type AuthorityName } from './authority.js';
import { revocationReasons, type RevokedCertificate, type SandboxRevocationReason } from './revocation-reason.js';

const reasonNames = Object.keys(revocationReasons) as [SandboxRevocationReason, ...SandboxRevocationReason[]];

const bookSchema = z.strictObject({
  version: z.literal(1),
  /** Of the addresses that stand in the certificates. */
  port: z.int().min(1).max(65_535).optional(),
  certificates: z.array(
    z.strictObject({
      card: z.string(),
      authority: z.enum(authorityNames as [AuthorityName, ...AuthorityName[]]),
      serial: z.string().regex(/^([0-9a-f]{2}){1,21}$/),
      revoked: z.strictObject({ at: z.int(), reason: z.enum(reasonNames) }).optional(),
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

  record(card: string, authority: AuthorityName, serial: Uint8Array): void {
    const certificates = [...this.#book.certificates, { card, authority, serial: toHex(serial) }];
    this.#save({ ...this.#book, certificates });
  }

  /** How a card's certificates were revoked; undefined for a card whose certificates are good. */
  revocationOf(card: string): CardRevocation | undefined {
    return this.#book.certificates.find((one) => one.card === card)?.revoked;
  }

  /**
   * Revokes a card's certificates, or takes that back.
   *
   * @throws {MiddlewareError} ERR_SANDBOX_NOT_RECORDED for a card that was made before there was a book.
   */
  setRevocation(card: string, revoked: CardRevocation | undefined): void {
    const { certificates } = this.#book;
    if (!certificates.some((one) => one.card === card)) {
      throw new MiddlewareError('ERR_SANDBOX_NOT_RECORDED', 'Certificates of this card are not recorded');
    }
    this.#save({
      ...this.#book,
      certificates: certificates.map((one) => (one.card === card ? { ...one, revoked } : one)),
    });
  }

  /** Makes all certificates good again. */
  clear(): void {
    const certificates = this.#book.certificates.map((one) => ({ ...one, revoked: undefined }));
    this.#save({ ...this.#book, certificates });
  }

  revokedBy(authority: AuthorityName): readonly RevokedCertificate[] {
    return this.#book.certificates.flatMap(({ authority: name, serial, revoked }) =>
      name === authority && revoked ? [{ serial: fromHex(serial), revokedAt: revoked.at, reason: revoked.reason }] : [],
    );
  }

  #save(book: Book): void {
    writeFileSync(`${this.#path}.new`, JSON.stringify(book), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
    this.#book = book;
  }
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
