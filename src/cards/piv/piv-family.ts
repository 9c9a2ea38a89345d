import { fromHex } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardApplication, CardFamily } from '../card-application.js';
import { readAtrHint, type PivHint } from './atr-hint.js';
import { readSerial } from './card-identity.js';
import { readContents, readFreshness } from './contents.js';
import { createPivWriter } from './piv-writer.js';
import { decipher, sign } from './private-key.js';

/** The PIV application without its version, which every card must accept (SP 800-73-4 part 1 §2.2, part 2 §3.1.1). */
const APPLICATION_ID = fromHex('a00000030800001000');
/** Tag of the application property template that answers SELECT. */
const PROPERTY_TEMPLATE = 0x61;

/** PIV cards (NIST SP 800-73-4) and YubiKeys. */
export function createPivFamily(): CardFamily {
  return {
    name: 'piv',
    hints: (atr) => readAtrHint(atr).isPiv,
    async recognize(exchange, atr) {
      const hint = readAtrHint(atr);
      if (!(await select(exchange, hint))) return undefined;
      const serial = await readSerial(exchange, { atr, isYubiKey: hint.isYubiKey });
      return serial === undefined ? undefined : describe(serial, hint);
    },
  };
}

function describe(serial: string, hint: PivHint): CardApplication {
  return {
    product: hint.isYubiKey ? 'YubiKey' : 'PIV card',
    serial,
    algorithms: { rsa: ['RS256', 'PS256'], 'ec-p256': ['ES256'], 'ec-p384': ['ES384'] },
    decipherAlgorithms: ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256'],
    writer: createPivWriter(hint),
    async select(exchange) {
      if (await select(exchange, hint)) return;
      throw new MiddlewareError('ERR_CARD_UNKNOWN', 'Card refuses its own application');
    },
    readFreshness,
    freshnessIsComplete: false,
    readContents: (exchange) => readContents(exchange, hint),
    // SP 800-73-4 part 2 §3.2.1: VERIFY with P1 = FF. Cards from before it refuse.
    async dropPin(exchange, { reference }) {
      return (await exchange.send({ cla: 0x00, ins: 0x20, p1: 0xff, p2: reference })).statusWord === SW_OK;
    },
    sign,
    decipher,
  };
}

/** One command. The answer tells nothing of use: with T=0 it is not even fetched. */
async function select(exchange: ApduExchange, { extendedLength }: PivHint): Promise<boolean> {
  if (extendedLength) exchange.useExtendedLength();
  const command = { cla: 0x00, ins: 0xa4, p1: 0x04, p2: 0x00, data: APPLICATION_ID, le: 256 };
  const { data, statusWord } = await exchange.send(command, { discardData: true });
  return statusWord === SW_OK && (data.length === 0 || data[0] === PROPERTY_TEMPLATE);
}
