import { toHex } from '../../core/bytes.js';
import { systemClock, type Clock } from '../../core/ports.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardApplication, CardFamily } from '../card-application.js';
import { recognizeIsoApplet } from './isoapplet.js';
import { recognizeMyEid } from './myeid.js';
import { selectPkcs15 } from './pkcs15-application.js';
import { recognizeUnknown } from './unknown-application.js';

/** MyEID cards, and their open relative OsEID, have their name at the end of the historical bytes. */
const nameInAtr = /(?:MyEID|OsEID)[^]?$/;

/** Which of the two applications a card had; the answer to reset says nothing about IsoApplet. */
type ApplicationKind = 'isoapplet' | 'pkcs15';

/** Answers to reset that are remembered. */
const REMEMBERED = 64;

/**
 * Cards with a PKCS#15 (ISO/IEC 7816-15) file tree: those that speak IsoApplet's commands, those that speak MyEID's,
 * and, for their certificates alone, any other. `clock` dates what is written.
 *
 * A stranger costs two commands, an IsoApplet four, a MyEID card three, or four when its answer to reset does not tell.
 * Cards with an answer to reset that belonged to such a card before are asked first.
 */
export function createPkcs15Family(clock: Clock = systemClock): CardFamily {
  const seen = new Map<string, ApplicationKind>();
  const recognizers = {
    isoapplet: (exchange: ApduExchange) => recognizeIsoApplet(exchange, clock),
    pkcs15: recognizeByApplication,
  } as const;
  return {
    name: 'pkcs15',
    hints: (atr) => hintsAtMyEid(atr) || seen.has(toHex(atr)),
    async recognize(exchange, atr) {
      const first = seen.get(toHex(atr)) ?? (hintsAtMyEid(atr) ? 'pkcs15' : 'isoapplet');
      for (const kind of [first, first === 'pkcs15' ? 'isoapplet' : 'pkcs15'] as const) {
        const application = await recognizers[kind](exchange);
        if (application === undefined) continue;
        remember(seen, toHex(atr), kind);
        return application;
      }
      return undefined;
    },
  };
}

/** One more byte may follow: the check character TCK (ISO/IEC 7816-3:2006 §8.2.5). */
function hintsAtMyEid(atr: Uint8Array): boolean {
  return nameInAtr.test(Buffer.from(atr).toString('latin1'));
}

function remember(seen: Map<string, ApplicationKind>, atr: string, kind: ApplicationKind): void {
  seen.delete(atr);
  seen.set(atr, kind);
  const oldest = seen.keys().next();
  if (seen.size > REMEMBERED && oldest.done !== true) seen.delete(oldest.value);
}

async function recognizeByApplication(exchange: ApduExchange): Promise<CardApplication | undefined> {
  if (!(await selectPkcs15(exchange))) return undefined;
  return (await recognizeMyEid(exchange)) ?? (await recognizeUnknown(exchange));
}
