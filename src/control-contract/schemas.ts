import { z } from 'zod';
import { certificateOrderKinds } from '../model/certificate-order.js';
import type { ControlEvent, ControlEvents, ControlMethod, ParamsOf, ResultOf } from './methods.js';
import { certificateEventSchemas, certificateMethodSchemas } from './certificate-schemas.js';
import { cardEventSnapshot, timedCardEvent } from './card-event-schemas.js';
import { doctorFacts } from './doctor-facts-schema.js';
import { historyEntry, historyPage, historyQuery, historyVerdict } from './history-schema.js';
import { launchOutcome, launchProgress } from './launch-schemas.js';
import { begunPinOperation, pinCard, pinOutcome, pinProgress, pinRequest, pinRun } from './pin-schemas.js';
import { closedPrompt, promptOverview, promptPlace, refusedPin, waitingPrompt, wirePrompt } from './prompt-schemas.js';
import { relyingPartyDetails, relyingPartyFinding, relyingPartyList } from './relying-party-schemas.js';
import { sandboxRevocationReasons } from '../model/sandbox-revocation-reason.js';
import { certificateOrder, sandboxFault, sandboxKey, sandboxReport } from './sandbox-schemas.js';
import { daemonStatus, statusReport } from './status-schemas.js';
import { surfaceKinds } from '../model/surface.js';
import { issuerFaults } from '../model/issuer-fault.js';

/** A JSON-RPC 2.0 request (§4); ids are numbers here, and parameters always objects. */
export const rpcRequest = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.int().optional(),
  method: z.string().max(64),
  params: z.record(z.string().max(64), z.unknown()).optional(),
});

const nothing = z.strictObject({});
const accepted = z.object({ accepted: z.boolean() });
const name = z.string().min(1).max(256);
const live = z.strictObject({ pages: z.array(z.string().max(2048)).max(16) }).optional();
const ticket = z.string().regex(/^[0-9a-f]{32}$/);

/** What every method takes and gives. Only the daemon loads this: zod would double the start-up time of `kort status`. */
export const methodSchemas: {
  readonly [M in ControlMethod]: { readonly params: z.ZodType<ParamsOf<M>>; readonly result: z.ZodType<ResultOf<M>> };
} = {
  'daemon.status': { params: nothing, result: daemonStatus },
  'daemon.stop': { params: nothing, result: nothing },
  'status.get': { params: nothing, result: statusReport },
  'doctor.facts': { params: nothing, result: doctorFacts },
  'rp.add': { params: z.strictObject({ entry: z.unknown() }), result: relyingPartyDetails },
  'rp.list': { params: nothing, result: relyingPartyList },
  'rp.show': { params: z.strictObject({ clientId: name }), result: relyingPartyDetails },
  'rp.remove': { params: z.strictObject({ clientId: name }), result: nothing },
  'rp.check': {
    params: z.union([z.strictObject({ clientId: name, live }), z.strictObject({ entry: z.unknown(), live })]),
    result: z.object({ findings: z.array(relyingPartyFinding) }),
  },
  'launch.open': {
    params: z.strictObject({ clientId: name, ref: z.string().regex(/^[A-Za-z0-9_-]{22,128}$/) }),
    result: launchOutcome,
  },
  'prompt.attach': { params: z.strictObject({ kind: z.enum(surfaceKinds) }), result: promptOverview },
  'prompt.take': { params: nothing, result: accepted },
  'prompt.detach': { params: nothing, result: nothing },
  'prompt.choose': { params: z.strictObject({ ticket, candidateId: name }), result: accepted },
  'prompt.usePinPad': {
    params: z.strictObject({ ticket, lastTryConsent: z.boolean(), language: z.enum(['sv', 'en']).optional() }),
    result: accepted,
  },
  'prompt.typeCode': { params: z.strictObject({ ticket, code: z.string().max(16) }), result: accepted },
  'prompt.acknowledge': { params: z.strictObject({ ticket }), result: accepted },
  'prompt.cancel': { params: z.strictObject({ promptId: name }), result: accepted },
  'prompt.pick': { params: z.strictObject({ promptId: name }), result: accepted },
  'history.recent': {
    params: z.strictObject({ limit: z.int().min(1).max(1000) }),
    result: z.object({ entries: z.array(historyEntry) }),
  },
  'history.list': { params: historyQuery, result: historyPage },
  'history.verify': { params: nothing, result: historyVerdict },
  'phrase.get': { params: nothing, result: z.object({ phrase: z.string().optional() }) },
  'phrase.set': { params: z.strictObject({ phrase: z.string().max(64).optional() }), result: nothing },
  'pin.list': { params: nothing, result: z.object({ cards: z.array(pinCard) }) },
  'pin.begin': { params: pinRequest, result: begunPinOperation },
  'pin.run': { params: pinRun, result: pinOutcome },
  'pin.cancel': { params: z.strictObject({ operationId: name }), result: accepted },
  'events.subscribe': { params: nothing, result: cardEventSnapshot },
  'events.unsubscribe': { params: nothing, result: nothing },
  'certificate.export': {
    params: z.strictObject({ fingerprint: z.string().regex(/^[0-9a-f]{4,64}$/) }),
    result: z.object({ fingerprint: z.string(), der: z.string() }),
  },
  'trace.start': {
    params: z.strictObject({ reader: name.optional() }),
    result: z.object({ header: z.array(z.string()) }),
  },
  'trace.stop': { params: nothing, result: nothing },
  'sandbox.list': { params: nothing, result: sandboxReport },
  'sandbox.insert': { params: z.strictObject({ card: name, reader: name.optional() }), result: sandboxReport },
  'sandbox.remove': { params: z.strictObject({ reader: name }), result: sandboxReport },
  'sandbox.fault': { params: z.strictObject({ card: name, fault: sandboxFault }), result: nothing },
  'sandbox.addReader': {
    params: z.strictObject({
      name: name.optional(),
      extendedLength: z.boolean().optional(),
      pinPad: z.boolean().optional(),
    }),
    result: sandboxReport,
  },
  'sandbox.press': {
    params: z.strictObject({ keys: z.array(sandboxKey).min(1).max(16), reader: name.optional() }),
    result: sandboxReport,
  },
  'sandbox.removeReader': { params: z.strictObject({ reader: name }), result: sandboxReport },
  'sandbox.revoke': {
    params: z.strictObject({ card: name, reason: z.enum(sandboxRevocationReasons) }),
    result: sandboxReport,
  },
  'sandbox.unrevoke': { params: z.strictObject({ card: name }), result: sandboxReport },
  'sandbox.order': {
    params: z.strictObject({ card: name, kind: z.enum(certificateOrderKinds) }),
    result: z.object({ order: certificateOrder }),
  },
  'sandbox.issuerFault': { params: z.strictObject({ fault: z.enum(issuerFaults) }), result: nothing },
  ...certificateMethodSchemas,
  'sandbox.reset': { params: nothing, result: sandboxReport },
};

/** What every event carries. */
export const eventSchemas: { readonly [E in ControlEvent]: z.ZodType<ControlEvents[E]> } = {
  'status.changed': nothing,
  'prompt.begin': z.object({ promptId: name }),
  'prompt.show': wirePrompt,
  'prompt.close': closedPrompt,
  'prompt.place': promptPlace,
  'prompt.phrase': z.object({ phrase: z.string().optional() }),
  'prompt.waiting': z.object({ waiting: z.array(waitingPrompt) }),
  'prompt.refused': refusedPin,
  'pin.progress': pinProgress,
  'card.event': timedCardEvent,
  'launch.progress': launchProgress,
  ...certificateEventSchemas,
  'events.dropped': nothing,
  'trace.line': z.object({ line: z.string() }),
};
