import { findTlv, encodeTlv, parseTlvs } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { wipeableBytes } from '../../core/secret.js';
import { isCardModelName, type CardModelName } from './card-models.js';
import type { AdminKeyState, CardState, FileState, KeyState, PinState, WriteProfile } from './card-state.js';
import type { StateCodec } from './card-store.js';

/*
 * BER-TLV rather than JSON, so that no PIN ever becomes a string.
 * E0 { 80 version, 81 capacity, 82 model, 83 containers and write profile, E1 PIN ..., E2 PUK, E3 file ..., E4 key ...,
 * E5 admin key }. Version 1 had neither 82, 83 nor E5: every card was a 940.
 */
const VERSION = 2;
const profiles: readonly WriteProfile[] = ['open', 'never', 'conditions-not-met'];
const NEW_ADMIN_KEY_BYTES = 24;
const NEW_ADMIN_TRIES = 5;
const CONTAINERS_OF_VERSION_1 = 15;

const uint = (value: number): Uint8Array =>
  Uint8Array.of((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);

const encodePin = (tag: number, pin: PinState): Uint8Array =>
  encodeTlv(
    tag,
    concatBytes(encodeTlv(0x80, Uint8Array.of(pin.reference, pin.maxTries, pin.triesLeft)), encodeTlv(0x81, pin.value)),
  );

const encodeAdminKey = ({ maxTries, triesLeft, value }: AdminKeyState): Uint8Array =>
  encodeTlv(0xe5, concatBytes(encodeTlv(0x80, Uint8Array.of(0, maxTries, triesLeft)), encodeTlv(0x81, value)));

const encodeFile = (file: FileState): Uint8Array =>
  encodeTlv(0xe3, concatBytes(encodeTlv(0x80, uint(file.fid)), encodeTlv(0x81, file.content)));

const encodeKey = (key: KeyState): Uint8Array =>
  encodeTlv(
    0xe4,
    concatBytes(
      encodeTlv(0x80, Uint8Array.of(key.reference, key.pinReference, key.kind === 'kxc' ? 1 : 2)),
      encodeTlv(0x81, key.pkcs8),
    ),
  );

/** The state as bytes. They hold PINs: wipe them after use. */
export function encodeCardState(state: CardState): Uint8Array {
  const parts = [
    encodeTlv(0x80, uint(VERSION)),
    encodeTlv(0x81, uint(state.capacity)),
    encodeTlv(0x82, Buffer.from(state.model, 'ascii')),
    encodeTlv(0x83, Uint8Array.of(state.containers, profiles.indexOf(state.writing))),
    ...state.pins.map((pin) => encodePin(0xe1, pin)),
    encodePin(0xe2, state.puk),
    ...state.files.map(encodeFile),
    ...state.keys.map(encodeKey),
    encodeAdminKey(state.adminKey),
  ];
  const inner = concatBytes(...parts);
  const encoded = encodeTlv(0xe0, inner);
  for (const part of [...parts, inner]) part.fill(0);
  return encoded;
}

const damaged = (what: string): MiddlewareError =>
  new MiddlewareError('ERR_CONFIG_INVALID', `Virtual card state: ${what}`);

function field(bytes: Uint8Array, tag: number): Uint8Array {
  const value = findTlv(bytes, tag);
  if (value === undefined) throw damaged('field missing');
  return value;
}

function uintField(bytes: Uint8Array, tag: number): number {
  return field(bytes, tag).reduce((sum, byte) => sum * 256 + byte, 0);
}

function tripleField(bytes: Uint8Array): [number, number, number] {
  const [a, b, c] = field(bytes, 0x80);
  if (a === undefined || b === undefined || c === undefined) throw damaged('field too short');
  return [a, b, c];
}

function decodePin(bytes: Uint8Array): PinState {
  const [reference, maxTries, triesLeft] = tripleField(bytes);
  const stored = field(bytes, 0x81);
  if (stored.length !== 16 || triesLeft > maxTries) throw damaged('PIN');
  const value = wipeableBytes(16);
  value.set(stored);
  return { reference, maxTries, triesLeft, value };
}

function decodeKey(bytes: Uint8Array): KeyState {
  const [reference, pinReference, kind] = tripleField(bytes);
  return { reference, pinReference, kind: kind === 1 ? 'kxc' : 'ksc', pkcs8: field(bytes, 0x81).slice() };
}

/** As on a new card, where the state was saved before cards had such a key. */
function decodeAdminKey(bytes: Uint8Array | undefined): AdminKeyState {
  const value = wipeableBytes(bytes === undefined ? NEW_ADMIN_KEY_BYTES : field(bytes, 0x81).length);
  if (bytes === undefined) return { maxTries: NEW_ADMIN_TRIES, triesLeft: NEW_ADMIN_TRIES, value };
  const [, maxTries, triesLeft] = tripleField(bytes);
  if (triesLeft > maxTries || (value.length !== 24 && value.length !== 32)) throw damaged('admin key');
  value.set(field(bytes, 0x81));
  return { maxTries, triesLeft, value };
}

function decodeModel(bytes: Uint8Array | undefined): CardModelName {
  const name = bytes === undefined ? '940' : Buffer.from(bytes).toString('ascii');
  if (!isCardModelName(name)) throw damaged('unknown model');
  return name;
}

function decodeLimits(bytes: Uint8Array | undefined): Pick<CardState, 'containers' | 'writing'> {
  const [containers, profile] = bytes ?? [CONTAINERS_OF_VERSION_1, 0];
  const writing = profiles[profile ?? -1];
  if (containers === undefined || writing === undefined) throw damaged('limits');
  return { containers, writing };
}

function decode(bytes: Uint8Array): CardState {
  const inner = field(bytes, 0xe0);
  if (uintField(inner, 0x80) > VERSION) throw damaged('unknown version');
  const each = (tag: number): Uint8Array[] =>
    parseTlvs(inner)
      .filter((tlv) => tlv.tag === tag)
      .map((tlv) => tlv.value);
  return {
    model: decodeModel(findTlv(inner, 0x82)),
    ...decodeLimits(findTlv(inner, 0x83)),
    capacity: uintField(inner, 0x81),
    pins: each(0xe1).map(decodePin),
    puk: decodePin(field(inner, 0xe2)),
    adminKey: decodeAdminKey(findTlv(inner, 0xe5)),
    files: each(0xe3).map((file) => ({ fid: uintField(file, 0x80), content: field(file, 0x81).slice() })),
    keys: each(0xe4).map(decodeKey),
  };
}

/**
 * Reads what {@link encodeCardState} wrote; nothing of the input is kept.
 *
 * @throws {MiddlewareError} ERR_CONFIG_INVALID when the bytes are damaged or of another version.
 */
export function decodeCardState(bytes: Uint8Array): CardState {
  try {
    // As a plain view, since slice() of a Buffer does not copy.
    return decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  } catch (cause) {
    throw cause instanceof MiddlewareError && cause.code === 'ERR_CONFIG_INVALID' ? cause : damaged('not TLV');
  }
}

/** How stores keep an IDPrime card. */
export const cardStateCodec: StateCodec<CardState> = { encode: encodeCardState, decode: decodeCardState };
