import { equalBytes } from '../../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { MAX_CERTIFICATE_FILE, parseCertificateFile } from './certificate-file.js';
import { CONTAINER_RECORD_LENGTH, freedContainer, parseContainerMap } from './container-map.js';
import { readFile } from './file-access.js';
import { certificateContainer, INDEX_FID, INDEX_RECORD_LENGTH, indexLength, type IndexRecord } from './index-file.js';
import { KEY_MAP_FID, KEY_RECORD_LENGTH } from './key-map.js';
import type { IdPrimeProduct } from './products.js';
import { deleteFile, deleteKey, ifPossible, overwrite } from './writer-files.js';
import { announceChange } from './writer-freshness.js';
import { readLayout, type CardLayout } from './writer-layout.js';

/**
 * Removes a certificate and, unless the container holds another, its key and container: freshness, index, container
 * map, key map, and at last what nothing names any more. Asked again for a certificate that is gone, it frees the
 * container that a torn removal left without one.
 *
 * @throws {MiddlewareError} ERR_TOKEN_KEY_NOT_FOUND, ERR_CARD_READ_ONLY; by status word.
 */
export async function removeCertificate(
  exchange: ApduExchange,
  { keys }: IdPrimeProduct,
  { keyReference, der }: { readonly keyReference: number | undefined; readonly der: Uint8Array },
): Promise<void> {
  const layout = await readLayout(exchange, keys);
  const record = await findRecord(exchange, layout, der);
  const key = layout.keys.find(({ reference }) => reference === keyReference);
  const container = record === undefined ? key?.container : certificateContainer(record);
  const others = layout.index.records.filter((one) => one !== record && certificateContainer(one) === container);
  if (container === undefined || (record === undefined && others.length > 0)) {
    throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Card has no such certificate');
  }
  await announceChange(exchange);
  if (record !== undefined) await removeRecord(exchange, layout, record);
  if (others.length === 0) await freeContainer(exchange, layout, container);
  if (record !== undefined) await ifPossible(() => deleteFile(exchange, record.fid));
}

async function findRecord(
  exchange: ApduExchange,
  { index }: CardLayout,
  der: Uint8Array,
): Promise<IndexRecord | undefined> {
  for (const record of index.records) {
    if (certificateContainer(record) === undefined || record.size === 0) continue;
    const bytes = await readFile(exchange, record.fid, Math.min(record.size, MAX_CERTIFICATE_FILE));
    if (bytes !== undefined && holds(bytes, der)) return record;
  }
  return undefined;
}

function holds(file: Uint8Array, der: Uint8Array): boolean {
  try {
    return equalBytes(parseCertificateFile(file), der);
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_CARD_RESPONSE')) throw error;
    return false;
  }
}

/** The last record is counted out, any other blanked: one command either way. */
async function removeRecord(exchange: ApduExchange, { index }: CardLayout, record: IndexRecord): Promise<void> {
  const number = index.records.indexOf(record);
  const last = index.records.length - 1;
  if (number === last) await overwrite(exchange, INDEX_FID, 0, Uint8Array.of(last));
  else await overwrite(exchange, INDEX_FID, indexLength(number), new Uint8Array(INDEX_RECORD_LENGTH));
}

async function freeContainer(exchange: ApduExchange, layout: CardLayout, container: number): Promise<void> {
  const { containerMap, keyMap, keys } = layout;
  if (parseContainerMap(containerMap.bytes).some((one) => one.container === container)) {
    const at = container * CONTAINER_RECORD_LENGTH + freedContainer.offset;
    await overwrite(exchange, containerMap.fid, at, freedContainer.bytes);
  }
  for (let at = 0; at + KEY_RECORD_LENGTH <= keyMap.length; at += KEY_RECORD_LENGTH) {
    if (keyMap[at] === 0 || keyMap[at + 2] !== container) continue;
    await overwrite(exchange, KEY_MAP_FID, at, new Uint8Array(KEY_RECORD_LENGTH));
  }
  for (const { reference } of keys.filter((one) => one.container === container)) {
    await ifPossible(() => deleteKey(exchange, reference));
  }
}
