import { MiddlewareError } from '../../core/errors.js';
import type { Clock } from '../../core/ports.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardApplication } from '../card-application.js';
import type { CommandSet } from './command-set.js';
import { readContents } from './contents.js';
import { askApi, describeAbilities, selectApplet, type AppletAbilities } from './isoapplet-applet.js';
import { decipher, sign } from './isoapplet-keys.js';
import { createIsoAppletWriter } from './isoapplet-writer.js';
import { cardPin } from './pin-layout.js';
import { createTokenDescriptionReader, type TokenDescriptionReader } from './token-description.js';

/** P2 of VERIFY: the applet knows one PIN. */
const PIN = 0x01;
/** P2 by which the PUK was set; its retry counter cannot be read. */
const PUK = 0x02;
const PIN_BLOCK = { length: 16, pad: 0x00 } as const;
/** The PUK is as long as its block: the applet does not pad it. */
const PUK_FORMAT = { minLength: PIN_BLOCK.length, maxLength: PIN_BLOCK.length, characters: 'printable' } as const;
/** Keys lie outside the files and are numbered. */
const KEYS = 16;

const commandSet: CommandSet = {
  pin: (entry, role) =>
    entry.reference === PIN
      ? cardPin(entry, role, PIN_BLOCK, { reference: PUK, format: PUK_FORMAT, readable: false })
      : undefined,
  keyReference: ({ reference }) => (reference !== undefined && reference < KEYS ? reference : undefined),
};

/**
 * Recognizes an IsoApplet and reads who the card is. One command on a stranger, else four, after which freshness costs
 * none in the same exchange.
 *
 * @throws {MiddlewareError} when the applet is there and its EF.TokenInfo is not.
 */
export async function recognizeIsoApplet(exchange: ApduExchange, clock: Clock): Promise<CardApplication | undefined> {
  const selected = await selectApplet(exchange);
  if (selected === undefined) return undefined;
  const abilities = describeAbilities((await askApi(exchange)) ?? selected);
  if (abilities.extendedLength) exchange.useExtendedLength();
  const tokenInfo = createTokenDescriptionReader();
  const { serial, lastUpdate } = await tokenInfo.read(exchange);
  return createApplication(identity(serial, lastUpdate), abilities, tokenInfo, clock);
}

/**
 * pkcs15-init gives a card no serial number unless it is told one. Two such cards must not be taken for one: their time
 * of personalization tells them apart, at the price that such a card is a new one to us after every change.
 */
function identity(serial: string, lastUpdate: string | undefined): string {
  if (!/^0*$/.test(serial)) return serial;
  return lastUpdate === undefined ? 'pkcs15' : `pkcs15-${lastUpdate}`;
}

function createApplication(
  serial: string,
  abilities: AppletAbilities,
  tokenInfo: TokenDescriptionReader,
  clock: Clock,
): CardApplication {
  const ecdsa = abilities.signsHashes && abilities.ecc;
  return {
    product: 'PKCS#15 (IsoApplet)',
    serial,
    algorithms: {
      rsa: abilities.signsHashes && abilities.pss ? ['RS256', 'PS256'] : ['RS256'],
      'ec-p256': ecdsa ? ['ES256'] : [],
      'ec-p384': ecdsa ? ['ES384'] : [],
    },
    decipherAlgorithms: ['RSA1_5'],
    writer: createIsoAppletWriter({
      abilities,
      pin: PIN,
      keys: KEYS,
      keyReference: (entry) => commandSet.keyReference(entry),
      tokenInfo,
      clock,
    }),
    async select(exchange) {
      if ((await selectApplet(exchange)) === undefined) {
        throw new MiddlewareError('ERR_CARD_UNKNOWN', 'Card refuses its own applet');
      }
      if (abilities.extendedLength) exchange.useExtendedLength();
    },
    readFreshness: async (exchange) => (await tokenInfo.read(exchange)).lastUpdate,
    // lastUpdate counts seconds, and only programs that keep to the standard keep it.
    freshnessIsComplete: false,
    readContents: async (exchange) => readContents(exchange, commandSet, (await tokenInfo.read(exchange)).label),
    dropPin: async (exchange) => (await selectApplet(exchange)) !== undefined,
    sign,
    decipher,
  };
}
