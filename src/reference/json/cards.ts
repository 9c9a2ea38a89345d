import { z } from 'zod';
import { cardEventSnapshot, timedCardEvent } from '../../control-contract/card-event-schemas.js';
import { expiryWarning } from '../../control-contract/expiry-schemas.js';
import { cardName, pinOutcome } from '../../control-contract/pin-schemas.js';
import { daemonStatus, statusReport } from '../../control-contract/status-schemas.js';
import { closedPrompt } from '../../control-contract/prompt-schemas.js';
import { answerOf, document, lines, type JsonOutputs } from '../json-output.js';

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

const { card: state, token, name, sharing, ...more } = statusReport.shape.readers.element.shape;

/** As the control socket has it, but for two names: `card` is what is known of a card, in every command. */
const status = z.union([
  statusReport.extend({ readers: z.array(z.object({ name, state, sharing, ...more, card: token })) }),
  hardwareOnly,
]);

/** What the commands about cards, PINs and what happens to them write. */
export const cardOutputs: JsonOutputs = {
  status: { ...document(status), other: { '--watch': lines(status) } },
  ui: { kind: 'none', why: 'it is a terminal UI; what it shows is in `kort status`, `kort expiry` and `kort history`' },
  // Without --pin-stdin it needs a terminal, and ends with 2.
  prompt: document(
    z.object({
      promptId: z.string(),
      orderId: z.string().optional(),
      outcome: closedPrompt.shape.outcome,
    }),
  ),
  unlock: pinWork,
  'pin status': answerOf('pin.list'),
  'pin change': pinWork,
  'pin verify': pinWork,
  expiry: {
    ...answerOf('expiry.get'),
    other: {
      '--ics FILE': document(z.object({ file: z.string(), events: z.int() })),
      '--ics -': { kind: 'none', why: 'the calendar itself is written' },
    },
  },
  'expiry snooze': answerOf('expiry.snooze'),
  'expiry note': answerOf('expiry.cardEnds'),
  'expiry forget': answerOf('expiry.forget'),
  watch: lines(
    z.union([
      z.object({ event: z.literal('snapshot'), ...cardEventSnapshot.shape }),
      ...cardEvents,
      z.object({ event: z.literal('expiry-warning'), ...expiryWarning.shape }),
      z.object({ event: z.literal('dropped') }),
    ]),
  ),
  trace: lines(z.object({ line: z.string() })),
};
