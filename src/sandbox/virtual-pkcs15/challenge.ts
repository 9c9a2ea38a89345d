import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import type { Pkcs15Context } from './pkcs15-context.js';

/** GET CHALLENGE (ISO/IEC 7816-4:2020 §11.6.3): as many random bytes as were asked for. */
export function getChallenge(card: Pkcs15Context, { p1, p2, data, ne }: ParsedCommand): Reply {
  if (p1 !== 0 || p2 !== 0) return status(sw.badP1P2);
  if (data.length > 0 || ne === undefined) return status(sw.wrongLength);
  return answer(card.random(ne));
}
