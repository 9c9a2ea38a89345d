import { MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { CONTAINER_MAP_FID, CONTAINER_RECORD_LENGTH, keysByRule, parseContainerMap } from './container-map.js';
import { readFile } from './file-access.js';
import { certificateContainer, INDEX_FID, indexLength, parseIndex, type IndexRecord } from './index-file.js';
import { KEY_MAP_FID, parseKeyMap, type KeyRecord } from './key-map.js';
import type { KeyNaming } from './products.js';

/** More than the maps and the index of any card. */
const LIMIT = 8192;

/** The maps of a card as they are before we write: all their bytes, since their length says what they have room for. */
export interface CardLayout {
  readonly naming: KeyNaming;
  readonly index: { readonly bytes: Uint8Array; readonly records: readonly IndexRecord[] };
  readonly containerMap: { readonly fid: number; readonly bytes: Uint8Array };
  /** Empty on a card without. */
  readonly keyMap: Uint8Array;
  readonly keys: readonly KeyRecord[];
}

/** Reads index, container map and, where the card has one, key map. Errors by status word; ERR_CARD_RESPONSE. */
export async function readLayout(exchange: ApduExchange, naming: KeyNaming): Promise<CardLayout> {
  const index = await readFile(exchange, INDEX_FID, LIMIT);
  if (index === undefined) throw missing('index');
  const records = parseIndex(index);
  const fid = records.find(({ name }) => name === 'cmapfile')?.fid ?? CONTAINER_MAP_FID;
  const containers = await readFile(exchange, fid, LIMIT);
  if (containers === undefined) throw missing('cmapfile');
  const keyMap = naming === 'map' ? await readFile(exchange, KEY_MAP_FID, LIMIT) : new Uint8Array();
  if (keyMap === undefined) throw missing('key map');
  return {
    naming,
    index: { bytes: index, records },
    containerMap: { fid, bytes: containers },
    keyMap,
    keys: naming === 'map' ? parseKeyMap(keyMap) : keysByRule(naming, containers),
  };
}

function missing(file: string): MiddlewareError {
  return new MiddlewareError('ERR_CARD_FILE_NOT_FOUND', 'Card lacks a file', { fields: { file } });
}

/** Containers that no map and no certificate claims, lowest first. */
export function freeContainers({ containerMap, index }: CardLayout): number[] {
  const taken = new Set([
    ...parseContainerMap(containerMap.bytes).map(({ container }) => container),
    ...index.records.map(certificateContainer),
  ]);
  const room = Math.floor(containerMap.bytes.length / CONTAINER_RECORD_LENGTH);
  return Array.from({ length: room }, (_, container) => container).filter((container) => !taken.has(container));
}

/**
 * Where the index takes a new record: in place of one that was blanked, or after the last.
 *
 * @throws {MiddlewareError} ERR_CARD_FULL.
 */
export function freeIndexRecord({ index }: CardLayout): number {
  const { records, bytes } = index;
  const blank = records.findIndex(isBlank);
  if (blank !== -1) return blank;
  if (records.length < 0xff && indexLength(records.length + 1) <= bytes.length) return records.length;
  throw new MiddlewareError('ERR_CARD_FULL', 'Index is full', { fields: { file: 'index' } });
}

/** A removed file's record is blanked, since to close the gap would take two commands, with a false index in between. */
const isBlank = ({ fid, name }: IndexRecord): boolean => fid === 0 && name === '';
