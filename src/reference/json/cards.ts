import { z } from 'zod';
import { cardEventSnapshot, timedCardEvent } from '../../control-contract/card-event-schemas.js';
import { expiryWarning } from '../../control-contract/expiry-schemas.js';
import { cardName, pinOutcome } from '../../control-contract/pin-schemas.js';
import { daemonStatus, statusReport } from '../../control-contract/status-schemas.js';
import { closedPrompt } from '../../control-contract/prompt-schemas.js';
import { answerOf, document, type JsonOutputs } from '../json-output.js';

const hardwareOnly = z.object({ daemon: daemonStatus, hardwareOnly: z.literal(true), readers: z.tuple([]) });

const pinWork = document(
  z.object({
    operation: z.enum(['verify', 'change', 'unblock']),
    card: cardName,
    pin: z.object({ reference: z.int(), role: z.enum(['authentication', 'signature']) }),
    ...pinOutcome.shape,
  }),
);

/** As the control socket has them, but for the name of the first member. */
const cardEvents = timedCardEvent.options.map(({ shape: { kind, ...facts } }) => z.object({ event: kind, ...facts }));

/** What the commands about cards, PINs and what happens to them write. */
export const cardOutputs: JsonOutputs = {
  // With --watch one a line.
  status: document(z.union([statusReport, hardwareOnly])),
  ui: { kind: 'none', why: 'it is a terminal UI; what it shows is in `kort status`, `kort expiry` and `kort history`' },
  prompt: {
    kind: 'lines',
    schema: z.object({
      promptId: z.string(),
      orderId: z.string().optional(),
      outcome: closedPrompt.shape.outcome,
    }),
  },
  unlock: pinWork,
  'pin status': answerOf('pin.list'),
  'pin change': pinWork,
  'pin verify': pinWork,
  expiry: document(
    z.union([
      z.object({ findings: z.array(expiryWarning.shape.finding), urgency: z.enum(['fine', 'soon', 'urgent', 'past']) }),
      z.object({ file: z.string(), events: z.int() }),
    ]),
  ),
  'expiry snooze': answerOf('expiry.snooze'),
  'expiry note': answerOf('expiry.cardEnds'),
  'expiry forget': answerOf('expiry.forget'),
  watch: {
    kind: 'lines',
    schema: z.union([
      cardEventSnapshot.extend({ event: z.literal('snapshot') }),
      ...cardEvents,
      expiryWarning.extend({ event: z.literal('expiry-warning') }),
      z.object({ event: z.literal('dropped') }),
    ]),
  },
  trace: { kind: 'lines', schema: z.object({ line: z.string() }) },
};
