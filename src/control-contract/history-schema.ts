import { z } from 'zod';
import { certificateOrderKinds } from '../model/certificate-order.js';
import type { HistoryEntry } from '../model/history.js';

const keyUse = {
  token: z.string(),
  certificate: z.string(),
  relyingParty: z.string(),
  launcher: z.string(),
  outcome: z.enum(['complete', 'failed']),
  hintCode: z.string().exactOptional(),
  level: z.number().exactOptional(),
  apduCount: z.int().exactOptional(),
  cardMs: z.number().exactOptional(),
};

const event = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['inserted', 'removed']), reader: z.string(), token: z.string().exactOptional() }),
  z.object({
    kind: z.literal('pin-try'),
    token: z.string(),
    pinReference: z.int(),
    outcome: z.enum(['accepted', 'wrong', 'blocked', 'unknown']),
    attemptsRemaining: z.int().exactOptional(),
    purpose: z.string(),
  }),
  z.object({
    kind: z.literal('foreign-pin-try'),
    token: z.string(),
    pinReference: z.int(),
    attemptsBefore: z.int(),
    attemptsRemaining: z.int(),
    programs: z.array(z.string()).readonly().exactOptional(),
  }),
  z.object({
    kind: z.literal('foreign-use'),
    token: z.string(),
    what: z.enum(['pin', 'contents']),
    programs: z.array(z.string()).readonly().exactOptional(),
  }),
  z.object({ kind: z.enum(['torn-line', 'damaged-file']), keptIn: z.string() }),
  z.object({
    kind: z.literal('download'),
    token: z.string(),
    issuer: z.string(),
    order: z.enum(certificateOrderKinds),
    outcome: z.enum(['complete', 'failed', 'discarded']),
    fingerprint: z.string().exactOptional(),
    retired: z.string().exactOptional(),
    code: z.string().exactOptional(),
    apduCount: z.int().exactOptional(),
    cardMs: z.number().exactOptional(),
    issuerMs: z.number().exactOptional(),
  }),
  z.object({
    kind: z.enum(['certificate-removed', 'certificate-restored']),
    token: z.string(),
    fingerprint: z.string(),
    outcome: z.enum(['complete', 'failed']),
  }),
  z.object({ kind: z.literal('login'), ...keyUse }),
  z.object({ kind: z.literal('signature'), documents: z.int(), ...keyUse }),
]);

/** {@link HistoryEntry} */
export const historyEntry = z.object({
  sequence: z.int(),
  time: z.string(),
  event,
  previous: z.string(),
}) satisfies z.ZodType<HistoryEntry>;
