import { z } from 'zod';
import { certificateOrderKinds } from '../model/certificate-order.js';
import {
  historyKinds,
  type HistoryEntry,
  type HistoryPage,
  type HistoryQuery,
  type HistoryVerdict,
} from '../model/history.js';

const keyUse = {
  token: z.string(),
  certificate: z.string(),
  relyingParty: z.string(),
  launcher: z.string(),
  outcome: z.enum(['complete', 'failed']),
  hintCode: z.string().exactOptional(),
  level: z.union([z.literal(2), z.literal(3)]).exactOptional(),
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
  z.object({ kind: z.literal('torn-head') }),
  z.object({ kind: z.literal('part-sealed'), part: z.string(), sha256: z.string(), first: z.int() }),
  z.object({ kind: z.literal('part-removed'), part: z.string(), last: z.int(), hash: z.string() }),
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
  time: z.iso.datetime(),
  event,
  previous: z.string(),
}) satisfies z.ZodType<HistoryEntry>;

/** {@link HistoryQuery} */
export const historyQuery = z.strictObject({
  limit: z.int().min(1).max(1000),
  before: z.int().min(1).exactOptional(),
  from: z.iso.datetime().exactOptional(),
  to: z.iso.datetime().exactOptional(),
  kinds: z.array(z.enum(historyKinds)).max(32).readonly().exactOptional(),
  token: z.string().max(256).exactOptional(),
  relyingParty: z.string().max(256).exactOptional(),
  failed: z.literal(true).exactOptional(),
}) satisfies z.ZodType<HistoryQuery>;

/** {@link HistoryPage} */
export const historyPage = z.object({
  entries: z.array(historyEntry).readonly(),
  more: z.boolean(),
}) satisfies z.ZodType<HistoryPage>;

/** {@link HistoryVerdict} */
export const historyVerdict = z.discriminatedUnion('intact', [
  z.object({ intact: z.literal(true), entries: z.int(), first: z.int().or(z.undefined()), head: z.string() }),
  z.object({
    intact: z.literal(false),
    file: z.string(),
    line: z.int(),
    problem: z.enum(['not-an-entry', 'sequence', 'hash', 'cut', 'head', 'seal']),
  }),
]) satisfies z.ZodType<HistoryVerdict>;
