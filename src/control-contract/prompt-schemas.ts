import { z } from 'zod';
import { surfaceKinds } from '../model/surface.js';
import { revocationState } from './revocation-schema.js';
import type { ClosedPrompt, PromptOverview, PromptPlace, RefusedPin, WaitingPrompt, WirePrompt } from './prompts.js';

const purpose = z.enum(['auth', 'sign']);
const launcher = z.enum(['page', 'process', 'redirect', 'scheme']);
const level = z.union([z.literal(2), z.literal(3)]);
const relyingParty = z.object({
  name: z.object({ sv: z.string(), en: z.string() }),
  registeredBy: z.enum(['system', 'user', 'sandbox']),
});
const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).optional());

const candidate = z.object({
  id: z.string(),
  reader: z.string(),
  tokenLabel: z.string(),
  holder: z.string(),
  organization: z.string().optional(),
  level: level.optional(),
  notBefore: z.number().optional(),
  notAfter: z.number(),
  revocation: revocationState.optional(),
});

const unfit = z.object({
  reader: z.string(),
  tokenLabel: z.string(),
  holder: z.string(),
  level: level.optional(),
  notAfter: z.number(),
  reason: z.enum(['level', 'expired', 'untrusted', 'usage', 'issuer', 'person', 'no-key']),
});

/** {@link WirePrompt} */
export const wirePrompt = z.object({
  promptId: z.string(),
  orderId: z.string(),
  ticket: z.string(),
  relyingParty,
  purpose,
  launcher,
  origin: z.string().optional(),
  own: z.literal(true).optional(),
  confirmationCode: z.string().optional(),
  bindingMessage: z.string().optional(),
  visibleText: z.string().optional(),
  documents: z.array(z.object({ label: z.string(), digest: z.string() })),
  documentsSigned: z.int(),
  documentsNow: z.int(),
  levels: z.array(level),
  state: z.enum(['noCard', 'choose', 'read', 'code', 'pin', 'pinPad', 'working', 'explain']),
  candidates: z.array(candidate),
  unfit: z.array(unfit),
  reading: z.boolean(),
  chosen: z.string().optional(),
  chosenBecause: z.enum(['only-one', 'preferred', 'rule', 'last-time', 'first-on-card', 'by-user']).optional(),
  pinPad: z.boolean(),
  pinRole: z.enum(['authentication', 'signature']).optional(),
  attemptsRemaining: z.int().optional(),
  lastTry: z.boolean(),
  problem: z.object({ code: z.string(), fields }).optional(),
  askedAgain: z.boolean(),
  waitingOrders: z.int(),
  expiresAt: z.number(),
}) satisfies z.ZodType<WirePrompt>;

/** {@link WaitingPrompt} */
export const waitingPrompt = z.object({
  promptId: z.string(),
  relyingParty,
  purpose,
  launcher,
  origin: z.string().optional(),
  own: z.literal(true).optional(),
}) satisfies z.ZodType<WaitingPrompt>;

/** {@link PromptPlace} */
export const promptPlace = z.object({
  here: z.boolean(),
  kind: z.enum(surfaceKinds),
  question: waitingPrompt.optional(),
}) satisfies z.ZodType<PromptPlace>;

/** {@link PromptOverview} */
export const promptOverview = z.object({
  place: promptPlace,
  phrase: z.string().optional(),
  current: wirePrompt.optional(),
  waiting: z.array(waitingPrompt),
}) satisfies z.ZodType<PromptOverview>;

/** {@link ClosedPrompt} */
export const closedPrompt = z.object({
  promptId: z.string(),
  outcome: z.discriminatedUnion('status', [
    z.object({ status: z.literal('complete') }),
    z.object({ status: z.literal('failed'), hintCode: z.string() }),
  ]),
}) satisfies z.ZodType<ClosedPrompt>;

/** {@link RefusedPin} */
export const refusedPin = z.object({
  ticket: z.string(),
  reason: z.enum(['deaf', 'late', 'elsewhere', 'detached']),
}) satisfies z.ZodType<RefusedPin>;
