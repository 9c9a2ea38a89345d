import { encodeTlv, findTlv, parseTlvs } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { wipeableBytes } from '../../core/secret.js';
import type { StateCodec } from '../virtual-card/card-store.js';
import type {
  ManagementKeyState,
  PinPolicy,
  PivAtrKind,
  PivCardState,
  PivCodeState,
  PivKeyState,
  PivObjectState,
} from './piv-card-state.js';

/*
 * BER-TLV rather than JSON, so that no PIN ever becomes a string.
 * E8 { 80 version, 81 ATR kind + Yubico + discovery, 82 serial, 83 capacity,
 *      E1 PIN, E2 PUK, E3 global PIN, E4 management key, E5 key ..., E6 object ... }
 */
const VERSION = 1;
const atrKinds: readonly PivAtrKind[] = ['yubikey', 'hist', 'generic'];
const pinPolicies: readonly PinPolicy[] = ['never', 'once', 'always'];
const origins: readonly PivKeyState['origin'][] = ['generated', 'imported'];

const uint = (value: number): Uint8Array =>
  Uint8Array.of((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);

const pair = (tag: number, head: Uint8Array, value: Uint8Array): Uint8Array =>
  encodeTlv(tag, concatBytes(encodeTlv(0x80, head), encodeTlv(0x81, value)));

const encodeCode = (tag: number, code: PivCodeState): Uint8Array =>
  pair(tag, Uint8Array.of(code.maxTries, code.triesLeft), code.value);

const encodeKey = ({ reference, pinPolicy, origin, pkcs8 }: PivKeyState): Uint8Array =>
  pair(0xe5, Uint8Array.of(reference, pinPolicies.indexOf(pinPolicy), origins.indexOf(origin)), pkcs8);

function encode(state: PivCardState): Uint8Array {
  const flags = Uint8Array.of(atrKinds.indexOf(state.atrKind), state.yubico ? 1 : 0, state.discovery ? 1 : 0);
  const parts = [
    encodeTlv(0x80, uint(VERSION)),
    encodeTlv(0x81, flags),
    encodeTlv(0x82, state.serial),
    encodeTlv(0x83, uint(state.capacity)),
    encodeCode(0xe1, state.pin),
    encodeCode(0xe2, state.puk),
    ...(state.globalPin === undefined ? [] : [encodeCode(0xe3, state.globalPin)]),
    pair(0xe4, Uint8Array.of(state.managementKey.algorithm), state.managementKey.value),
    ...state.keys.map(encodeKey),
    ...state.objects.map(({ tag, value }) => pair(0xe6, uint(tag), value)),
  ];
  const inner = concatBytes(...parts);
  const encoded = encodeTlv(0xe8, inner);
  for (const part of [...parts, inner]) part.fill(0);
  return encoded;
}

const damaged = (what: string): MiddlewareError =>
  new MiddlewareError('ERR_CONFIG_INVALID', `Virtual PIV card state: ${what}`);

function field(bytes: Uint8Array, tag: number): Uint8Array {
  const value = findTlv(bytes, tag);
  if (value === undefined) throw damaged('field missing');
  return value;
}

const toUint = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** A copy that can be wiped. */
function secretCopy(bytes: Uint8Array): Uint8Array {
  const copy = wipeableBytes(bytes.length);
  copy.set(bytes);
  return copy;
}

function decodeCode(bytes: Uint8Array): PivCodeState {
  const [maxTries = 0, triesLeft = 0] = field(bytes, 0x80);
  const value = field(bytes, 0x81);
  if (value.length !== 8 || triesLeft > maxTries) throw damaged('PIN');
  return { maxTries, triesLeft, value: secretCopy(value) };
}

function decodeManagementKey(bytes: Uint8Array): ManagementKeyState {
  return { algorithm: toUint(field(bytes, 0x80)), value: secretCopy(field(bytes, 0x81)) };
}

function decodeKey(bytes: Uint8Array): PivKeyState {
  const [reference = 0, policy = 0, from = 0] = field(bytes, 0x80);
  const [pinPolicy, origin] = [pinPolicies[policy], origins[from]];
  if (pinPolicy === undefined || origin === undefined) throw damaged('key');
  return { reference, pinPolicy, origin, pkcs8: field(bytes, 0x81).slice() };
}

function decodeObject(bytes: Uint8Array): PivObjectState {
  return { tag: toUint(field(bytes, 0x80)), value: field(bytes, 0x81).slice() };
}

function decodeInner(inner: Uint8Array): PivCardState {
  if (toUint(field(inner, 0x80)) !== VERSION) throw damaged('unknown version');
  const [kind = 0, yubico, discovery] = field(inner, 0x81);
  const atrKind = atrKinds[kind];
  if (atrKind === undefined) throw damaged('ATR kind');
  const globalPin = findTlv(inner, 0xe3);
  const each = (tag: number): Uint8Array[] =>
    parseTlvs(inner)
      .filter((tlv) => tlv.tag === tag)
      .map(({ value }) => value);
  return {
    atrKind,
    yubico: yubico === 1,
    discovery: discovery === 1,
    serial: field(inner, 0x82).slice(),
    capacity: toUint(field(inner, 0x83)),
    pin: decodeCode(field(inner, 0xe1)),
    puk: decodeCode(field(inner, 0xe2)),
    globalPin: globalPin && decodeCode(globalPin),
    managementKey: decodeManagementKey(field(inner, 0xe4)),
    keys: each(0xe5).map(decodeKey),
    objects: each(0xe6).map(decodeObject),
  };
}

function decode(bytes: Uint8Array): PivCardState {
  try {
    // As a plain view, since slice() of a Buffer does not copy.
    return decodeInner(field(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), 0xe8));
  } catch (cause) {
    throw cause instanceof MiddlewareError && cause.code === 'ERR_CONFIG_INVALID' ? cause : damaged('not TLV');
  }
}

/** How stores keep a PIV card; what is damaged or of another version is ERR_CONFIG_INVALID. */
export const pivStateCodec: StateCodec<PivCardState> = { encode, decode };
