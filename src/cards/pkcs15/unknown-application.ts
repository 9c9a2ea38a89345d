import { MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardApplication } from '../card-application.js';
import type { CommandSet } from './command-set.js';
import { readContents } from './contents.js';
import { concernsOneFile } from './file-access.js';
import { selectPkcs15 } from './pkcs15-application.js';
import { createTokenDescriptionReader } from './token-description.js';

/** No PIN of a card whose commands we do not know is ever asked for or sent, and so its keys are none to us. */
const commandSet: CommandSet = { pin: () => undefined, keyReference: () => undefined };

/**
 * A card whose PKCS#15 application is selected and speaks no command set that we know: its certificates can be shown
 * if its tree lies where others have it. Two commands.
 *
 * @returns undefined when even EF.TokenInfo cannot be read: such a card may be of a family that is asked after this one.
 */
export async function recognizeUnknown(exchange: ApduExchange): Promise<CardApplication | undefined> {
  const tokenInfo = createTokenDescriptionReader();
  let serial: string;
  try {
    ({ serial } = await tokenInfo.read(exchange));
  } catch (error) {
    if (!concernsOneFile(error)) throw error;
    return undefined;
  }
  return {
    product: 'PKCS#15',
    serial: serial === '' ? 'pkcs15' : serial,
    algorithms: { rsa: [], 'ec-p256': [], 'ec-p384': [] },
    decipherAlgorithms: [],
    async select(selecting) {
      if (!(await selectPkcs15(selecting)))
        throw new MiddlewareError('ERR_CARD_UNKNOWN', 'Card refuses its application');
    },
    readFreshness: async (reading) => (await tokenInfo.read(reading)).lastUpdate,
    freshnessIsComplete: false,
    readContents: async (reading) => readContents(reading, commandSet, (await tokenInfo.read(reading)).label),
    dropPin: () => Promise.resolve(false),
    sign: unsupported,
    decipher: unsupported,
  };
}

const unsupported = (): Promise<never> =>
  Promise.reject(new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'Commands of this card are not known'));
