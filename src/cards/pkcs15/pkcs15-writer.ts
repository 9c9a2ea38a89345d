import { equalBytes } from '../../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { CardWriter, KeyWithId } from '../card-application.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { SW_CONDITIONS } from '../status-words.js';
import { parseCertificateEntry } from './certificate-entries.js';
import { entriesOf, readTree } from './file-tree.js';
import { generateKeyPair } from './generate-key-pair.js';
import { parseKeyEntry } from './key-entries.js';
import { removeCertificate, removeKey } from './remove-certificate.js';
import { storeCertificate } from './store-certificate.js';
import type { WriterCommands } from './writer-commands.js';

/** Writes keys and certificates so that OpenSC finds, uses and changes them as its own. */
export function createPkcs15Writer(commands: WriterCommands): CardWriter {
  return {
    pin: commands.pin,
    keySpecs: commands.keySpecs,
    async room(exchange) {
      const keys = entriesOf(await readTree(exchange), 'privateKeys', parseKeyEntry);
      // No command tells what is free for files.
      return { keys: commands.freePlaces(keys), bytes: undefined };
    },
    generateKeyPair: (exchange, request) => writing(() => generateKeyPair(exchange, commands, request)),
    findKey: (exchange, keyId) => findKey(exchange, commands, keyId),
    removeKey: (exchange, keyId) => writing(() => removeKey(exchange, commands, keyId)),
    storeCertificate: (exchange, certificate) => writing(() => storeCertificate(exchange, commands, certificate)),
    removeCertificate: (exchange, certificate) => writing(() => removeCertificate(exchange, commands, certificate)),
  };
}

/** The id of key and certificate is the key's id. A key that only the PuKDF names was not made to its end. */
async function findKey(
  exchange: ApduExchange,
  commands: WriterCommands,
  keyId: Uint8Array,
): Promise<KeyWithId | undefined> {
  const tree = await readTree(exchange);
  const bears = ({ id }: { readonly id: Uint8Array }): boolean => equalBytes(id, keyId);
  const key = entriesOf(tree, 'privateKeys', parseKeyEntry).find(bears);
  const reference = key === undefined ? undefined : commands.keyReference(key);
  if (reference === undefined) return undefined;
  return { reference, hasCertificate: entriesOf(tree, 'certificates', parseCertificateEntry).some(bears) };
}

/** After the PIN was verified, security status and conditions of use can only mean a card for reading. */
async function writing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isMiddlewareError(cause, 'ERR_CARD_SECURITY_STATUS', 'ERR_CARD_STATUS')) throw cause;
    const { code, fields } = cause;
    if (code === 'ERR_CARD_STATUS' && fields['statusWord'] !== SW_CONDITIONS.toString(16)) throw cause;
    throw new MiddlewareError('ERR_CARD_READ_ONLY', 'Card does not let anybody write', { fields, cause });
  }
}
