import type { Clock } from '../../core/ports.js';
import { portsFrom } from '../listen-on-one-of.js';
import { addressesOf, authorityNames, type AuthorityName } from './authority.js';
import { OcspResponder } from './ocsp-responder.js';
import type { CardRevocation, RevocationBook } from './revocation-book.js';
import { writeRevocationList } from './revocation-list.js';
import type { SandboxRevocationReason } from '../../model/sandbox-revocation-reason.js';
import { startRevocationServer, type RevocationContents, type RevocationServer } from './revocation-server.js';
import type { SandboxCa } from './sandbox-ca.js';

/** What a sandbox tells about revocation, and where. */
export interface SandboxRevocation {
  /** Stands in the certificates; undefined when nothing is told. */
  readonly base: string | undefined;
  /** False when another program holds the port that stands in the certificates. */
  readonly isServed: boolean;
  /** Begins to answer, for this CA. */
  serve(ca: SandboxCa): void;
  /** How a card's certificates were revoked; undefined for good ones. */
  revocationOf(card: string): CardRevocation | undefined;
  /**
   * Revokes a card's certificates. Whoever has asked within the last minute, or has a list of the last ten, learns it
   * later.
   *
   * @throws {MiddlewareError} ERR_SANDBOX_NOT_RECORDED.
   */
  revoke(card: string, reason: SandboxRevocationReason): void;
  /** Takes that back, whatever the reason was; throws as {@link revoke} does. */
  restore(card: string): void;
  close(): Promise<void>;
}

/** How long a list counts. */
const listMs = 600_000;
/** How long a delta list counts. */
const deltaMs = 60_000;
/** How long delta lists count from the same full list. */
const baseMs = 3_600_000;

/** Opens the server of lists and OCSP answers at the port that the book names, or at the first free one. */
export async function openSandboxRevocation(
  book: RevocationBook,
  clock: Clock,
  revocationPort: number | undefined,
): Promise<SandboxRevocation> {
  let contents: RevocationContents | undefined;
  const served = revocationPort === undefined ? undefined : await start(book, revocationPort, () => contents);
  const { port } = book;
  return {
    base: revocationPort === undefined || port === undefined ? undefined : `http://127.0.0.1:${port}`,
    isServed: served !== undefined,
    serve: (ca) => (contents = contentsOf(ca, book)),
    revocationOf: (card) => book.revocationOf(card),
    revoke: (card, reason) => book.setRevocation(card, { at: clock.now(), reason }),
    restore: (card) => book.setRevocation(card, { restored: clock.now() }),
    close: async () => await served?.close(),
  };
}

/** Undefined when the port of earlier certificates is taken. */
async function start(
  book: RevocationBook,
  first: number,
  contents: () => RevocationContents | undefined,
): Promise<RevocationServer | undefined> {
  const known = book.port;
  const late: RevocationContents = {
    list: (name, kind) => contents()?.list(name, kind),
    respond: async (request) => (await contents()?.respond(request)) ?? new Uint8Array(),
  };
  const server = await startRevocationServer(late, portsFrom(known, first));
  if (known === undefined && server !== undefined) book.setPort(server.port);
  return server;
}

/** What is told about the certificates of a CA. */
export function contentsOf(
  { authorities, clock, revocationBase }: SandboxCa,
  book: Pick<RevocationBook, 'revokedBy' | 'changedSince' | 'deltaBase'>,
): RevocationContents {
  let last = 0;
  const names = new Map(authorityNames.map((name) => [authorities[name], name]));
  const revokedBy = (name: AuthorityName | undefined) => (name === undefined ? [] : book.revokedBy(name));
  const responder = new OcspResponder(
    {
      authorities: [...names.keys()],
      revoked: (authority, serial) =>
        revokedBy(names.get(authority)).find((revoked) => Buffer.compare(revoked.serial, serial) === 0),
    },
    () => clock.now(),
  );
  return {
    list: (text, kind) => {
      const name = authorityNames.find((candidate) => candidate === text);
      if (name === undefined) return undefined;
      const now = clock.now();
      // The clock as the number of the list: it grows, and nothing has to be kept but where delta lists begin.
      last = Math.max(now, last + 1);
      const base = book.deltaBase(last, now - baseMs);
      if (kind === 'full') {
        const { deltaUrl } = addressesOf(name, revocationBase);
        const contents = { revoked: book.revokedBy(name), thisUpdate: now, nextUpdate: now + listMs };
        return writeRevocationList(authorities[name], { ...contents, number: last, deltaUrl });
      }
      last = Math.max(last, base + 1);
      const contents = { revoked: book.changedSince(base, name), thisUpdate: now, nextUpdate: now + deltaMs };
      return writeRevocationList(authorities[name], { ...contents, number: last, baseNumber: base });
    },
    respond: async (request) => await responder.respond(request),
  };
}
