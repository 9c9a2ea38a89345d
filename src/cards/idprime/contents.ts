import { concatBytes, toHex } from '../../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { PinFormat } from '../../model/pin.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardCertificate, CardContents, CardKey, CardPin } from '../card-application.js';
import { MAX_CERTIFICATE_FILE, parseCertificateFile } from './certificate-file.js';
import { CONTAINER_MAP_FID, CONTAINER_RECORD_LENGTH, keysByRule } from './container-map.js';
import { readBinary, readFile } from './file-access.js';
import { FRESHNESS_FID, FRESHNESS_LENGTH, parseFreshness } from './freshness.js';
import { certificateContainer, INDEX_FID, indexLength, parseIndex, type IndexRecord } from './index-file.js';
import { KEY_MAP_FID, KEY_RECORD_LENGTH, parseKeyMap, SIGNATURE_PIN, USER_PIN, type KeyRecord } from './key-map.js';
import type { IdPrimeProduct, KeyNaming } from './products.js';

const SERIAL_FID = 0x0201;
const SERIAL_LENGTH = 16;
/** Bytes of the key map that are read at once: as many keys as most of these cards have room for. */
const KEY_MAP_START = 15 * KEY_RECORD_LENGTH;
const KEY_MAP_LIMIT = 1024;
const LABEL_LIMIT = 66;

/**
 * The freshness counters; undefined on a card without them, whose contents must then be read anew every time. Two
 * commands after the applet is selected.
 */
export async function readFreshness(exchange: ApduExchange): Promise<string | undefined> {
  const bytes = await readFile(exchange, FRESHNESS_FID, FRESHNESS_LENGTH);
  return bytes === undefined ? undefined : parseFreshness(bytes);
}

/**
 * The card's serial number, lower-case hex of its 16-byte GUID. Two commands.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on fewer bytes; ERR_CARD_FILE_NOT_FOUND without the file.
 */
export async function readSerial(exchange: ApduExchange): Promise<string> {
  const bytes = await readFile(exchange, SERIAL_FID, SERIAL_LENGTH);
  if (bytes === undefined) {
    throw new MiddlewareError('ERR_CARD_FILE_NOT_FOUND', 'Card has no serial number', { fields: { file: 'cardid' } });
  }
  if (bytes.length !== SERIAL_LENGTH) {
    throw new MiddlewareError('ERR_CARD_RESPONSE', 'Serial number is too short', { fields: { file: 'cardid' } });
  }
  return toHex(bytes);
}

/**
 * Reads index, keys, certificates and label. A certificate file that makes no sense is reported and left out; it
 * does not hide the others.
 *
 * @throws {MiddlewareError} by status word; ERR_CARD_RESPONSE on a malformed index.
 */
export async function readContents(
  exchange: ApduExchange,
  product: IdPrimeProduct,
  pinFormat: PinFormat,
): Promise<CardContents> {
  const index = await readIndex(exchange);
  const keys = await readKeys(exchange, product.keys, index);
  const certificates: CardCertificate[] = [];
  const unreadable: { name: string; error: MiddlewareError }[] = [];
  for (const record of index) {
    const container = certificateContainer(record);
    if (container === undefined || record.size === 0) continue;
    const bytes = await readFile(exchange, record.fid, Math.min(record.size, MAX_CERTIFICATE_FILE));
    try {
      const der = parseCertificateFile(bytes ?? new Uint8Array());
      certificates.push({ name: record.name, der, key: cardKey(record, keys) });
    } catch (error) {
      if (!isMiddlewareError(error)) throw error;
      unreadable.push({ name: record.name, error });
    }
  }
  const pins = [...new Set([USER_PIN, ...keys.map((key) => key.pin)])].map((reference) =>
    cardPin(reference, product, pinFormat),
  );
  return { certificates, unreadable, pins, label: await readLabel(exchange, index) };
}

/** `kxc` containers sign and decipher, `ksc` containers only sign. */
function cardKey(record: IndexRecord, keys: readonly KeyRecord[]): CardKey | undefined {
  const key = keys.find(({ container }) => container === certificateContainer(record));
  if (key === undefined) return undefined;
  return {
    reference: key.reference,
    pin: key.pin,
    canSign: true,
    canDecipher: record.name.startsWith('kxc'),
    // As OpenSC's card-idprime.c has it: keys under this PIN want it again for each use.
    pinEachTime: key.pin === SIGNATURE_PIN,
  };
}

function cardPin(reference: number, { pinBlock }: IdPrimeProduct, format: PinFormat): CardPin {
  return {
    reference,
    role: reference === SIGNATURE_PIN ? 'signature' : 'authentication',
    format,
    block: { length: pinBlock, pad: 0x00 },
    // The PUK has no reference of its own on these cards; this one only names its counter in the record.
    puk: { reference: 0x100 | reference, format, readable: false },
  };
}

async function readIndex(exchange: ApduExchange): Promise<IndexRecord[]> {
  const start = await readFile(exchange, INDEX_FID, 256);
  if (start === undefined) {
    throw new MiddlewareError('ERR_CARD_FILE_NOT_FOUND', 'Card has no index', { fields: { file: 'index' } });
  }
  const length = indexLength(start[0] ?? 0);
  const complete = start.length < 256 || length <= 256;
  return parseIndex(complete ? start : concatBytes(start, await readBinary(exchange, length, start.length)));
}

/** No more of the maps than the certificates call for. */
async function readKeys(
  exchange: ApduExchange,
  naming: KeyNaming,
  index: readonly IndexRecord[],
): Promise<readonly KeyRecord[]> {
  const containers = index.flatMap((record) => certificateContainer(record) ?? []);
  if (naming === 'map') return readKeyMap(exchange, containers);
  if (containers.length === 0) return [];
  const fid = index.find((record) => record.name === 'cmapfile')?.fid ?? CONTAINER_MAP_FID;
  const limit = (1 + Math.max(...containers)) * CONTAINER_RECORD_LENGTH;
  return keysByRule(naming, (await readFile(exchange, fid, limit)) ?? new Uint8Array());
}

/** Records are given out from the front, but one that is free again may lie before others. */
async function readKeyMap(exchange: ApduExchange, containers: readonly number[]): Promise<readonly KeyRecord[]> {
  const start = (await readFile(exchange, KEY_MAP_FID, KEY_MAP_START)) ?? new Uint8Array();
  const keys = parseKeyMap(start);
  const lastIsFree = start[KEY_MAP_START - KEY_RECORD_LENGTH] === 0;
  const isComplete = containers.every((container) => keys.some((key) => key.container === container));
  if (start.length < KEY_MAP_START || (lastIsFree && isComplete)) return keys;
  return parseKeyMap(concatBytes(start, await readBinary(exchange, KEY_MAP_LIMIT, KEY_MAP_START)));
}

/** tinfo: `01`, length, UTF-8 text that may end in NUL. */
async function readLabel(exchange: ApduExchange, index: readonly IndexRecord[]): Promise<string | undefined> {
  const record = index.find(({ name, directory }) => name === 'tinfo' && directory === 'p11');
  if (record === undefined || record.size < 3) return undefined;
  const bytes = await readFile(exchange, record.fid, Math.min(record.size, LABEL_LIMIT));
  if (bytes?.[0] !== 0x01) return undefined;
  const text = Buffer.from(bytes.subarray(2, 2 + (bytes[1] ?? 0))).toString('utf8');
  const label = text.split('\0', 1)[0]?.replaceAll(/\p{C}/gu, '').trim();
  return label === '' ? undefined : label;
}
