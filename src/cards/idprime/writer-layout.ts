import { MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { CONTAINER_MAP_FID, CONTAINER_RECORD_LENGTH, keysByRule, parseContainerMap } from './container-map.js';
import { readFile } from './file-access.js';
import {
  certificateContainer,
  INDEX_FID,
  INDEX_RECORD_LENGTH,
  indexLength,
  parseIndex,
  type IndexRecord,
} from './index-file.js';
import { KEY_MAP_FID, KEY_RECORD_LENGTH, parseKeyMap, type KeyRecord } from './key-map.js';
import { keyReferenceOf, type KeyNaming } from './products.js';

/** More than the maps and the index of any card. */
const LIMIT = 8192;
/** The first reference that the 940 family gives out, as OpenSC assumes where it does not read the key map. */
const FIRST_MAPPED = 0x56;

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
function freeContainers({ containerMap, index }: CardLayout): number[] {
  const taken = new Set([
    ...parseContainerMap(containerMap.bytes).map(({ container }) => container),
    ...index.records.map(certificateContainer),
  ]);
  const room = Math.floor(containerMap.bytes.length / CONTAINER_RECORD_LENGTH);
  return Array.from({ length: room }, (_, container) => container).filter((container) => !taken.has(container));
}

/** A place for a key. */
export interface KeyPlace {
  readonly container: number;
  readonly reference: number;
  /** Offset of its record in the key map; undefined on a card without. */
  readonly mapAt: number | undefined;
}

/** Where the key of a container that is not in use goes; undefined where the key map is full. */
export function placeOf(layout: CardLayout, container: number): KeyPlace | undefined {
  if (layout.naming === 'map') return mappedPlace(layout, container);
  return { container, reference: keyReferenceOf(layout.naming, container), mapAt: undefined };
}

/** A record that names a free container is what a torn write left behind: its place and its key are used again. */
function mappedPlace({ keyMap, keys }: CardLayout, container: number): KeyPlace | undefined {
  const room = Math.floor(keyMap.length / KEY_RECORD_LENGTH);
  const records = Array.from({ length: room }, (_, record) => record * KEY_RECORD_LENGTH);
  const inUse = (at: number): boolean => keyMap[at] !== 0;
  const left = keys.find((key) => key.container === container);
  if (left !== undefined) {
    const mapAt = records.find((at) => inUse(at) && keyMap[at + 2] === container);
    return { container, reference: left.reference, mapAt };
  }
  const own = container * KEY_RECORD_LENGTH;
  const mapAt = own < keyMap.length && !inUse(own) ? own : records.find((at) => !inUse(at));
  const taken = new Set(keys.map(({ reference }) => reference));
  let reference = FIRST_MAPPED + container;
  while (taken.has(reference)) reference += 1;
  return mapAt === undefined || reference > 0xff ? undefined : { container, reference, mapAt };
}

/** In each free container, where its key goes; none where the key map is full. */
export function freePlaces(layout: CardLayout): KeyPlace[] {
  return freeContainers(layout).flatMap((container) => placeOf(layout, container) ?? []);
}

/** Whether a certificate of the index belongs to a container. */
export function hasCertificate({ index }: CardLayout, container: number): boolean {
  return index.records.some((record) => certificateContainer(record) === container);
}

/** Records that the index can still take. */
export function freeIndexRecords({ index: { records, bytes } }: CardLayout): number {
  const room = Math.min(0xff, Math.floor((bytes.length - indexLength(0)) / INDEX_RECORD_LENGTH));
  return Math.max(0, room - records.length) + records.filter(isBlank).length;
}

/**
 * Where the index takes a new record: in place of one that was blanked, or after the last.
 *
 * @throws {MiddlewareError} ERR_CARD_FULL.
 */
export function freeIndexRecord(layout: CardLayout): number {
  const { records } = layout.index;
  const blank = records.findIndex(isBlank);
  if (blank !== -1) return blank;
  if (freeIndexRecords(layout) > 0) return records.length;
  throw new MiddlewareError('ERR_CARD_FULL', 'Index is full', { fields: { file: 'index' } });
}

/** A removed file's record is blanked, since to close the gap would take two commands, with a false index in between. */
const isBlank = ({ fid, name }: IndexRecord): boolean => fid === 0 && name === '';
