import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { SW_OK, type ResponseApdu } from '../../iso7816/response-apdu.js';
import type { GeneratedKey, KeySpec } from '../../model/key.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { generatedPublicKey } from '../public-key.js';
import { CONTAINER_RECORD_LENGTH, encodeContainerRecord } from './container-map.js';
import { encodeKeyRecord, KEY_MAP_FID, KEY_RECORD_LENGTH } from './key-map.js';
import { keyReferenceOf, type IdPrimeProduct } from './products.js';
import { deleteKey, ifPossible, overwrite, SW_EXISTS, undoing, writeError } from './writer-files.js';
import { announceChange } from './writer-freshness.js';
import { freeContainers, freeIndexRecord, readLayout, type CardLayout } from './writer-layout.js';

/** Algorithm identifiers: NIST SP 800-78-5 §6.2, table 8. */
const algorithms: Readonly<Partial<Record<KeySpec, number>>> = {
  'rsa-2048': 0x07,
  'rsa-3072': 0x05,
  'ec-p256': 0x11,
  'ec-p384': 0x14,
};
/** Function not supported: here, keys of a kind that this card does not make. */
const SW_UNSUPPORTED = 0x6a81;
/** The first reference that the 940 family gives out, as OpenSC assumes where it does not read the key map. */
const FIRST_MAPPED = 0x56;

/** A place for a key. */
interface Place {
  readonly container: number;
  readonly reference: number;
  /** Offset of its record in the key map; undefined on a card without. */
  readonly mapAt: number | undefined;
}

/**
 * Makes a key pair in a free container: key, freshness, key map, container map. Without a certificate nobody sees it.
 *
 * @throws {MiddlewareError} ERR_CARD_NO_CONTAINER, ERR_CARD_FULL, ERR_CARD_READ_ONLY, ERR_TOKEN_ALGORITHM_UNSUPPORTED;
 *   by status word.
 */
export async function generateKeyPair(
  exchange: ApduExchange,
  { keys, keySpecs }: IdPrimeProduct,
  { spec, slot }: { readonly spec: KeySpec; readonly slot?: number },
): Promise<GeneratedKey> {
  const algorithm = algorithms[spec];
  if (algorithm === undefined || !keySpecs.includes(spec)) throw unsupported(spec);
  const layout = await readLayout(exchange, keys);
  // A key that no certificate could be stored for is of no use.
  freeIndexRecord(layout);
  return await undoing(async (onFailure) => {
    const { place, answer } = await makeKey(exchange, placesFor(layout, slot), { spec, algorithm });
    onFailure(() => deleteKey(exchange, place.reference));
    const publicKey = generatedPublicKey(answer, spec);
    await announceChange(exchange);
    for (const { fid, at, before, bytes } of recordsOf(layout, place, spec)) {
      onFailure(() => overwrite(exchange, fid, at, before));
      await overwrite(exchange, fid, at, bytes);
    }
    return { reference: place.reference, publicKey };
  });
}

/** In each free container, where its key goes; none where the key map is full. */
function placesFor(layout: CardLayout, slot: number | undefined): Place[] {
  return freeContainers(layout)
    .filter((container) => slot === undefined || container === slot)
    .flatMap((container) => {
      const place = layout.naming === 'map' ? mappedPlace(layout, container) : undefined;
      if (layout.naming === 'map') return place === undefined ? [] : [place];
      return [{ container, reference: keyReferenceOf(layout.naming, container), mapAt: undefined }];
    });
}

/** A record that names a free container is what a torn write left behind: its place and its key are used again. */
function mappedPlace({ keyMap, keys }: CardLayout, container: number): Place | undefined {
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

async function makeKey(
  exchange: ApduExchange,
  places: readonly Place[],
  { spec, algorithm }: { readonly spec: KeySpec; readonly algorithm: number },
): Promise<{ readonly place: Place; readonly answer: Uint8Array }> {
  for (const place of places) {
    const { reference } = place;
    let answer = await generate(exchange, algorithm, reference);
    // A key in a container that nothing names is what a torn write left behind.
    if (answer.statusWord === SW_EXISTS && (await ifPossible(() => deleteKey(exchange, reference)))) {
      answer = await generate(exchange, algorithm, reference);
    }
    if (answer.statusWord === SW_OK) return { place, answer: answer.data };
    if (answer.statusWord === SW_UNSUPPORTED) throw unsupported(spec);
    if (answer.statusWord !== SW_EXISTS) throw writeError(answer.statusWord, 'GENERATE ASYMMETRIC KEY PAIR');
  }
  throw new MiddlewareError('ERR_CARD_NO_CONTAINER', 'No container is free');
}

/**
 * GENERATE ASYMMETRIC KEY PAIR (ISO/IEC 7816-8:2021 §5.4): template AC with 80 algorithm and 84 key reference; the
 * answer holds the public key.
 */
function generate(exchange: ApduExchange, algorithm: number, reference: number): Promise<ResponseApdu> {
  const template = concatBytes(encodeTlv(0x80, Uint8Array.of(algorithm)), encodeTlv(0x84, Uint8Array.of(reference)));
  return exchange.send({ cla: 0x00, ins: 0x47, p1: 0x00, p2: 0x00, data: encodeTlv(0xac, template), le: 65_536 });
}

interface RecordWrite {
  readonly fid: number;
  readonly at: number;
  readonly before: Uint8Array;
  readonly bytes: Uint8Array;
}

/** The container map comes last: until it says otherwise the container counts as free. */
function recordsOf({ keyMap, containerMap }: CardLayout, place: Place, spec: KeySpec): RecordWrite[] {
  const { container, mapAt } = place;
  const writes: RecordWrite[] = [];
  if (mapAt !== undefined) {
    const before = keyMap.slice(mapAt, mapAt + KEY_RECORD_LENGTH);
    writes.push({ fid: KEY_MAP_FID, at: mapAt, before, bytes: encodeKeyRecord(place) });
  }
  const at = container * CONTAINER_RECORD_LENGTH;
  const before = containerMap.bytes.slice(at, at + CONTAINER_RECORD_LENGTH);
  const bytes = encodeContainerRecord(containerMap.bytes, keySizes(spec));
  return [...writes, { fid: containerMap.fid, at, before, bytes }];
}

/** RSA keys decipher as well, elliptic-curve keys of ours only sign. */
function keySizes(spec: KeySpec): { readonly signatureBits: number; readonly keyExchangeBits: number } {
  if (spec.startsWith('rsa-')) return { signatureBits: 0, keyExchangeBits: Number(spec.slice(4)) };
  return { signatureBits: Number(spec.slice(4)), keyExchangeBits: 0 };
}

function unsupported(spec: KeySpec): MiddlewareError {
  return new MiddlewareError('ERR_TOKEN_ALGORITHM_UNSUPPORTED', 'Card makes no such keys', { fields: { spec } });
}
