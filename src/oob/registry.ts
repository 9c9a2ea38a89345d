import { MiddlewareError } from '../core/errors.js';
import type { RelyingParty } from '../model/relying-party.js';

/** The relying parties that may ask; each client_id and each origin has one owner. */
export interface RelyingPartyRegistry {
  readonly all: readonly RelyingParty[];
  byClientId(clientId: string): RelyingParty | undefined;
  byOrigin(origin: string): RelyingParty | undefined;
}

/**
 * Builds the registry from all entries.
 *
 * @throws {MiddlewareError} ERR_CONFIG_CONFLICT as {@link refuseConflict} says.
 */
export function createRelyingPartyRegistry(entries: readonly RelyingParty[]): RelyingPartyRegistry {
  entries.forEach((entry, index) => {
    refuseConflict(entry, entries.slice(0, index));
  });
  const byId = new Map(entries.map((entry) => [entry.clientId, entry]));
  const byOrigin = new Map(entries.flatMap((entry) => entry.origins.map((origin) => [origin, entry] as const)));
  return {
    all: [...entries],
    byClientId: (clientId) => byId.get(clientId),
    byOrigin: (origin) => byOrigin.get(origin),
  };
}

/**
 * Refuses an entry that would stand beside `existing` with the same client_id, a shared origin, or, between a user's and
 * an administrator's entry, the same display name in any language, upper and lower case and spacing aside.
 *
 * @throws {MiddlewareError} ERR_CONFIG_CONFLICT with `detail` naming what clashes.
 */
export function refuseConflict(entry: RelyingParty, existing: readonly RelyingParty[]): void {
  for (const other of existing) {
    const clash =
      [entry.clientId].find((clientId) => clientId === other.clientId) ??
      entry.origins.find((origin) => other.origins.includes(origin)) ??
      (entry.source === other.source ? undefined : sharedName(entry, other));
    if (clash !== undefined) throw conflict(clash);
  }
}

const conflict = (detail: string): MiddlewareError =>
  new MiddlewareError('ERR_CONFIG_CONFLICT', 'Relying party entry clashes with another', { fields: { detail } });

function sharedName(entry: RelyingParty, other: RelyingParty): string | undefined {
  const taken = namesOf(other).map(fold);
  return namesOf(entry).find((name) => taken.includes(fold(name)));
}

const namesOf = ({ displayName }: RelyingParty): string[] => [displayName.sv, displayName.en];

/** NFKC folds look-alikes that differ in width or font only; names are already free of invisible characters. */
const fold = (name: string): string => name.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
