import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardApplication } from '../card-application.js';
import type { CommandSet } from './command-set.js';
import { readContents } from './contents.js';
import { fidOf } from './file-path.js';
import { decipher, sign } from './myeid-keys.js';
import { createMyEidWriter } from './myeid-writer.js';
import { cardPin } from './pin-layout.js';
import { selectPkcs15 } from './pkcs15-application.js';
import { readAbilities, readInfo, type MyEidAbilities, type MyEidInfo } from './myeid-info.js';
import { createTokenDescriptionReader } from './token-description.js';

const PIN_BLOCK = { length: 8, pad: 0xff } as const;
const PUK_FORMAT = { minLength: 4, maxLength: PIN_BLOCK.length, characters: 'printable' } as const;
/** PINs are numbered 1 to 14; 15 stands for `never` in access rules. */
const MAX_PIN = 14;

const commandSet: CommandSet = {
  pin: (entry, role) =>
    entry.reference >= 1 && entry.reference <= MAX_PIN
      ? // The PUK has no reference of its own on these cards; this one only names its counter in the record.
        cardPin(entry, role, PIN_BLOCK, { reference: 0x100 | entry.reference, format: PUK_FORMAT, readable: false })
      : undefined,
  keyReference: ({ file }) => (file === undefined ? undefined : fidOf(file)),
};

/**
 * Recognizes the MyEID command set on a card whose PKCS#15 application is selected, and reads who the card is. One
 * command on a stranger, else two, after which freshness costs none in the same exchange.
 */
export async function recognizeMyEid(exchange: ApduExchange): Promise<CardApplication | undefined> {
  const info = await readInfo(exchange);
  if (info === undefined) return undefined;
  return createApplication(exchange, info, await readAbilities(exchange, info));
}

function createApplication(recognizedIn: ApduExchange, info: MyEidInfo, abilities: MyEidAbilities): CardApplication {
  const counters = new WeakMap<ApduExchange, number>([[recognizedIn, info.changeCounter]]);
  const tokenInfo = createTokenDescriptionReader();
  return {
    product: `MyEID ${info.version.join('.')}`,
    serial: info.serial,
    algorithms: {
      rsa: abilities.chaining ? ['RS256', 'PS256'] : ['RS256'],
      'ec-p256': abilities.maxEcBits >= 256 ? ['ES256'] : [],
      'ec-p384': abilities.maxEcBits >= 384 ? ['ES384'] : [],
    },
    decipherAlgorithms: ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256'],
    writer: createMyEidWriter(abilities, (entry) => commandSet.keyReference(entry)),
    async select(exchange) {
      if (!(await selectPkcs15(exchange))) {
        throw new MiddlewareError('ERR_CARD_UNKNOWN', 'Card refuses its own application');
      }
    },
    async readFreshness(exchange) {
      const told = counters.get(exchange);
      counters.delete(exchange);
      const counter = told ?? (await readInfo(exchange))?.changeCounter;
      return counter?.toString(16).padStart(4, '0');
    },
    freshnessIsComplete: true,
    readContents: async (exchange) => readContents(exchange, commandSet, await label(exchange)),
    dropPin: async (exchange) =>
      (await exchange.send({ cla: 0x00, ins: 0x2e, p1: 0x00, p2: 0x00 })).statusWord === SW_OK,
    sign,
    decipher: (exchange, cryptogram) => decipher(exchange, cryptogram, abilities.chaining),
  };

  /** A card without a name is a card all the same. */
  async function label(exchange: ApduExchange): Promise<string | undefined> {
    try {
      return (await tokenInfo.read(exchange)).label;
    } catch (error) {
      if (!isMiddlewareError(error, 'ERR_CARD_FILE_NOT_FOUND', 'ERR_CARD_RESPONSE')) throw error;
      return undefined;
    }
  }
}
