import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { MiddlewareError } from '../../core/errors.js';
import { applicationDirectory, elementary, type StoredCertificate } from './application-directory.js';
import { allFiles, keySize, sizeOf } from './card-files.js';
import { cardLayouts, PIN_2, type CardLayout } from './card-layout.js';
import { emptyPkcs15Card, PKCS15_AID } from './empty-card.js';
import { dirEntry } from './object-entries.js';
import { MIN_PIN, padPin, pinBlocks } from './pin-block.js';
import type { CommandSet, Pkcs15CardState, SecretState, SlotKey } from './pkcs15-card-state.js';
import { bitsOf, exportKey } from './private-keys.js';

/** A certificate and its private key (RSA, P-256 or P-384); without one it is an issuer's. */
export interface Pkcs15Certificate {
  readonly der: Uint8Array;
  /** A key, or PKCS #8 DER. */
  readonly privateKey?: KeyObject | Uint8Array;
  /** Joins certificate and key; default 45, 46, and so on. */
  readonly id?: Uint8Array;
  /** Default `Certificate 1`, and so on. */
  readonly label?: string;
  /** Default everything that the key can; `nonRepudiation` only signs. */
  readonly usage?: 'all' | 'nonRepudiation';
  /** MyEID only: PIN 2 guards the key. */
  readonly pin?: 'user' | 'signature';
  /** Each use wants the PIN anew; told to the host, not enforced by these cards. */
  readonly userConsent?: boolean;
}

export interface Pkcs15Personalization {
  readonly commandSet: CommandSet;
  /** 10 bytes; random by default. */
  readonly serial?: Uint8Array;
  /** Token label; default `Virtual PKCS15`. */
  readonly label?: string;
  /** 4 to 16 bytes for IsoApplet, 4 to 8 for MyEID. All PINs are copied; wiping the originals is the caller's part. */
  readonly pin: Uint8Array;
  /** Exactly 16 bytes for IsoApplet, 4 to 8 for MyEID. */
  readonly puk: Uint8Array;
  /** MyEID only: PIN 2, with the same PUK value. */
  readonly signaturePin?: Uint8Array;
  readonly certificates: readonly Pkcs15Certificate[];
  /** Default now. */
  readonly lastUpdate?: Date;
  /** Bytes that all files and keys together may take; default 65 536. */
  readonly capacity?: number;
}

const unfit = (what: string): MiddlewareError => new MiddlewareError('ERR_USAGE', `Virtual PKCS #15 card: ${what}`);

/**
 * The state of a card as pkcs15-init would leave it, with certificates, keys and PINs (ISO/IEC 7816-15:2016).
 *
 * @throws {MiddlewareError} ERR_USAGE when a PIN, key or certificate does not fit the card, or all of them together.
 */
export function personalizePkcs15(options: Pkcs15Personalization): Pkcs15CardState {
  const layout = cardLayouts[options.commandSet];
  const empty = emptyPkcs15Card(options);
  const stored = options.certificates.map((certificate, number) => readCertificate(options, certificate, number));
  const label = options.label ?? 'Virtual PKCS15';
  const application = applicationDirectory(layout, {
    label,
    serial: empty.serial,
    lastUpdate: options.lastUpdate ?? new Date(),
    block: pinBlocks[options.commandSet],
    hasSignaturePin: options.signaturePin !== undefined,
    certificates: stored,
  });
  const state: Pkcs15CardState = {
    ...empty,
    activated: true,
    secrets: createSecrets(options, layout),
    keys: layout.privateKeys === undefined ? stored.flatMap(slotKey) : [],
    root: {
      ...empty.root,
      access: layout.access.directory,
      children: [elementary(layout, 0x2f00, dirEntry(PKCS15_AID, label), 128), application],
    },
  };
  const used = allFiles(state.root).reduce((sum, file) => sum + sizeOf(file), 0);
  const slots = stored.reduce((sum, { key }) => sum + (key === undefined ? 0 : keySize(bitsOf(key))), 0);
  if (used + (layout.privateKeys === undefined ? slots : 0) > state.capacity) throw unfit('contents beyond capacity');
  return state;
}

function readCertificate(
  options: Pkcs15Personalization,
  certificate: Pkcs15Certificate,
  number: number,
): StoredCertificate {
  const isSignature = certificate.pin === 'signature';
  if (isSignature && options.signaturePin === undefined) throw unfit('no signature PIN for this key');
  return {
    der: certificate.der,
    onlySigns: certificate.usage === 'nonRepudiation',
    userConsent: certificate.userConsent ?? false,
    key: readKey(certificate),
    id: certificate.id ?? Uint8Array.of(0x45 + number),
    label: certificate.label ?? `Certificate ${number + 1}`,
    number,
    pin: isSignature ? PIN_2 : cardLayouts[options.commandSet].userPin,
  };
}

function readKey({ privateKey, der }: Pkcs15Certificate): KeyObject | undefined {
  if (privateKey === undefined) return undefined;
  const key =
    privateKey instanceof Uint8Array
      ? createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' })
      : privateKey;
  if (bitsOf(key) === 0) throw unfit('only RSA, P-256 and P-384 keys');
  if (!new X509Certificate(der).publicKey.equals(createPublicKey(key))) throw unfit('key and certificate differ');
  return key;
}

function createSecrets(options: Pkcs15Personalization, { userPin, tries }: CardLayout): SecretState[] {
  const { commandSet, pin, puk, signaturePin } = options;
  const block = pinBlocks[commandSet];
  const secret = (role: SecretState['role'], reference: number, value: Uint8Array): SecretState => {
    const isPuk = role === 'puk' && commandSet === 'isoapplet';
    const hasRoom = value.length >= (isPuk ? block.length : MIN_PIN) && value.length <= block.length;
    if (!hasRoom || value.includes(block.padding)) throw unfit('PIN or PUK length');
    const maxTries = tries[role];
    return { role, reference, maxTries, triesLeft: maxTries, value: padPin(block, value) };
  };
  const pukReference = commandSet === 'isoapplet' ? 2 : userPin.reference;
  const secrets = [secret('pin', userPin.reference, pin), secret('puk', pukReference, puk)];
  if (signaturePin === undefined) return secrets;
  if (commandSet === 'isoapplet') throw unfit('IsoApplet has one PIN');
  return [...secrets, secret('pin', PIN_2.reference, signaturePin), secret('puk', PIN_2.reference, puk)];
}

function slotKey({ key, number }: StoredCertificate): SlotKey[] {
  return key === undefined ? [] : [{ reference: number, pkcs8: exportKey(key) }];
}
