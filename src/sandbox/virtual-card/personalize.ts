import {
  createPrivateKey,
  createPublicKey,
  randomBytes,
  randomUUID,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { MiddlewareError } from '../../core/errors.js';
import { wipeableBytes } from '../../core/secret.js';
import { cardModel, keyReferenceOf, type CardModel, type CardModelName, type KeyRule } from './card-models.js';
import type {
  AdminKeyState,
  CardState,
  ContainerKind,
  FileState,
  KeyState,
  PinState,
  VirtualPinReference,
  WriteProfile,
} from './card-state.js';
import { curveOf } from './ecdsa.js';
import {
  certificateFile,
  CONTAINER_COUNT,
  containerMap,
  indexFile,
  keyMap,
  tokenInfo,
  type ContainerEntry,
  type IndexedFile,
} from './idprime-files.js';
import { modulusBits } from './rsa-operations.js';

/** A certificate and its private key; RSA, P-256 or P-384. */
export interface CardCertificate {
  readonly der: Uint8Array;
  /** A key, or PKCS #8 DER. */
  readonly privateKey: KeyObject | Uint8Array;
  readonly container?: ContainerKind;
  readonly pinReference?: VirtualPinReference;
  /** Where the key lies, on models with a key map; by default as the others. */
  readonly keyReference?: number;
  /** Default true; OpenSC 0.23 does not see uncompressed certificates. */
  readonly compressed?: boolean;
}

export interface Personalization {
  /** Default 940. */
  readonly model?: CardModelName;
  /** Where keys lie on a card without key map; default by type. */
  readonly keyRule?: KeyRule;
  /** 16 bytes; random by default. */
  readonly serial?: Uint8Array;
  /** ASCII, 4 to 16 bytes. All PINs are copied; wiping the originals is the caller's part. */
  readonly pin: Uint8Array;
  readonly puk: Uint8Array;
  /** 24 bytes for 3DES, 32 for AES-256; 24 times 00 by default, as on a card that nobody has taken over. */
  readonly adminKey?: Uint8Array;
  /** PIN 83, on models that know it; the card has none without it. */
  readonly signaturePin?: Uint8Array;
  readonly certificates: readonly CardCertificate[];
  readonly label?: string;
  /** Bytes that all files together may take, or that no file more fits; default 32 768. */
  readonly capacity?: number | 'full';
  /** How many keys it has room for, 1 to 15; default 15. With as many as there are certificates, none is free. */
  readonly containers?: number;
  /** Size of cardcf: 6 by default; on some real cards 14, of which only the first 6 are known. */
  readonly cacheFileSize?: 6 | 14;
  /** Default open. */
  readonly writing?: WriteProfile;
}

const PIN_TRIES = 5;
const SIGNATURE_PIN_TRIES = 3;
const PUK_TRIES = 5;
const ADMIN_TRIES = 5;
const DEFAULT_CAPACITY = 32_768;

/** What goes into one container. */
interface Container {
  readonly certificate: CardCertificate;
  readonly key: KeyObject;
  readonly entry: ContainerEntry;
}

const unfit = (what: string): MiddlewareError => new MiddlewareError('ERR_USAGE', `Virtual card: ${what}`);

/**
 * The state of a new card.
 *
 * @throws {MiddlewareError} ERR_USAGE when a PIN, key, certificate or the number of them does not fit the card.
 */
export function personalize(options: Personalization): CardState {
  const model = cardModel(options.model ?? '940');
  const room = options.containers ?? CONTAINER_COUNT;
  if (room < 1 || room > CONTAINER_COUNT) throw unfit('1 to 15 containers');
  if (options.certificates.length > room) throw unfit('too many certificates');
  if (options.signaturePin !== undefined && !model.signaturePin) throw unfit('this model has no signature PIN');
  const containers = options.certificates.map((entry, number) => createContainer(options, model, entry, number));
  const files = createFiles(options, model, containers, room);
  return {
    model: options.model ?? '940',
    writing: options.writing ?? 'open',
    containers: room,
    capacity: capacityFor(options, files),
    pins: createPins(options),
    puk: pinState(0x00, options.puk, PUK_TRIES),
    adminKey: adminKeyState(options.adminKey ?? new Uint8Array(24)),
    files,
    keys: containers.map(keyState),
  };
}

function capacityFor(options: Personalization, files: readonly FileState[]): number {
  const used = files.reduce((sum, file) => sum + file.content.length, 0);
  const capacity = options.capacity === 'full' ? used : (options.capacity ?? DEFAULT_CAPACITY);
  if (used > capacity) throw unfit('files beyond capacity');
  return capacity;
}

function adminKeyState(key: Uint8Array): AdminKeyState {
  if (key.length !== 24 && key.length !== 32) throw unfit('an admin key has 24 or 32 bytes');
  const value = wipeableBytes(key.length);
  value.set(key);
  return { maxTries: ADMIN_TRIES, triesLeft: ADMIN_TRIES, value };
}

function createPins(options: Personalization): PinState[] {
  const pin = pinState(0x11, options.pin, PIN_TRIES);
  return options.signaturePin === undefined ? [pin] : [pin, pinState(0x83, options.signaturePin, SIGNATURE_PIN_TRIES)];
}

function pinState(reference: number, pin: Uint8Array, maxTries: number): PinState {
  if (pin.length < 4 || pin.length > 16 || pin.includes(0)) throw unfit('a PIN has 4 to 16 bytes, none of them 00');
  const value = wipeableBytes(16);
  value.set(pin);
  return { reference, maxTries, triesLeft: maxTries, value };
}

function createContainer(
  options: Personalization,
  model: CardModel,
  certificate: CardCertificate,
  number: number,
): Container {
  const key = readKey(certificate);
  if (!canHold(model, key)) throw unfit('this model has no such keys');
  if (certificate.keyReference !== undefined && !model.keyMap) throw unfit('this model has no key map');
  const pinReference = certificate.pinReference ?? 0x11;
  if (pinReference === 0x83 && options.signaturePin === undefined) throw unfit('no signature PIN for this key');
  const entry: ContainerEntry = {
    guid: `{${randomUUID()}}`,
    kind: certificate.container ?? 'kxc',
    keyBits: keyBits(key),
    keyReference: certificate.keyReference ?? keyReferenceOf(model, number, options.keyRule),
    pinReference,
  };
  return { certificate, key, entry };
}

function canHold(model: CardModel, key: KeyObject): boolean {
  return key.asymmetricKeyType === 'rsa' ? model.rsaBits.includes(modulusBits(key)) : model.ellipticCurves;
}

function readKey({ privateKey, der }: CardCertificate): KeyObject {
  const key =
    privateKey instanceof Uint8Array
      ? createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' })
      : privateKey;
  if (keyBits(key) === 0) throw unfit('only RSA, P-256 and P-384 keys');
  if (!new X509Certificate(der).publicKey.equals(createPublicKey(key))) throw unfit('key and certificate differ');
  return key;
}

function keyBits(key: KeyObject): number {
  if (key.asymmetricKeyType === 'rsa') return modulusBits(key);
  const curve = curveOf(key);
  return curve === undefined ? 0 : curve === 'prime256v1' ? 256 : 384;
}

function keyState({ key, entry }: Container): KeyState {
  return {
    reference: entry.keyReference,
    kind: entry.kind,
    pinReference: entry.pinReference,
    pkcs8: new Uint8Array(key.export({ format: 'der', type: 'pkcs8' })),
  };
}

/** Identifiers count up from 0201, as on a real card; only 0101 and 0005 lie apart and outside the index. */
function createFiles(
  options: Personalization,
  model: CardModel,
  containers: readonly Container[],
  room: number,
): FileState[] {
  const serial = options.serial ?? new Uint8Array(randomBytes(16));
  if (serial.length !== 16) throw unfit('a serial has 16 bytes');
  const entries = containers.map(({ entry }) => entry);
  const named: Omit<IndexedFile, 'fid'>[] = [
    { name: 'cardid', directory: '', content: new Uint8Array(serial) },
    { name: 'cardcf', directory: '', content: new Uint8Array(options.cacheFileSize ?? 6) },
    { name: 'cardapps', directory: '', content: new Uint8Array(Buffer.from('mscp\0\0\0\0', 'ascii')) },
    { name: 'cmapfile', directory: 'mscp', content: containerMap(entries, room) },
    ...(options.label === undefined ? [] : [{ name: 'tinfo', directory: 'p11', content: tokenInfo(options.label) }]),
    ...containers.map(certificateEntry),
  ];
  const indexed = named.map((file, index) => ({ ...file, fid: 0x0201 + index }));
  const contents = indexed.map(({ fid, content }) => ({ fid, content }));
  return [indexFile(indexed), ...(model.keyMap ? [keyMap(entries, room)] : []), ...contents];
}

function certificateEntry({ certificate, entry }: Container, number: number): Omit<IndexedFile, 'fid'> {
  return {
    name: `${entry.kind}${String(number).padStart(2, '0')}`,
    directory: 'mscp',
    content: certificateFile(certificate.der, certificate.compressed ?? true),
  };
}
