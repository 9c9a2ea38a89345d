import { findTlv } from '../../core/ber-tlv.js';
import { fromHex } from '../../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { objectTags, readObject, useGuardedObject } from './data-objects.js';
import { authenticateWithManagementKey, MANAGEMENT_KEY } from './management-key.js';
import { readMetadata } from './metadata.js';

/*
 * A PIN-protected management key, as Yubico's tools keep it: the admin data object (5FFF00) says so, template 80 with
 * flags in 81, and the printed information, which the PIN guards, holds the key, template 88 with the key in 89.
 */
const ADMIN_DATA = 0x5fff00;
const ADMIN_TEMPLATE = 0x80;
const FLAGS = 0x81;
const FLAG_PROTECTED = 0x02;
const PROTECTED_TEMPLATE = 0x88;
const PROTECTED_KEY = 0x89;

/** What YubiKeys come with, for 3DES and AES-192; public knowledge. */
const factoryKey = fromHex('0102030405060708 0102030405060708 0102030405060708');

/**
 * Authenticates with the management key: the one given, else the one that a YubiKey keeps under the PIN, which must be
 * verified, else a YubiKey's from the factory, unless it tells that it has another. Two to four commands more than
 * {@link authenticateWithManagementKey}. No key is guessed on another card: some count keys that are wrong, and
 * YubiKeys do not.
 *
 * @throws {MiddlewareError} ERR_CARD_MANAGEMENT_KEY when none opens it, or none may be tried; by status word.
 */
export async function openForWriting(
  exchange: ApduExchange,
  given: Secret | undefined,
  card: { readonly isYubiKey: boolean },
): Promise<void> {
  if (given !== undefined) return authenticateWithManagementKey(exchange, given, card);
  if (!card.isYubiKey) throw new MiddlewareError('ERR_CARD_MANAGEMENT_KEY', 'Card wants its management key');
  if (await openWithProtectedKey(exchange)) return;
  if ((await readMetadata(exchange, MANAGEMENT_KEY)).isFactoryKey === false) {
    throw new MiddlewareError('ERR_CARD_MANAGEMENT_KEY', 'Card has a management key of its own');
  }
  const key = Secret.moveFrom(factoryKey.slice());
  await authenticateWithManagementKey(exchange, key, card);
}

/**
 * Whether the management key has to be given. Two commands at most; no PIN needed.
 *
 * @returns undefined for a YubiKey where only trying tells.
 */
export async function needsManagementKey(
  exchange: ApduExchange,
  { isYubiKey }: { readonly isYubiKey: boolean },
): Promise<boolean | undefined> {
  if (!isYubiKey) return true;
  if (await isProtected(exchange)) return false;
  const { isFactoryKey } = await readMetadata(exchange, MANAGEMENT_KEY);
  return isFactoryKey === undefined ? undefined : !isFactoryKey;
}

async function isProtected(exchange: ApduExchange): Promise<boolean> {
  const template = findTlv((await readObject(exchange, ADMIN_DATA)) ?? none, ADMIN_TEMPLATE) ?? none;
  return ((findTlv(template, FLAGS)?.[0] ?? 0) & FLAG_PROTECTED) !== 0;
}

const none = new Uint8Array();

async function openWithProtectedKey(exchange: ApduExchange): Promise<boolean> {
  if (!(await isProtected(exchange))) return false;
  return useGuardedObject(exchange, objectTags.printedInformation, async (contents) => {
    const value = findTlv(findTlv(contents ?? none, PROTECTED_TEMPLATE) ?? none, PROTECTED_KEY);
    if (value === undefined) return false;
    const key = Secret.moveFrom(value);
    try {
      await authenticateWithManagementKey(exchange, key, { isYubiKey: true });
      return true;
    } catch (error) {
      // What the card keeps may be an old one.
      if (!isMiddlewareError(error, 'ERR_CARD_MANAGEMENT_KEY')) throw error;
      return false;
    } finally {
      key.wipe();
    }
  });
}
