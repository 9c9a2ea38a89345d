import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isMiddlewareError, MiddlewareError, type ErrorFields } from '../core/errors.js';
import type { Logger } from '../core/ports.js';
import type { RelyingParty } from '../model/relying-party.js';
import { createRelyingPartyRegistry, refuseConflict, type RelyingPartyRegistry } from '../oob/registry.js';
import { parseRelyingParty } from '../oob/relying-party-entry.js';
import { explainEntry } from './relying-party-problem.js';

/** Folders that hold one JSON file per relying party. */
export interface RelyingPartyFolders {
  readonly system: string;
  readonly user: string;
}

interface StoredEntry {
  readonly party: RelyingParty;
  /** Undefined for one that is built in. */
  readonly file: string | undefined;
}

/**
 * The relying parties that are built in, the administrator's and the user's, and the registry that they make together.
 */
export class RelyingPartyStore {
  readonly #folders: RelyingPartyFolders;
  #entries: readonly StoredEntry[] = [];
  #registry: RelyingPartyRegistry = createRelyingPartyRegistry([]);
  readonly #skipped: MiddlewareError[] = [];

  /** @param builtIn - in no file: they come first, and nobody can remove them. */
  constructor(folders: RelyingPartyFolders, logger: Logger, builtIn: readonly RelyingParty[] = []) {
    this.#folders = folders;
    const accepted: StoredEntry[] = builtIn.map((party) => ({ party, file: undefined }));
    for (const source of ['system', 'user'] as const) {
      for (const file of jsonFiles(folders[source])) {
        const entry = readEntry(file, source, accepted);
        if (!isMiddlewareError(entry)) accepted.push(entry);
        else {
          logger.warn({ file, ...entry.fields }, 'Relying party file is not used');
          this.#skipped.push(entry);
        }
      }
    }
    this.#set(accepted);
  }

  get registry(): RelyingPartyRegistry {
    return this.#registry;
  }

  /** Of files that were not used when the folders were read: ERR_CONFIG_INVALID with `path` and a `reason`. */
  get skipped(): readonly MiddlewareError[] {
    return this.#skipped;
  }

  /**
   * Checks an entry of the user and keeps it.
   *
   * @throws {MiddlewareError} ERR_CONFIG_INVALID, ERR_CONFIG_CONFLICT.
   */
  add(json: unknown): RelyingParty {
    const party = parseEntry(json);
    refuseConflict(party, this.#registry.all);
    mkdirSync(this.#folders.user, { recursive: true, mode: 0o700 });
    const file = join(this.#folders.user, fileNameFor(party.clientId));
    writeFileSync(`${file}.new`, `${JSON.stringify(json, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    this.#set([...this.#entries, { party, file }]);
    return party;
  }

  /** What {@link add} would refuse; an entry that is registered already, just as it is, is in order. */
  check(json: unknown): RelyingParty {
    const party = parseEntry(json);
    const known = this.#registry.byClientId(party.clientId);
    if (known === undefined || !isDeepStrictEqual(known, { ...party, source: known.source })) {
      refuseConflict(party, this.#registry.all);
    }
    return party;
  }

  /**
   * @throws {MiddlewareError} ERR_CONFIG_NOT_FOUND; ERR_CONFIG_BUILT_IN; ERR_CONFIG_CONFLICT for an entry of the
   *   administrator.
   */
  remove(clientId: string): void {
    const entry = this.#entries.find(({ party }) => party.clientId === clientId);
    if (entry === undefined) throw notFound(clientId);
    if (entry.file === undefined) {
      throw new MiddlewareError('ERR_CONFIG_BUILT_IN', 'This entry is part of the sandbox', {
        fields: { name: clientId },
      });
    }
    if (entry.party.source === 'system') {
      throw new MiddlewareError('ERR_CONFIG_CONFLICT', 'Only the administrator can remove this entry', {
        fields: { detail: clientId },
      });
    }
    rmSync(entry.file);
    this.#set(this.#entries.filter((other) => other !== entry));
  }

  /** @throws {MiddlewareError} ERR_CONFIG_NOT_FOUND. */
  find(clientId: string): RelyingParty {
    const party = this.#registry.byClientId(clientId);
    if (party === undefined) throw notFound(clientId);
    return party;
  }

  isBuiltIn(clientId: string): boolean {
    return this.#entries.some(({ party, file }) => party.clientId === clientId && file === undefined);
  }

  #set(entries: readonly StoredEntry[]): void {
    this.#entries = entries;
    this.#registry = createRelyingPartyRegistry(entries.map(({ party }) => party));
  }
}

/** An entry of the user; what is wrong with it has a `field` and a `reason`. */
function parseEntry(json: unknown): RelyingParty {
  return explained(json, () => parseRelyingParty(json, 'user'));
}

function explained<T>(json: unknown, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw explainEntry(error, json);
  }
}

/** An unusable file costs its own relying party only; the others keep working. */
function readEntry(
  file: string,
  source: RelyingParty['source'],
  accepted: readonly StoredEntry[],
): StoredEntry | MiddlewareError {
  try {
    const json = readJson(file);
    const party = explained(json, () => parseRelyingParty(json, source));
    refuseConflict(
      party,
      accepted.map((entry) => entry.party),
    );
    return { party, file };
  } catch (error) {
    const fields = isMiddlewareError(error) ? error.fields : {};
    const reason = isMiddlewareError(error, 'ERR_CONFIG_CONFLICT') ? 'entryConflict' : fields['reason'];
    return unusable(file, { ...fields, reason: reason ?? 'entryForm' }, error);
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unusable(file, { reason: error instanceof SyntaxError ? 'fileNotJson' : 'fileUnreadable' }, error);
  }
}

function unusable(path: string, fields: ErrorFields, cause: unknown): MiddlewareError {
  return new MiddlewareError('ERR_CONFIG_INVALID', 'Relying party file cannot be used', {
    fields: { ...fields, path },
    cause,
  });
}

function jsonFiles(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.toSorted().map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function fileNameFor(clientId: string): string {
  const readable = clientId.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, 60);
  return `${readable}-${createHash('sha256').update(clientId).digest('hex').slice(0, 8)}.json`;
}

const notFound = (clientId: string): MiddlewareError =>
  new MiddlewareError('ERR_CONFIG_NOT_FOUND', 'No such relying party', { fields: { name: clientId } });
