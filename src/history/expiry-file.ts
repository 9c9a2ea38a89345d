import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Logger } from '../core/ports.js';
import type { ExpiryMemory, ExpiryState } from '../model/expiry-memory.js';
import { replaceDurably } from './durable-file.js';

/**
 * Opens, or begins, the file of what the expiry radar knows from before, for this user's eyes only. One that makes no
 * sense is begun anew: a warning may come twice, and none is lost.
 */
export async function openExpiryFile(path: string, logger: Logger): Promise<ExpiryMemory> {
  let state = await load(path, logger);
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    next = undefined;
    await replaceDurably(path, `${JSON.stringify(state)}\n`);
  };

  return {
    get state() {
      return state;
    },
    async save(wanted) {
      if (wanted === state && next === undefined) return;
      state = wanted;
      // Whatever is saved while one write is under way shares the next.
      next ??= last.then(write);
      last = next.catch(() => undefined);
      await next;
    },
  };
}

async function load(path: string, logger: Logger): Promise<ExpiryState> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isState(parsed)) return parsed;
    logger.warn({ path }, 'What was known of ends makes no sense and is begun anew');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      logger.warn({ path, error }, 'What was known of ends could not be read and is begun anew');
  }
  return { salt: randomBytes(16).toString('hex'), latest: 0, cards: {}, deliveries: {}, snoozes: {} };
}

type Fields = Partial<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => Number.isFinite(value);
const isText: Check = (value) => typeof value === 'string';
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const has =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(checks).every(([name, check]) => check((value as Fields)[name]));
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const map =
  (check: Check): Check =>
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(check);

const authority = has({ fingerprint: isText, name: isText, notBefore: isNumber, notAfter: isNumber });
const certificate = has({
  fingerprint: isText,
  holder: isText,
  person: isText,
  purpose: (value) => value === 'auth' || value === 'sign',
  level: (value) => value === undefined || value === 2 || value === 3,
  issuer: isText,
  notBefore: isNumber,
  notAfter: isNumber,
  authorities: list(authority),
});
const card = has({
  id: isText,
  label: isText,
  seenAt: isNumber,
  lastDay: maybe(isText),
  certificates: list(certificate),
});
const state = has({
  salt: isText,
  latest: isNumber,
  setBack: maybe(has({ at: isNumber, from: isNumber })),
  cards: map(card),
  deliveries: map(has({ value: isNumber, at: isNumber, endsAt: isNumber })),
  snoozes: map(isNumber),
});

const isState = (value: unknown): value is ExpiryState => state(value);
