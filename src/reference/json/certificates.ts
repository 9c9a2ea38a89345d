import { z } from 'zod';
import { cardWorkOutcome, issuerSummary } from '../../control-contract/card-work-schemas.js';
import { certificateDetails } from '../../control-contract/choice-schemas.js';
import { cardName } from '../../control-contract/pin-schemas.js';
import { certificateOrder } from '../../control-contract/sandbox-schemas.js';
import { cardWorkSteps } from '../../model/card-work.js';
import { answerOf, document, type JsonOutputs } from '../json-output.js';

const works = ['download', 'resume', 'discard', 'remove', 'restore'] as const;
const progress = z.object({
  event: z.literal('card-progress'),
  state: z.enum([...cardWorkSteps, 'pin-pad', 'waiting']),
});
const done = { work: z.enum(works), card: cardName, ...cardWorkOutcome.shape };

/** What `kort certificate …` writes. */
export const certificateOutputs: JsonOutputs = {
  'certificate list': answerOf('certificate.list'),
  'certificate show': document(certificateDetails),
  'certificate export': document(z.object({ fingerprint: z.string(), pem: z.string(), file: z.string().optional() })),
  'certificate inventory': answerOf('certificate.inventory'),
  'certificate prefer': answerOf('certificate.prefer'),
  'certificate unprefer': answerOf('certificate.unprefer'),
  'certificate why': answerOf('certificate.why'),
  'certificate remove': { ...document(z.object(done)), progress },
  'certificate restore': { ...document(z.object(done)), progress },
  'certificate backups': answerOf('certificate.backups'),
  'certificate download': {
    ...document(
      z.union([
        z.object({ ...done, order: certificateOrder.optional() }),
        // Nothing waits at the issuer.
        z.object({ work: z.literal('download'), issuer: issuerSummary, orders: z.array(certificateOrder).max(0) }),
      ]),
    ),
    progress,
  },
};
