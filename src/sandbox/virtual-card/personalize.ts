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
import type { CardState, ContainerKind, FileState, KeyState, PinState, VirtualPinReference } from './card-state.js';
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
  /** Default true; OpenSC 0.23 does not see uncompressed certificates. */
  readonly compressed?: boolean;
}

export interface Personalization {
  /** 16 bytes; random by default. */
  readonly serial?: Uint8Array;
  /** ASCII, 4 to 16 bytes. All PINs are copied; wiping the originals is the caller's part. */
  readonly pin: Uint8Array;
  readonly puk: Uint8Array;
  /** PIN 83; the card has none without it. */
  readonly signaturePin?: Uint8Array;
  readonly certificates: readonly CardCertificate[];
  readonly label?: string;
  /** Bytes that all files together may take; default 32 768. */
  readonly capacity?: number;
}

/** First key reference; container n has this plus n. */
const FIRST_KEY_REFERENCE = 0x56;
const PIN_TRIES = 5;
const SIGNATURE_PIN_TRIES = 3;
const PUK_TRIES = 5;
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
  if (options.certificates.length > CONTAINER_COUNT) throw unfit('too many certificates');
  const containers = options.certificates.map((certificate, number) => createContainer(options, certificate, number));
  const files = createFiles(options, containers);
  const capacity = options.capacity ?? DEFAULT_CAPACITY;
  if (files.reduce((sum, file) => sum + file.content.length, 0) > capacity) throw unfit('files beyond capacity');
  return {
    capacity,
    pins: createPins(options),
    puk: pinState(0x00, options.puk, PUK_TRIES),
    files,
    keys: containers.map(keyState),
  };
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

function createContainer(options: Personalization, certificate: CardCertificate, number: number): Container {
  const key = readKey(certificate);
  const pinReference = certificate.pinReference ?? 0x11;
  if (pinReference === 0x83 && options.signaturePin === undefined) throw unfit('no signature PIN for this key');
  const entry: ContainerEntry = {
    guid: `{${randomUUID()}}`,
    kind: certificate.container ?? 'kxc',
    keyBits: keyBits(key),
    keyReference: FIRST_KEY_REFERENCE + number,
    pinReference,
  };
  return { certificate, key, entry };
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
function createFiles(options: Personalization, containers: readonly Container[]): FileState[] {
  const serial = options.serial ?? new Uint8Array(randomBytes(16));
  if (serial.length !== 16) throw unfit('a serial has 16 bytes');
  const entries = containers.map(({ entry }) => entry);
  const named: Omit<IndexedFile, 'fid'>[] = [
    { name: 'cardid', directory: '', content: new Uint8Array(serial) },
    { name: 'cardcf', directory: '', content: new Uint8Array(6) },
    { name: 'cardapps', directory: '', content: new Uint8Array(Buffer.from('mscp\0\0\0\0', 'ascii')) },
    { name: 'cmapfile', directory: 'mscp', content: containerMap(entries) },
    ...(options.label === undefined ? [] : [{ name: 'tinfo', directory: 'p11', content: tokenInfo(options.label) }]),
    ...containers.map(certificateEntry),
  ];
  const indexed = named.map((file, index) => ({ ...file, fid: 0x0201 + index }));
  const contents = indexed.map(({ fid, content }) => ({ fid, content }));
  return [indexFile(indexed), keyMap(entries), ...contents];
}

function certificateEntry({ certificate, entry }: Container, number: number): Omit<IndexedFile, 'fid'> {
  return {
    name: `${entry.kind}${String(number).padStart(2, '0')}`,
    directory: 'mscp',
    content: certificateFile(certificate.der, certificate.compressed ?? true),
  };
}
