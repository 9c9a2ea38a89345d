import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { SW_OK, type ResponseApdu } from '../../iso7816/response-apdu.js';
import type { GeneratedKey, KeySpec } from '../../model/key.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { generatedPublicKey } from '../public-key.js';
import type { NewCardKey } from '../card-application.js';
import {
  CONTAINER_RECORD_LENGTH,
  encodeContainerName,
  encodeContainerUse,
  findContainer,
  GUID_LENGTH,
} from './container-map.js';
import { encodeKeyRecord, KEY_MAP_FID, KEY_RECORD_LENGTH } from './key-map.js';
import type { IdPrimeProduct } from './products.js';
import { deleteKey, ifPossible, overwrite, requireFileRoom, SW_EXISTS, undoing, writeError } from './writer-files.js';
import { announceChange } from './writer-freshness.js';
import { freeIndexRecord, freePlaces, readLayout, type CardLayout, type KeyPlace } from './writer-layout.js';

/** Algorithm identifiers: NIST SP 800-78-5 §6.2, table 8. */
const algorithms: Readonly<Partial<Record<KeySpec, number>>> = {
  'rsa-2048': 0x07,
  'rsa-3072': 0x05,
  'ec-p256': 0x11,
  'ec-p384': 0x14,
};
/** Function not supported: here, keys of a kind that this card does not make. */
const SW_UNSUPPORTED = 0x6a81;
/** The compressed form of a certificate that cannot be compressed is so much longer. */
const FILE_OVERHEAD = 20;

/**
 * Makes a key pair in a free container. First the container gets the key's id for its name, so that a key which a torn
 * write leaves behind is found; then key, freshness, key map, and last what makes the container one in use. Without a
 * certificate nobody sees it.
 *
 * @throws {MiddlewareError} ERR_CARD_NO_CONTAINER, ERR_CARD_FULL, ERR_CARD_READ_ONLY, ERR_TOKEN_ALGORITHM_UNSUPPORTED;
 *   by status word.
 */
export async function generateKeyPair(
  exchange: ApduExchange,
  { keys, keySpecs }: IdPrimeProduct,
  { spec, keyId, certificateBytes }: NewCardKey,
): Promise<GeneratedKey> {
  const algorithm = algorithms[spec];
  if (algorithm === undefined || !keySpecs.includes(spec)) throw unsupported(spec);
  const layout = await readLayout(exchange, keys);
  // A key that no certificate could be stored for is of no use.
  freeIndexRecord(layout);
  const places = placesFor(layout, keyId);
  if (places.length === 0) throw noContainer();
  const taken = layout.index.records.map(({ fid }) => fid);
  await requireFileRoom(exchange, taken, certificateBytes + FILE_OVERHEAD);
  for (const place of places) {
    const answer = await makeIn(exchange, layout, place, { spec, algorithm, keyId });
    if (answer !== undefined) return { reference: place.reference, publicKey: answer };
  }
  throw noContainer();
}

/** In each free container, where its key goes; first in the one that bears this id already. */
function placesFor(layout: CardLayout, keyId: Uint8Array): KeyPlace[] {
  const own = findContainer(layout.containerMap.bytes, keyId);
  const places = freePlaces(layout);
  return [...places.filter(({ container }) => container === own), ...places.filter((one) => one.container !== own)];
}

/** Undefined when the place has a key that cannot be deleted. */
async function makeIn(
  exchange: ApduExchange,
  layout: CardLayout,
  place: KeyPlace,
  { spec, algorithm, keyId }: { readonly spec: KeySpec; readonly algorithm: number; readonly keyId: Uint8Array },
): Promise<Uint8Array | undefined> {
  const { bytes, fid } = layout.containerMap;
  const at = place.container * CONTAINER_RECORD_LENGTH;
  const before = bytes.slice(at, at + CONTAINER_RECORD_LENGTH);
  return await undoing(async (onFailure) => {
    onFailure(() => overwrite(exchange, fid, at, before));
    await overwrite(exchange, fid, at, encodeContainerName(bytes, keyId));
    const answer = await makeKey(exchange, place.reference, { spec, algorithm });
    if (answer === undefined) {
      await overwrite(exchange, fid, at, before);
      return undefined;
    }
    onFailure(() => deleteKey(exchange, place.reference));
    const publicKey = generatedPublicKey(answer, spec);
    await announceChange(exchange);
    await mapKey(exchange, layout, place, onFailure);
    await overwrite(exchange, fid, at + GUID_LENGTH, encodeContainerUse(bytes, keySizes(spec)));
    return publicKey;
  });
}

async function makeKey(
  exchange: ApduExchange,
  reference: number,
  { spec, algorithm }: { readonly spec: KeySpec; readonly algorithm: number },
): Promise<Uint8Array | undefined> {
  let answer = await generate(exchange, algorithm, reference);
  // A key in a container that nothing names is what a torn write left behind.
  if (answer.statusWord === SW_EXISTS && (await ifPossible(() => deleteKey(exchange, reference)))) {
    answer = await generate(exchange, algorithm, reference);
  }
  if (answer.statusWord === SW_OK) return answer.data;
  if (answer.statusWord === SW_UNSUPPORTED) throw unsupported(spec);
  if (answer.statusWord === SW_EXISTS) return undefined;
  throw writeError(answer.statusWord, 'GENERATE ASYMMETRIC KEY PAIR');
}

async function mapKey(
  exchange: ApduExchange,
  { keyMap }: CardLayout,
  { container, reference, mapAt }: KeyPlace,
  onFailure: (step: () => Promise<void>) => void,
): Promise<void> {
  if (mapAt === undefined) return;
  const before = keyMap.slice(mapAt, mapAt + KEY_RECORD_LENGTH);
  onFailure(() => overwrite(exchange, KEY_MAP_FID, mapAt, before));
  await overwrite(exchange, KEY_MAP_FID, mapAt, encodeKeyRecord({ container, reference }));
}

/**
 * GENERATE ASYMMETRIC KEY PAIR (ISO/IEC 7816-8:2021 §5.4): template AC with 80 algorithm and 84 key reference; the
 * answer holds the public key.
 */
function generate(exchange: ApduExchange, algorithm: number, reference: number): Promise<ResponseApdu> {
  const template = concatBytes(encodeTlv(0x80, Uint8Array.of(algorithm)), encodeTlv(0x84, Uint8Array.of(reference)));
  return exchange.send({ cla: 0x00, ins: 0x47, p1: 0x00, p2: 0x00, data: encodeTlv(0xac, template), le: 65_536 });
}

/** RSA keys decipher as well, elliptic-curve keys of ours only sign. */
function keySizes(spec: KeySpec): { readonly signatureBits: number; readonly keyExchangeBits: number } {
  if (spec.startsWith('rsa-')) return { signatureBits: 0, keyExchangeBits: Number(spec.slice(4)) };
  return { signatureBits: Number(spec.slice(4)), keyExchangeBits: 0 };
}

function unsupported(spec: KeySpec): MiddlewareError {
  return new MiddlewareError('ERR_TOKEN_ALGORITHM_UNSUPPORTED', 'Card makes no such keys', { fields: { spec } });
}

function noContainer(): MiddlewareError {
  return new MiddlewareError('ERR_CARD_NO_CONTAINER', 'No container is free');
}
