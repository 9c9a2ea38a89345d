import { equalBytes } from '../../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { MAX_CERTIFICATE_FILE, parseCertificateFile } from './certificate-file.js';
import type { OldCertificate } from '../card-application.js';
import { CONTAINER_RECORD_LENGTH, findContainer, freedContainer, parseContainerMap } from './container-map.js';
import { readFile } from './file-access.js';
import { certificateContainer, INDEX_FID, INDEX_RECORD_LENGTH, indexLength, type IndexRecord } from './index-file.js';
import { KEY_MAP_FID, KEY_RECORD_LENGTH } from './key-map.js';
import type { IdPrimeProduct } from './products.js';
import { deleteFile, deleteKey, ifPossible, overwrite, sweepFiles } from './writer-files.js';
import { announceChange } from './writer-freshness.js';
import { hasCertificate, placeOf, readLayout, type CardLayout } from './writer-layout.js';

/**
 * Removes a certificate and, unless it shall stay or the container holds another, its key and container: freshness,
 * container map, key map, key, and then the index and the file. While the index names the certificate, what a torn
 * removal has left can be asked for again; after that only its file is left, which is deleted when the certificate is
 * asked for that is gone.
 *
 * @throws {MiddlewareError} ERR_TOKEN_KEY_NOT_FOUND, ERR_CARD_READ_ONLY; by status word.
 */
export async function removeCertificate(
  exchange: ApduExchange,
  { keys }: IdPrimeProduct,
  { der, keepKey }: Pick<OldCertificate, 'der' | 'keepKey'>,
): Promise<void> {
  const layout = await readLayout(exchange, keys);
  const record = await findRecord(exchange, layout, der);
  if (record === undefined) {
    await sweepFiles(exchange, fidsOf(layout));
    throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Card has no such certificate');
  }
  const container = certificateContainer(record);
  const isShared = layout.index.records.some((one) => one !== record && certificateContainer(one) === container);
  await announceChange(exchange);
  if (!keepKey && !isShared && container !== undefined) await freeContainer(exchange, layout, container);
  await removeRecord(exchange, layout, record);
  await ifPossible(() => deleteFile(exchange, record.fid));
}

/**
 * Removes the key of the container that bears its id, unless the container has a certificate; also what a torn
 * generation has left. Errors by status word; ERR_CARD_READ_ONLY.
 */
export async function removeKey(exchange: ApduExchange, { keys }: IdPrimeProduct, keyId: Uint8Array): Promise<void> {
  const layout = await readLayout(exchange, keys);
  const { bytes } = layout.containerMap;
  const container = findContainer(bytes, keyId);
  if (container !== undefined && !hasCertificate(layout, container)) {
    if (isInUse(bytes, container)) await announceChange(exchange);
    await freeContainer(exchange, layout, container);
  }
  await sweepFiles(exchange, fidsOf(layout));
}

const fidsOf = ({ index }: CardLayout): number[] => index.records.map(({ fid }) => fid);

const isInUse = (map: Uint8Array, container: number): boolean =>
  parseContainerMap(map).some((one) => one.container === container);

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

/** A key that no map names any more has the reference that a new one would get. */
async function freeContainer(exchange: ApduExchange, layout: CardLayout, container: number): Promise<void> {
  const { containerMap, keyMap, keys } = layout;
  const named = keys.filter((one) => one.container === container);
  if (isInUse(containerMap.bytes, container)) {
    const at = container * CONTAINER_RECORD_LENGTH + freedContainer.offset;
    await overwrite(exchange, containerMap.fid, at, freedContainer.bytes);
  }
  for (let at = 0; at + KEY_RECORD_LENGTH <= keyMap.length; at += KEY_RECORD_LENGTH) {
    if (keyMap[at] === 0 || keyMap[at + 2] !== container) continue;
    await overwrite(exchange, KEY_MAP_FID, at, new Uint8Array(KEY_RECORD_LENGTH));
  }
  const place = named.length > 0 ? undefined : placeOf(layout, container);
  for (const { reference } of place === undefined ? named : [place]) {
    await ifPossible(() => deleteKey(exchange, reference));
  }
}
