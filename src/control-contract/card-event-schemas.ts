import { z } from 'zod';
import type { TimedCardEvent } from '../model/card-event.js';
import type { CardEventSnapshot } from './card-events.js';

const time = z.iso.datetime();
const pin = z.object({
  reference: z.int(),
  role: z.enum(['authentication', 'signature']),
  attemptsRemaining: z.int().optional(),
  blocked: z.boolean(),
});
const card = z.object({
  id: z.string(),
  product: z.string(),
  serial: z.string(),
  label: z.string(),
  pins: z.array(pin),
  certificateCount: z.int(),
});
const reader = z.string();
const problem = z.object({
  code: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
const skipped = z.enum(['virtual', 'sam']);

/** {@link CardEventSnapshot} */
export const cardEventSnapshot = z.object({
  time,
  readers: z.array(
    z.object({
      name: reader,
      state: z.enum([
        'absent',
        'reading',
        'ready',
        'unknown',
        'mute',
        'unresponsive',
        'failed',
        'same-card',
        'skipped',
      ]),
      sameAs: reader.optional(),
      skipped: skipped.optional(),
      problem: problem.optional(),
      card: card.optional(),
    }),
  ),
}) satisfies z.ZodType<CardEventSnapshot>;

/** {@link TimedCardEvent} */
export const timedCardEvent = z.discriminatedUnion('kind', [
  z.object({ time, kind: z.enum(['reader-added', 'reader-removed', 'card-inserted']), reader }),
  z.object({ time, kind: z.literal('card-removed'), reader, token: z.string().optional() }),
  z.object({ time, kind: z.literal('card-ready'), reader, card }),
  z.object({ time, kind: z.literal('card-failed'), reader, problem }),
  z.object({ time, kind: z.literal('reader-skipped'), reader, skipped }),
  z.object({ time, kind: z.literal('card-same'), reader, sameAs: reader }),
  z.object({ time, kind: z.literal('contents-changed'), reader, card }),
  z.object({
    time,
    kind: z.literal('pin-counter'),
    reader,
    token: z.string(),
    pin,
    attemptsBefore: z.int().optional(),
  }),
  z.object({
    time,
    kind: z.literal('foreign-pin-try'),
    token: z.string(),
    pinReference: z.int(),
    attemptsBefore: z.int(),
    attemptsRemaining: z.int(),
    programs: z.array(z.string()).optional(),
  }),
  z.object({
    time,
    kind: z.literal('foreign-use'),
    token: z.string(),
    what: z.enum(['pin', 'contents']),
    programs: z.array(z.string()).optional(),
  }),
]) satisfies z.ZodType<TimedCardEvent>;
