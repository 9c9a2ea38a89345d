import { z } from 'zod';
import { cardWorkSteps, type CardWorkOutcome, type CardWorkRequest } from '../model/card-work.js';
import { downloadSteps, type DownloadRecord } from '../model/download.js';
import type {
  BegunCardWork,
  CardWorkProgress,
  CertificateEvents,
  CertificateMethods,
  IssuerProgress,
  IssuerSession,
  IssuerSummary,
} from './certificates.js';
import { cardName, pinRun, pinState, problem, triesLeft } from './pin-schemas.js';
import { certificateOrder } from './sandbox-schemas.js';

const nothing = z.strictObject({});
const name = z.string().min(1).max(256);
const uuid = z.uuid();
const time = z.iso.datetime();
const ticket = z.string().regex(/^[0-9a-f]{32}$/);
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/);
const code = z.enum(['pin', 'managementKey']);

const askManagementKey = z.boolean().optional();

const cardWorkRequest = z.discriminatedUnion('work', [
  z.strictObject({
    work: z.literal('download'),
    session: uuid,
    orderId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    card: name.optional(),
    keepReplaced: z.boolean().optional(),
    askManagementKey,
  }),
  z.strictObject({ work: z.literal('resume'), downloadId: uuid, session: uuid.optional(), askManagementKey }),
  z.strictObject({
    work: z.literal('discard'),
    downloadId: uuid,
    evenIssued: z.boolean().optional(),
    askManagementKey,
  }),
  z.strictObject({ work: z.literal('remove'), fingerprint, withKey: z.boolean(), askManagementKey }),
  z.strictObject({ work: z.literal('restore'), fingerprint, askManagementKey }),
]) satisfies z.ZodType<CardWorkRequest>;

const namedCertificate = z.object({
  fingerprint: z.string(),
  holder: z.string(),
  issuer: z.string(),
  notAfter: time,
});

const begunCardWork = z.object({
  operationId: name,
  work: z.enum(['download', 'resume', 'discard', 'remove', 'restore']),
  card: cardName,
  pin: pinState,
  lastTry: z.boolean(),
  codes: z.array(code),
  pinPad: z.boolean(),
  pinUses: z.int(),
  order: certificateOrder.optional(),
  step: z.enum(downloadSteps).optional(),
  leaves: namedCertificate.optional(),
  leavesNoLogin: z.boolean().optional(),
  undoable: z.boolean().optional(),
  returns: namedCertificate.optional(),
  tickets: z.partialRecord(code, ticket),
  waitMs: z.int(),
  codeMs: z.int(),
  openOrders: z.int(),
  phrase: z.string().optional(),
}) satisfies z.ZodType<BegunCardWork>;

/** {@link CardWorkOutcome} */
export const cardWorkOutcome = z.object({
  before: triesLeft,
  after: triesLeft,
  stored: namedCertificate.optional(),
  removed: namedCertificate.optional(),
  problem: problem.optional(),
}) satisfies z.ZodType<CardWorkOutcome>;

const downloadRecord = z.object({
  id: uuid,
  step: z.enum(downloadSteps),
  startedAt: time,
  issuer: z.string(),
  token: z.string(),
  cardLabel: z.string(),
  order: certificateOrder,
  keySpec: z.enum(['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384']),
  keyId: z.string(),
  keepReplaced: z.boolean(),
  keyReference: z.int().optional(),
  request: z.string().optional(),
  certificate: z.string().optional(),
  chain: z.array(z.string()).optional(),
}) satisfies z.ZodType<DownloadRecord>;

/** {@link IssuerSummary} */
export const issuerSummary = z.object({
  clientId: z.string(),
  name: z.object({ sv: z.string(), en: z.string() }),
  registeredBy: z.enum(['system', 'user', 'sandbox']),
}) satisfies z.ZodType<IssuerSummary>;

const issuerSession = z.object({
  session: uuid,
  issuer: issuerSummary,
  card: cardName.optional(),
  holder: z.string(),
  orders: z.array(certificateOrder),
  expiresAt: time,
}) satisfies z.ZodType<IssuerSession>;

type Method = Extract<keyof CertificateMethods, `issuer.${string}` | `download.${string}` | `card.${string}`>;

/** What the methods take and give that reach issuers and write to cards. */
export const cardWorkMethodSchemas: {
  readonly [M in Method]: {
    readonly params: z.ZodType<CertificateMethods[M]['params']>;
    readonly result: z.ZodType<CertificateMethods[M]['result']>;
  };
} = {
  'issuer.list': { params: nothing, result: z.object({ issuers: z.array(issuerSummary) }) },
  'issuer.signIn': { params: z.strictObject({ issuer: name.optional() }), result: issuerSession },
  'issuer.signOut': { params: z.strictObject({ session: uuid }), result: nothing },
  'download.list': { params: nothing, result: z.object({ downloads: z.array(downloadRecord) }) },
  'download.forget': { params: z.strictObject({ downloadId: uuid }), result: nothing },
  'card.begin': { params: cardWorkRequest, result: begunCardWork },
  'card.run': { params: pinRun, result: cardWorkOutcome },
  'card.cancel': { params: z.strictObject({ operationId: name }), result: z.object({ accepted: z.boolean() }) },
};

type Event = Extract<keyof CertificateEvents, 'issuer.progress' | 'card.progress'>;

/** What their events carry. */
export const cardWorkEventSchemas: { readonly [E in Event]: z.ZodType<CertificateEvents[E]> } = {
  'issuer.progress': z.object({ hint: z.string() }) satisfies z.ZodType<IssuerProgress>,
  'card.progress': z.object({
    operationId: z.string(),
    state: z.enum([...cardWorkSteps, 'pin-pad', 'waiting']),
  }) satisfies z.ZodType<CardWorkProgress>,
};
