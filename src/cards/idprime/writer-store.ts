import { MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { NewCertificate } from '../card-application.js';
import { encodeCertificateFile } from './certificate-file.js';
import { parseContainerMap } from './container-map.js';
import {
  certificateContainer,
  encodeFileReference,
  encodeIndexRecord,
  INDEX_FID,
  indexLength,
  type IndexRecord,
} from './index-file.js';
import type { IdPrimeProduct } from './products.js';
import { deleteFile, ifPossible, overwrite, undoing, writeNewFile } from './writer-files.js';
import { announceChange } from './writer-freshness.js';
import { freeIndexRecord, readLayout, type CardLayout } from './writer-layout.js';

/**
 * Stores a certificate: a new file, freshness, index; then away with the file of the one before. What the index has
 * named it names until one command, no longer than a record, changes that.
 *
 * @throws {MiddlewareError} ERR_TOKEN_KEY_NOT_FOUND, ERR_CARD_FULL, ERR_CARD_READ_ONLY; by status word.
 */
export async function storeCertificate(
  exchange: ApduExchange,
  { keys }: IdPrimeProduct,
  { keyReference, der }: NewCertificate,
): Promise<void> {
  const layout = await readLayout(exchange, keys);
  const { records } = layout.index;
  const container = containerOf(layout, keyReference);
  const name = certificateName(layout, container);
  const inContainer = records.filter((record) => certificateContainer(record) === container);
  const before = inContainer.find((record) => record.name === name) ?? inContainer[0];
  const record = before === undefined ? freeIndexRecord(layout) : records.indexOf(before);
  const contents = encodeCertificateFile(der);
  const taken = records.map(({ fid }) => fid);
  const fid = await writeNewFile(exchange, taken, contents);
  await undoing(async (onFailure) => {
    onFailure(() => deleteFile(exchange, fid));
    await announceChange(exchange);
    const file = { fid, size: contents.length };
    if (before === undefined) {
      await addRecord(exchange, layout, record, { ...file, name, directory: 'mscp' }, onFailure);
    } else {
      onFailure(() => overwrite(exchange, INDEX_FID, indexLength(record), encodeFileReference(before)));
      await overwrite(exchange, INDEX_FID, indexLength(record), encodeFileReference(file));
    }
  });
  if (before !== undefined) await ifPossible(() => deleteFile(exchange, before.fid));
}

/** Past the last record nobody looks until the count, a command of its own, includes it. */
async function addRecord(
  exchange: ApduExchange,
  { index }: CardLayout,
  record: number,
  file: IndexRecord,
  onFailure: (step: () => Promise<void>) => void,
): Promise<void> {
  const bytes = encodeIndexRecord(file);
  const at = indexLength(record);
  const before = index.bytes.slice(at, at + bytes.length);
  onFailure(() => overwrite(exchange, INDEX_FID, at, before));
  await overwrite(exchange, INDEX_FID, at, bytes);
  const count = index.records.length;
  if (record < count) return;
  onFailure(() => overwrite(exchange, INDEX_FID, 0, Uint8Array.of(count)));
  await overwrite(exchange, INDEX_FID, 0, Uint8Array.of(count + 1));
}

function containerOf({ keys }: CardLayout, reference: number): number {
  const key = keys.find((one) => one.reference === reference);
  if (key !== undefined) return key.container;
  throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Card has no such key');
}

/** `kxc` for a key that deciphers, `ksc` for one that only signs, and two digits. */
function certificateName({ containerMap }: CardLayout, container: number): string {
  const sizes = parseContainerMap(containerMap.bytes).find((one) => one.container === container);
  const kind = sizes?.keyExchangeBits === 0 && sizes.signatureBits > 0 ? 'ksc' : 'kxc';
  return `${kind}${String(container).padStart(2, '0')}`;
}
