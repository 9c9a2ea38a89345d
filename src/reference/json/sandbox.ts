import { z } from 'zod';
import type { ControlMethod } from '../../control-contract/methods.js';
import { sandboxFault, sandboxReport } from '../../control-contract/sandbox-schemas.js';
import { answerOf, answerWith, document, type JsonOutput, type JsonOutputs } from '../json-output.js';
import { startedDaemon, stoppedDaemon } from './setup.js';

/** What the sandbox has become, and the codes of its cards, which are no secret. */
const reportOf = (method: ControlMethod): JsonOutput =>
  answerWith(method, { pin: z.string(), signaturePin: z.string(), puk: z.string() });

/** What `kort sandbox …` writes. */
export const sandboxOutputs: JsonOutputs = {
  'sandbox start': startedDaemon,
  'sandbox stop': stoppedDaemon,
  'sandbox demo': document(
    z.object({
      verified: z.literal(true),
      subject: z.string(),
      holder: z.string(),
      level: z.string(),
      relyingParty: z.string(),
      relyingPartyName: z.string(),
      launcher: z.string(),
      apduCount: z.int(),
      durationMs: z.number(),
      times: z.object({ startMs: z.number(), userMs: z.number(), cardMs: z.number(), verifyMs: z.number() }),
    }),
  ),
  'sandbox list': reportOf('sandbox.list'),
  'sandbox insert': reportOf('sandbox.insert'),
  'sandbox remove': reportOf('sandbox.remove'),
  'sandbox fault': document(z.object({ card: z.string(), fault: sandboxFault })),
  'sandbox reset': reportOf('sandbox.reset'),
  'sandbox add-reader': reportOf('sandbox.addReader'),
  'sandbox press': reportOf('sandbox.press'),
  'sandbox remove-reader': reportOf('sandbox.removeReader'),
  'sandbox revoke': reportOf('sandbox.revoke'),
  'sandbox unrevoke': reportOf('sandbox.unrevoke'),
  'sandbox order': answerOf('sandbox.order'),
  'sandbox issuer': document(z.object({ issuer: sandboxReport.shape.issuer })),
};
