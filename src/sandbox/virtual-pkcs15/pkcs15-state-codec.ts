import { encodeTlv, findTlv, parseTlvs, type Tlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { wipeableBytes } from '../../core/secret.js';
import type { CardFile, DedicatedFile } from './card-files.js';
import type { Pkcs15CardState, SecretState, SlotKey } from './pkcs15-card-state.js';

/*
 * BER-TLV rather than JSON, so that no PIN ever becomes a string.
 * E0 { 80 version, 81 command set, 82 capacity, 83 serial, 84 activated, 85 changes, E1 PIN or PUK ...,
 *      E2 slot key ..., E3 root directory { 80 identifier, 81 access, [82 AID], E3, E4 file, E5 key or E6 secret ... } }
 */
const VERSION = 1;

const uint = (value: number): Uint8Array =>
  Uint8Array.of((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);

function encodeSecret({ role, reference, maxTries, triesLeft, value }: SecretState): Uint8Array {
  const numbers = Uint8Array.of(role === 'pin' ? 0 : 1, reference, maxTries, triesLeft);
  return encodeTlv(0xe1, concatBytes(encodeTlv(0x80, numbers), encodeTlv(0x81, value)));
}

const encodeKey = ({ reference, pkcs8 }: SlotKey): Uint8Array =>
  encodeTlv(0xe2, concatBytes(encodeTlv(0x80, uint(reference)), encodeTlv(0x81, pkcs8)));

function encodeFile(file: CardFile): Uint8Array {
  const common = concatBytes(encodeTlv(0x80, uint(file.fid)), encodeTlv(0x81, file.access));
  switch (file.kind) {
    case 'df': {
      const aid = file.aid === undefined ? [] : [encodeTlv(0x82, file.aid)];
      return encodeTlv(0xe3, concatBytes(common, ...aid, ...file.children.map(encodeFile)));
    }
    case 'ef':
      return encodeTlv(0xe4, concatBytes(common, encodeTlv(0x82, file.content)));
    case 'secret':
      return encodeTlv(0xe6, concatBytes(common, encodeTlv(0x83, uint(file.bits))));
    case 'key': {
      const kind = [encodeTlv(0x82, Uint8Array.of(file.type === 'rsa' ? 1 : 2)), encodeTlv(0x83, uint(file.bits))];
      return encodeTlv(
        0xe5,
        concatBytes(common, ...kind, ...(file.pkcs8 === undefined ? [] : [encodeTlv(0x84, file.pkcs8)])),
      );
    }
  }
}

/** The state as bytes. They hold PINs: wipe them after use. */
export function encodePkcs15State(state: Pkcs15CardState): Uint8Array {
  const parts = [
    encodeTlv(0x80, uint(VERSION)),
    encodeTlv(0x81, Uint8Array.of(state.commandSet === 'isoapplet' ? 1 : 2)),
    encodeTlv(0x82, uint(state.capacity)),
    encodeTlv(0x83, state.serial),
    encodeTlv(0x84, Uint8Array.of(state.activated ? 1 : 0)),
    encodeTlv(0x85, uint(state.changes)),
    ...state.secrets.map(encodeSecret),
    ...state.keys.map(encodeKey),
    encodeFile(state.root),
  ];
  const inner = concatBytes(...parts);
  const encoded = encodeTlv(0xe0, inner);
  for (const part of [...parts, inner]) part.fill(0);
  return encoded;
}

const damaged = (what: string): MiddlewareError =>
  new MiddlewareError('ERR_CONFIG_INVALID', `Virtual PKCS #15 card state: ${what}`);

function field(bytes: Uint8Array, tag: number): Uint8Array {
  const value = findTlv(bytes, tag);
  if (value === undefined) throw damaged('field missing');
  return value;
}

const uintField = (bytes: Uint8Array, tag: number): number =>
  field(bytes, tag).reduce((sum, byte) => sum * 256 + byte, 0);

function decodeSecret(bytes: Uint8Array): SecretState {
  const [role, reference, maxTries, triesLeft] = field(bytes, 0x80);
  const stored = field(bytes, 0x81);
  if (reference === undefined || maxTries === undefined || triesLeft === undefined) throw damaged('PIN too short');
  if (triesLeft > maxTries) throw damaged('PIN');
  const value = wipeableBytes(stored.length);
  value.set(stored);
  return { role: role === 0 ? 'pin' : 'puk', reference, maxTries, triesLeft, value };
}

function decodeDirectory(bytes: Uint8Array): DedicatedFile {
  const aid = findTlv(bytes, 0x82);
  return {
    kind: 'df',
    fid: uintField(bytes, 0x80),
    access: field(bytes, 0x81).slice(),
    aid: aid?.slice(),
    children: parseTlvs(bytes).flatMap(decodeFile),
  };
}

/** Nothing for the data objects of a directory that are not files. */
function decodeFile({ tag, value }: Tlv): CardFile[] {
  if (tag === 0xe3) return [decodeDirectory(value)];
  if (tag !== 0xe4 && tag !== 0xe5 && tag !== 0xe6) return [];
  const common = { fid: uintField(value, 0x80), access: field(value, 0x81).slice() };
  if (tag === 0xe4) return [{ kind: 'ef', ...common, content: field(value, 0x82).slice() }];
  if (tag === 0xe6) return [{ kind: 'secret', ...common, bits: uintField(value, 0x83) }];
  const type = uintField(value, 0x82) === 1 ? 'rsa' : 'ec';
  return [{ kind: 'key', ...common, type, bits: uintField(value, 0x83), pkcs8: findTlv(value, 0x84)?.slice() }];
}

function decode(bytes: Uint8Array): Pkcs15CardState {
  const inner = field(bytes, 0xe0);
  if (uintField(inner, 0x80) !== VERSION) throw damaged('unknown version');
  const each = (tag: number): Uint8Array[] =>
    parseTlvs(inner)
      .filter((tlv) => tlv.tag === tag)
      .map((tlv) => tlv.value);
  return {
    commandSet: uintField(inner, 0x81) === 1 ? 'isoapplet' : 'myeid',
    capacity: uintField(inner, 0x82),
    serial: field(inner, 0x83).slice(),
    activated: uintField(inner, 0x84) === 1,
    changes: uintField(inner, 0x85),
    secrets: each(0xe1).map(decodeSecret),
    keys: each(0xe2).map((key) => ({ reference: uintField(key, 0x80), pkcs8: field(key, 0x81).slice() })),
    root: decodeDirectory(field(inner, 0xe3)),
  };
}

/**
 * Reads what {@link encodePkcs15State} wrote; nothing of the input is kept.
 *
 * @throws {MiddlewareError} ERR_CONFIG_INVALID when the bytes are damaged or of another version.
 */
export function decodePkcs15State(bytes: Uint8Array): Pkcs15CardState {
  try {
    // As a plain view, since slice() of a Buffer does not copy.
    return decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  } catch (cause) {
    throw cause instanceof MiddlewareError && cause.code === 'ERR_CONFIG_INVALID' ? cause : damaged('not TLV');
  }
}
