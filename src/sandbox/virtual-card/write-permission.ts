import type { CardContext } from './card-context.js';
import type { WriteProfile } from './card-state.js';
import { status, sw, type Reply } from './status-words.js';

const WRITE_PIN = 0x11;

const refusals: Readonly<Record<WriteProfile, number | undefined>> = {
  open: undefined,
  never: sw.securityStatus,
  'conditions-not-met': sw.conditions,
};

/** Why this card, as it is now, lets nothing be written; undefined when it does. */
export function writeRefusal(card: CardContext): Reply | undefined {
  if (!card.volatile.verified.has(WRITE_PIN)) return status(sw.securityStatus);
  const refused = refusals[card.state.writing];
  return refused === undefined ? undefined : status(refused);
}
