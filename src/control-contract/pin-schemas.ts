import { z } from 'zod';
import type { PinCard, PinOutcome } from '../model/pin-care.js';
import type { BegunPinOperation, PinProgress, PinRequest } from './pins.js';

const name = z.string().min(1).max(256);
const ticket = z.string().regex(/^[0-9a-f]{32}$/);
const time = z.iso.datetime();
const role = z.enum(['authentication', 'signature']);
const operation = z.enum(['verify', 'change', 'unblock']);
const code = z.enum(['current', 'next', 'puk']);
const format = z.object({ minLength: z.int(), maxLength: z.int(), characters: z.enum(['digits', 'printable']) });
/** Tries left of a PIN or PUK. */
export const triesLeft = z.object({ attemptsRemaining: z.int().optional(), blocked: z.boolean() });

/** An error code with its facts. */
export const problem = z.object({
  code: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

const puk = triesLeft.extend({ reference: z.int(), format, attemptsRemembered: z.int().optional() });

/** A PIN of an inserted card. */
export const pinState = triesLeft.extend({
  reference: z.int(),
  role,
  format,
  puk: puk.optional(),
  lastAcceptedAt: time.optional(),
  foreignTries: z.array(
    z.object({
      time,
      attemptsBefore: z.int(),
      attemptsRemaining: z.int(),
      programs: z.array(z.string()).optional(),
    }),
  ),
  foreignUse: z.object({ time, programs: z.array(z.string()).optional() }).optional(),
});

/** A card as it is named. */
export const cardName = z.object({
  id: z.string(),
  product: z.string(),
  serial: z.string(),
  label: z.string(),
  reader: z.string(),
});

/** {@link PinCard} */
export const pinCard = cardName.extend({
  pins: z.array(pinState),
  problem: problem.optional(),
}) satisfies z.ZodType<PinCard>;

/** {@link PinRequest} */
export const pinRequest = z.strictObject({
  operation,
  card: name.optional(),
  reference: z.int().min(0).max(0xffff).optional(),
  role: role.optional(),
}) satisfies z.ZodType<PinRequest>;

/** {@link BegunPinOperation} */
export const begunPinOperation = z.object({
  operation,
  operationId: name,
  card: cardName,
  pin: pinState,
  atStake: z.enum(['PIN', 'PUK']),
  lastTry: z.boolean(),
  codes: z.array(code),
  pinPad: z.boolean(),
  tickets: z.partialRecord(code, ticket),
  waitMs: z.int(),
  codeMs: z.int(),
  openOrders: z.int(),
  phrase: z.string().optional(),
}) satisfies z.ZodType<BegunPinOperation>;

/** What `pin.run` takes. */
export const pinRun = z.strictObject({
  operationId: name,
  lastTryConsent: z.boolean(),
  onPinPad: z.boolean().optional(),
  language: z.enum(['sv', 'en']).optional(),
});

/** {@link PinOutcome} */
export const pinOutcome = z.object({
  before: triesLeft,
  after: triesLeft,
  problem: problem.optional(),
}) satisfies z.ZodType<PinOutcome>;

/** {@link PinProgress} */
export const pinProgress = z.object({
  operationId: z.string(),
  state: z.enum(['pin-pad', 'waiting']),
  openOrders: z.int(),
}) satisfies z.ZodType<PinProgress>;
