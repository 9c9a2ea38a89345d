import { systemClock, type Clock } from '../../core/ports.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardApplication, CardFamily } from '../card-application.js';
import { recognizeIsoApplet } from './isoapplet.js';
import { recognizeMyEid } from './myeid.js';
import { selectPkcs15 } from './pkcs15-application.js';
import { recognizeUnknown } from './unknown-application.js';

/** MyEID cards, and their open relative OsEID, have their name at the end of the historical bytes. */
const nameInAtr = /(?:MyEID|OsEID)[^]?$/;

/**
 * Cards with a PKCS#15 (ISO/IEC 7816-15) file tree: those that speak IsoApplet's commands, those that speak MyEID's,
 * and, for their certificates alone, any other. `clock` dates what is written.
 *
 * A stranger costs two commands, an IsoApplet four, a MyEID card three, or four when its answer to reset does not tell.
 */
export function createPkcs15Family(clock: Clock = systemClock): CardFamily {
  return {
    name: 'pkcs15',
    hints: hintsAtMyEid,
    async recognize(exchange, atr) {
      const isoApplet = (): Promise<CardApplication | undefined> => recognizeIsoApplet(exchange, clock);
      const other = (): Promise<CardApplication | undefined> => recognizeByApplication(exchange);
      return hintsAtMyEid(atr) ? ((await other()) ?? (await isoApplet())) : ((await isoApplet()) ?? (await other()));
    },
  };
}

/** One more byte may follow: the check character TCK (ISO/IEC 7816-3:2006 §8.2.5). */
function hintsAtMyEid(atr: Uint8Array): boolean {
  return nameInAtr.test(Buffer.from(atr).toString('latin1'));
}

async function recognizeByApplication(exchange: ApduExchange): Promise<CardApplication | undefined> {
  if (!(await selectPkcs15(exchange))) return undefined;
  return (await recognizeMyEid(exchange)) ?? (await recognizeUnknown(exchange));
}
