import { z } from 'zod';
import { MiddlewareError } from '../core/errors.js';
import type { Clock, HttpClient } from '../core/ports.js';
import type { RelyingParty } from '../model/relying-party.js';
import { usableKeysOf } from './relying-party-keys.js';
import { malformedAnswer, readJson, trustOf } from './remote-answer.js';

type Keys = RelyingParty['jwks']['keys'];

/** Fetched keys are fetched again after this time, and not before. */
const freshMs = 600_000;
/** After a failure nobody is asked for so long. */
const pauseMs = 60_000;
/** Fetched keys count no longer than this when they cannot be fetched again: one that was withdrawn must end. */
const keptMs = 86_400_000;
const maxSets = 64;

/** RFC 7517 §8.5.2, and what most servers say instead. */
const keySetTypes = ['application/jwk-set+json', 'application/json'];

/** What is known of the keys at one address. */
interface KeySet {
  keys: Keys;
  /** Milliseconds since the epoch, -Infinity for never. */
  fetchedAt: number;
  failure: { readonly error: Error; readonly at: number } | undefined;
  fetching: Promise<void> | undefined;
}

/**
 * The keys that relying parties publish at their `jwks_uri`. Old ones count on when they cannot be fetched anew, for a
 * day; several that ask at once wait for the same answer.
 */
export function createFetchedKeys(http: HttpClient, clock: Clock): (party: RelyingParty, url: string) => Promise<Keys> {
  const sets = new Map<string, KeySet>();
  /** A clock that was set back makes everything old. */
  const isWithin = (since: number, ms: number): boolean => {
    const age = clock.now() - since;
    return age >= 0 && age < ms;
  };

  const fetchInto = async (set: KeySet, { endpoints }: RelyingParty, url: string): Promise<void> => {
    try {
      set.keys = await fetchKeys(http, endpoints, url);
      set.fetchedAt = clock.now();
      set.failure = undefined;
    } catch (cause) {
      const error = cause instanceof Error ? cause : new MiddlewareError('ERR_INTERNAL', 'Keys', { cause });
      set.failure = { error, at: clock.now() };
    }
  };

  return async (party, url) => {
    const set = setOf(sets, JSON.stringify([party.clientId, url, party.endpoints]));
    if (isWithin(set.fetchedAt, freshMs)) return set.keys;
    if (set.failure === undefined || !isWithin(set.failure.at, pauseMs)) {
      set.fetching ??= fetchInto(set, party, url).finally(() => (set.fetching = undefined));
      await set.fetching;
    }
    if (isWithin(set.fetchedAt, keptMs)) return set.keys;
    throw set.failure?.error ?? new MiddlewareError('ERR_INTERNAL', 'Keys are too old');
  };
}

async function fetchKeys(http: HttpClient, endpoints: RelyingParty['endpoints'], url: string): Promise<Keys> {
  const answer = await http.send({ method: 'GET', url, accept: keySetTypes.join(', '), trust: trustOf(endpoints) });
  const keys = answer.status === 200 ? usableKeysOf(readJson(answer, z.unknown(), url, keySetTypes)) : undefined;
  if (keys === undefined || keys.length === 0) throw malformedAnswer(url);
  return keys;
}

function setOf(sets: Map<string, KeySet>, name: string): KeySet {
  const set = sets.get(name) ?? { keys: [], fetchedAt: -Infinity, failure: undefined, fetching: undefined };
  sets.delete(name);
  sets.set(name, set);
  for (const oldest of sets.keys()) if (sets.size > maxSets) sets.delete(oldest);
  return set;
}
