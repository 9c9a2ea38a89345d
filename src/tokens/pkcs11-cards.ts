import { createHash } from 'node:crypto';
import { isMiddlewareError } from '../core/errors.js';
import type { Logger } from '../core/ports.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { PinInfo, PinReference } from '../model/pin.js';
import type { Pkcs11Slot } from '../pkcs11/slot-poll.js';

/** A PIN of a card that a module shows, and the slot that stands for it. */
export interface Pkcs11Pin {
  readonly reference: PinReference;
  readonly role: PinInfo['role'];
  readonly slot: Pkcs11Slot;
}

/** A certificate, and how its slot names its key. */
export interface Pkcs11Certificate {
  readonly certificate: CertificateInfo;
  readonly pin: Pkcs11Pin;
  /** CKA_ID; without one the key cannot be found. */
  readonly keyId: Uint8Array | undefined;
}

/** One card of a module: several slots where the module shows one token per PIN. */
export interface Pkcs11Card {
  readonly id: string;
  readonly serial: string;
  readonly label: string;
  readonly product: string;
  readonly reader: string;
  readonly pins: readonly Pkcs11Pin[];
  readonly certificates: readonly Pkcs11Certificate[];
}

/** What {@link groupIntoCards} needs. */
export interface GroupOptions {
  readonly parseCertificate: (der: Uint8Array) => CertificateInfo;
  readonly logger: Logger;
}

/** The cards that a module's slots show; slots with the same reader, manufacturer and serial number are one card. */
export function groupIntoCards(slots: readonly Pkcs11Slot[], options: GroupOptions): readonly Pkcs11Card[] {
  const groups = new Map<string, Pkcs11Slot[]>();
  for (const slot of slots) {
    const key = groupKey(slot);
    groups.set(key, [...(groups.get(key) ?? []), slot]);
  }
  const ids = new Set<string>();
  return [...groups.values()].map((group) => {
    const card = cardOf(group, options);
    // Some modules give all their cards the same serial number.
    const id = ids.has(card.id) ? `${card.id}-${shortHash(card.reader, group[0]?.slot ?? '')}` : card.id;
    ids.add(id);
    return { ...card, id };
  });
}

/** Without a serial number nothing shows that two slots are one card. */
function groupKey({ slot, reader, contents: { token } }: Pkcs11Slot): string {
  return JSON.stringify([reader, token.manufacturer, token.model, token.serial, token.serial === '' ? slot : '']);
}

function cardOf(slots: readonly Pkcs11Slot[], options: GroupOptions): Pkcs11Card {
  const ordered = slots
    .map((slot) => {
      const found = parseAll(slot, options);
      return { slot, found, role: roleOf(slot, found) };
    })
    .toSorted((a, b) => Number(a.role === 'signature') - Number(b.role === 'signature'))
    .map(({ slot, found, role }, index) => ({ found, pin: { reference: index + 1, role, slot } }));
  const first = ordered[0]?.pin;
  if (first === undefined) throw new RangeError('a card has a slot');
  const { token } = first.slot.contents;
  const label = baseLabel(token.label);
  return {
    id: `p11:${namePart(token.serial)}-${shortHash(token.manufacturer, token.model, token.serial, label)}`,
    serial: token.serial,
    label,
    product: token.model === '' ? token.manufacturer : token.model,
    reader: first.slot.reader,
    pins: ordered.map(({ pin }) => pin),
    certificates: assign(ordered.flatMap(({ found, pin }) => found.map((entry) => ({ ...entry, pin })))),
  };
}

interface ParsedCertificate {
  readonly certificate: CertificateInfo;
  readonly id: Uint8Array;
}

/** Once for all that a token showed: a module's tokens are grouped anew whenever one of them changes. */
const parsed = new WeakMap<Pkcs11Slot['contents'], readonly ParsedCertificate[]>();

function parseAll({ contents, reader }: Pkcs11Slot, options: GroupOptions): readonly ParsedCertificate[] {
  const known = parsed.get(contents);
  if (known !== undefined) return known;
  const found = contents.certificates.flatMap(({ der, id }) => {
    try {
      return [{ certificate: options.parseCertificate(der), id }];
    } catch (error) {
      if (!isMiddlewareError(error)) throw error;
      return [];
    }
  });
  const leftOut = contents.certificates.length - found.length;
  if (leftOut > 0) options.logger.warn({ reader, leftOut }, 'Certificates of a vendor module left out');
  parsed.set(contents, found);
  return found;
}

/** By what its certificates are for; a slot without any by its label. */
function roleOf({ contents }: Pkcs11Slot, found: readonly ParsedCertificate[]): PinInfo['role'] {
  const own = found.filter(({ certificate }) => !certificate.isCa);
  if (own.length > 0)
    return own.every(({ certificate }) => isForSignaturesOnly(certificate)) ? 'signature' : 'authentication';
  return /sign(?!.*auth)|underskrift/i.test(contents.token.label) ? 'signature' : 'authentication';
}

/** Whether a certificate is for signatures (underskrift) and not for authentication. */
export function isForSignaturesOnly({ keyUsage }: CertificateInfo): boolean {
  return keyUsage.includes('nonRepudiation') && !keyUsage.includes('digitalSignature');
}

/** Each certificate once: some modules show all of them in every slot, the key being in one. */
function assign(all: readonly (ParsedCertificate & { readonly pin: Pkcs11Pin })[]): readonly Pkcs11Certificate[] {
  const byFingerprint = new Map<string, (typeof all)[number][]>();
  for (const entry of all) {
    const { fingerprint } = entry.certificate;
    byFingerprint.set(fingerprint, [...(byFingerprint.get(fingerprint) ?? []), entry]);
  }
  return [...byFingerprint.values()].flatMap((copies) => {
    const best = copies.find(showsKey) ?? copies.find(fitsRole) ?? copies[0];
    if (best === undefined) return [];
    const { certificate, pin, id } = best;
    return [{ certificate, pin, keyId: certificate.isCa || id.length === 0 ? undefined : id }];
  });
}

function showsKey({ pin, id }: ParsedCertificate & { readonly pin: Pkcs11Pin }): boolean {
  return pin.slot.contents.keyIds.some((keyId) => Buffer.compare(keyId, id) === 0);
}

function fitsRole({ certificate, pin }: ParsedCertificate & { readonly pin: Pkcs11Pin }): boolean {
  return (pin.role === 'signature') === isForSignaturesOnly(certificate);
}

/** `Name (PIN)` and `Name (Digital Signature PIN)` are the same card. */
const baseLabel = (label: string): string => label.replace(/ *\([^()]*\)?$/, '') || label;

/** People type ids, and programs split lines at blanks. */
const namePart = (serial: string): string => serial.replace(/[^\w.-]/g, '_').slice(0, 32);

const shortHash = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
