import { createHash } from 'node:crypto';
import { equalBytes } from '../../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { CommandApdu } from '../../iso7816/command-apdu.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { KeySpec } from '../../model/key.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardWriter, NewCardKey, OldCertificate } from '../card-application.js';
import {
  encodeCertificateObject,
  encodeKeptSlot,
  keyIdOf,
  NO_KEY_ID,
  parseCertificateObject,
} from './certificate-object.js';
import { objectTags, putData, readObject } from './data-objects.js';
import { generateInSlot, writeError } from './generate-key.js';
import { findCertifiedSlot, findKeptSlot, isFree, readSlot, slotsForNewKeys } from './kept-slots.js';
import { announceRetired, retiredOnCard } from './key-history.js';
import { readMetadata } from './metadata.js';
import { needsManagementKey, openForWriting } from './open-for-writing.js';
import { findSlot, isRetired, mainSlots, retiredSlots, type PivSlot } from './slots.js';

/**
 * Key generation and certificates by PIN and management key. PIV names keys by their slots alone and has no command that
 * tells whether a slot has one. So a mark in the slot's certificate object, without a certificate, says whose key it is
 * before the key is made, and takes the room that the certificate will need; the certificate takes its place.
 */
export function createPivWriter(card: { readonly isYubiKey: boolean }): CardWriter {
  return {
    pin: undefined,
    keySpecs: ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'],
    open: (exchange, managementKey) => openForWriting(exchange, managementKey, card),
    async room(exchange) {
      const managementKeyNeeded = await needsManagementKey(exchange, card);
      let keys = 0;
      for (const slot of slotsForNewKeys) {
        if (await isFree(exchange, await readSlot(exchange, slot), card)) keys += 1;
      }
      return { keys, bytes: undefined, managementKeyNeeded };
    },
    generateKeyPair: (exchange, request) => generateKeyPair(exchange, request, card),
    async findKey(exchange, keyId) {
      const kept = await findKeptSlot(exchange, keyId);
      const slot = kept ?? (await findCertifiedSlot(exchange, keyId));
      if (slot === undefined) return undefined;
      const isMissing = card.isYubiKey && (await readMetadata(exchange, slot.key)).exists === false;
      return isMissing ? undefined : { reference: slot.key, hasCertificate: kept === undefined };
    },
    async removeKey(exchange, keyId) {
      const slot = await findKeptSlot(exchange, keyId);
      if (slot !== undefined) await emptySlot(exchange, slot, card);
    },
    storeCertificate: async (exchange, { keyReference, der }) => store(exchange, requireSlot(keyReference), der),
    removeCertificate: (exchange, certificate) => removeCertificate(exchange, certificate, card),
  };
}

type Card = Parameters<typeof createPivWriter>[0];

async function generateKeyPair(
  exchange: ApduExchange,
  { spec, keyId, certificateBytes }: NewCardKey,
  card: Card,
): Promise<{ readonly reference: number; readonly publicKey: Uint8Array }> {
  const slot = await slotForKey(exchange, keyId, spec, card);
  await put(exchange, slot, encodeKeptSlot(keyId, certificateBytes));
  try {
    return { reference: slot.key, publicKey: await generateInSlot(exchange, slot.key, spec) };
  } catch (error) {
    if (cardRefused(error)) await emptySlot(exchange, slot, card);
    throw error;
  }
}

/** The first slot that is free, or bears the id already. */
async function slotForKey(exchange: ApduExchange, keyId: Uint8Array, spec: KeySpec, card: Card): Promise<PivSlot> {
  for (const slot of slotsForNewKeys) {
    // With elliptic curves a retired key only agrees on keys, but for YubiKeys (SP 800-73-4 part 1 §3.3.4).
    if (isRetired(slot) && !card.isYubiKey && !spec.startsWith('rsa')) break;
    const state = await readSlot(exchange, slot);
    const isOwn = state.keptFor !== undefined && equalBytes(state.keptFor, keyId);
    if (isOwn || (await isFree(exchange, state, card))) return slot;
  }
  throw new MiddlewareError('ERR_CARD_NO_CONTAINER', 'No slot is free');
}

/** Certificate first: a key history that counts it too late hides it from some programs, the other order shows a gap. */
async function store(exchange: ApduExchange, slot: PivSlot, der: Uint8Array): Promise<void> {
  const { keptFor } = await readSlot(exchange, slot);
  await put(exchange, slot, encodeCertificateObject(der, keptFor));
  const count = retiredSlots.indexOf(slot) + 1;
  if (count === 0) return;
  const history = await readObject(exchange, objectTags.keyHistory);
  if ((retiredOnCard(history) ?? 0) >= count) return;
  await write(exchange, putData(objectTags.keyHistory, announceRetired(history, count)));
}

async function removeCertificate(exchange: ApduExchange, old: OldCertificate, card: Card): Promise<void> {
  const { slot, keyId } = await slotOf(exchange, old);
  if (!old.keepKey) return emptySlot(exchange, slot, card);
  if (!slotsForNewKeys.includes(slot)) return put(exchange, slot, new Uint8Array());
  // A slot without a certificate would be free for the next key, which would take the place of this one.
  const id = keyId ?? new Uint8Array(createHash('sha256').update(old.der).digest()).subarray(0, NO_KEY_ID.length);
  await put(exchange, slot, encodeKeptSlot(id, 0));
}

/** Nothing is removed that another program has put there meanwhile. */
async function slotOf(
  exchange: ApduExchange,
  { der, keyReference }: OldCertificate,
): Promise<{ readonly slot: PivSlot; readonly keyId: Uint8Array | undefined }> {
  const told = keyReference === undefined ? undefined : findSlot(keyReference);
  for (const slot of told === undefined ? [...mainSlots, ...retiredSlots] : [told]) {
    const contents = await readObject(exchange, slot.object);
    if (contents !== undefined && holds(contents, der)) return { slot, keyId: keyIdOf(contents) };
  }
  throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'No slot holds this certificate');
}

function holds(contents: Uint8Array, der: Uint8Array): boolean {
  try {
    return equalBytes(parseCertificateObject(contents), der);
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_CARD_RESPONSE')) throw error;
    return false;
  }
}

/**
 * Frees a slot: its key where the card can, then its object. MOVE KEY to nowhere is of YubiKeys since firmware 5.7
 * (Yubico's PIV extensions); the key of an older one stays, and the slot is marked as one whose key nobody wants. On
 * other cards the next key takes the place.
 */
async function emptySlot(exchange: ApduExchange, slot: PivSlot, { isYubiKey }: Card): Promise<void> {
  if (isYubiKey) await exchange.send({ cla: 0x00, ins: 0xf6, p1: 0xff, p2: slot.key });
  const mayBeTaken = isYubiKey && slotsForNewKeys.includes(slot);
  const keyStays = mayBeTaken && (await readMetadata(exchange, slot.key)).exists === true;
  await put(exchange, slot, keyStays ? encodeKeptSlot(NO_KEY_ID, 0) : new Uint8Array());
}

function put(exchange: ApduExchange, slot: PivSlot, contents: Uint8Array): Promise<void> {
  return write(exchange, putData(slot.object, contents));
}

async function write(exchange: ApduExchange, command: CommandApdu): Promise<void> {
  const { statusWord } = await exchange.send(command);
  if (statusWord !== SW_OK) throw writeError(statusWord, 'PUT DATA');
}

/** Whether the card has answered: it can still be tidied up. */
function cardRefused(error: unknown): boolean {
  return isMiddlewareError(
    error,
    'ERR_CARD_FULL',
    'ERR_CARD_READ_ONLY',
    'ERR_CARD_RESPONSE',
    'ERR_CARD_STATUS',
    'ERR_TOKEN_ALGORITHM_UNSUPPORTED',
  );
}

function requireSlot(key: number): PivSlot {
  const slot = findSlot(key);
  if (slot !== undefined) return slot;
  throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'PIV has no such slot', { fields: { slot: key.toString(16) } });
}
