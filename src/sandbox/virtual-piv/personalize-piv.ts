import { createPrivateKey, createPublicKey, randomBytes, X509Certificate, type KeyObject } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes, fromHex } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { managementKeyLength } from './management-authentication.js';
import type { PinPolicy, PivAtrKind, PivCardState, PivKeyState, PivObjectState } from './piv-card-state.js';
import { defaultManagementKey, defaultPuk, newCode } from './piv-defaults.js';
import { algorithmOf, certificateTag, defaultPinPolicy, isRetiredSlot } from './piv-keys.js';
import { objectTags } from './piv-objects.js';

/** What one slot holds: RSA, P-256 or P-384. */
export interface PivSlot {
  /** 9A, 9C, 9D, 9E, or 82 to 95. */
  readonly reference: number;
  /** A key, or PKCS #8 DER. */
  readonly privateKey: KeyObject | Uint8Array;
  /** Certificate in DER; a slot may have none yet. */
  readonly der?: Uint8Array;
  /** Whether the certificate is stored compressed. Default false. */
  readonly compressed?: boolean;
  /** Default: as the standard has it for the slot. */
  readonly pinPolicy?: PinPolicy;
}

export interface PivPersonalization {
  /** 6 to 8 bytes. All codes are copied; wiping the originals is the caller's part. */
  readonly pin: Uint8Array;
  readonly puk?: Uint8Array;
  /** The card has none without it. */
  readonly globalPin?: Uint8Array;
  readonly slots: readonly PivSlot[];
  /** Default 'hist'. */
  readonly atrKind?: PivAtrKind;
  /** Whether the card knows Yubico's own commands. Default: only with a YubiKey's ATR. */
  readonly yubico?: boolean;
  /** Default true. */
  readonly discovery?: boolean;
  /** Default: 3DES with 01 to 08 three times. */
  readonly managementKey?: { readonly algorithm: number; readonly value: Uint8Array };
  /** Whether the card keeps it where only the PIN gets at it, as Yubico's tools do on demand. Default false. */
  readonly managementKeyUnderPin?: boolean;
  /** Card GUID, 16 bytes; random by default. */
  readonly guid?: Uint8Array;
  /** Objects besides certificates, CHUID, capabilities and key history, or in place of these. */
  readonly objects?: readonly PivObjectState[];
  /** Bytes that all data objects together may take; default 49 152. */
  readonly capacity?: number;
  /** Default 3 each. */
  readonly pinTries?: number;
  readonly pukTries?: number;
}

const TRIES = 3;
const DEFAULT_CAPACITY = 49_152;
/** An agency code that nobody has, with all nines (FASC-N, SP 800-73-4 part 1 §3.1.2). */
const FASC_N = fromHex('D4E739DA739CED39CE739D836858210842108421C84210C3EB');

const unfit = (what: string): MiddlewareError => new MiddlewareError('ERR_USAGE', `Virtual PIV card: ${what}`);

/**
 * The state of a new PIV card.
 *
 * @throws {MiddlewareError} ERR_USAGE when a code, key, certificate or object does not fit the card.
 */
export function personalizePiv(options: PivPersonalization): PivCardState {
  const atrKind = options.atrKind ?? 'hist';
  const objects = createObjects(options);
  const capacity = options.capacity ?? DEFAULT_CAPACITY;
  if (objects.reduce((sum, { value }) => sum + value.length, 0) > capacity) throw unfit('objects beyond capacity');
  return {
    atrKind,
    yubico: options.yubico ?? atrKind === 'yubikey',
    discovery: options.discovery ?? true,
    serial: new Uint8Array(randomBytes(4)),
    capacity,
    pin: newCode(options.pin, options.pinTries ?? TRIES),
    puk: newCode(options.puk ?? defaultPuk, options.pukTries ?? TRIES),
    globalPin: options.globalPin && newCode(options.globalPin, options.pinTries ?? TRIES),
    managementKey: createManagementKey(options),
    keys: options.slots.map(createKey),
    objects,
  };
}

function createManagementKey({ managementKey }: PivPersonalization): PivCardState['managementKey'] {
  const { algorithm, value } = managementKey ?? { algorithm: 0x03, value: defaultManagementKey };
  if (managementKeyLength(algorithm) !== value.length) throw unfit('the management key has another length');
  return { algorithm, value: value.slice() };
}

function createKey({ reference, privateKey, der, pinPolicy }: PivSlot): PivKeyState {
  const key =
    privateKey instanceof Uint8Array
      ? createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' })
      : privateKey;
  if (certificateTag(reference) === undefined) throw unfit('no such slot');
  if (algorithmOf(key) === undefined) throw unfit('only RSA, P-256 and P-384 keys');
  if (der && !new X509Certificate(der).publicKey.equals(createPublicKey(key)))
    throw unfit('key and certificate differ');
  return {
    reference,
    pinPolicy: pinPolicy ?? defaultPinPolicy(reference),
    origin: 'imported',
    pkcs8: new Uint8Array(key.export({ format: 'der', type: 'pkcs8' })),
  };
}

function createObjects(options: PivPersonalization): PivObjectState[] {
  const guid = options.guid ?? new Uint8Array(randomBytes(16));
  if (guid.length !== 16) throw unfit('a GUID has 16 bytes');
  const objects = [
    { tag: objectTags.cardCapability, value: cardCapability(guid) },
    { tag: objectTags.cardHolderId, value: cardHolderId(guid) },
    ...options.slots.flatMap(certificateObject),
    ...keyHistory(options.slots),
    ...keptManagementKey(options),
    ...(options.objects ?? []).map(({ tag, value }) => ({ tag, value: value.slice() })),
  ];
  return [...new Map(objects.map((object) => [object.tag, object])).values()];
}

/** Card capability container (SP 800-73-4 part 1 table 8); only its identifier means anything here. */
function cardCapability(guid: Uint8Array): Uint8Array {
  const identifier = concatBytes(fromHex('A000000116FF02'), guid.subarray(0, 14));
  return concatBytes(encodeTlv(0xf0, identifier), fromHex('F10121F20121F300F40100F50110F600F700FA00FB00FC00FD00FE00'));
}

/** Card holder unique identifier (table 9), without the issuer's signature. */
function cardHolderId(guid: Uint8Array): Uint8Array {
  return concatBytes(
    encodeTlv(0x30, FASC_N),
    encodeTlv(0x34, guid),
    encodeTlv(0x35, Buffer.from('20391231', 'ascii')),
    fromHex('3E00 FE00'),
  );
}

/** Certificate object (table 10): 70 certificate, 71 whether compressed. */
function certificateObject({ reference, der, compressed = false }: PivSlot): PivObjectState[] {
  const tag = certificateTag(reference);
  if (der === undefined || tag === undefined) return [];
  const content = encodeTlv(0x70, compressed ? new Uint8Array(gzipSync(der)) : der);
  return [{ tag, value: concatBytes(content, fromHex(compressed ? '710101FE00' : '710100FE00')) }];
}

/** Key history (table 22): how many retired keys have their certificate on the card; none has it elsewhere. */
function keyHistory(slots: readonly PivSlot[]): PivObjectState[] {
  const count = slots.filter(({ reference, der }) => isRetiredSlot(reference) && der !== undefined).length;
  const value = concatBytes(encodeTlv(0xc1, Uint8Array.of(count)), fromHex('C20100F300FE00'));
  return count === 0 ? [] : [{ tag: objectTags.keyHistory, value }];
}

/**
 * As ykman's `access change-management-key --protect` leaves a card: Yubico's administrative data with flag 02, "stored
 * protected", and the key itself in the printed information.
 */
function keptManagementKey(options: PivPersonalization): PivObjectState[] {
  if (options.managementKeyUnderPin !== true) return [];
  const { value } = createManagementKey(options);
  return [
    { tag: objectTags.administrativeData, value: fromHex('80 03 81 01 02') },
    { tag: objectTags.printedInformation, value: encodeTlv(0x88, encodeTlv(0x89, value)) },
  ];
}
