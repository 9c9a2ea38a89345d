import { encodeTlv } from '../../core/ber-tlv.js';
import { equalBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { CommandApdu } from '../../iso7816/command-apdu.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { KeySpec } from '../../model/key.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardWriter } from '../card-application.js';
import { generatedPublicKey } from '../public-key.js';
import { statusError, SW_CONDITIONS, SW_SECURITY_STATUS, SW_WRONG_DATA } from '../status-words.js';
import { algorithmOfSpec } from './algorithms.js';
import { encodeCertificateObject, parseCertificateObject } from './certificate-object.js';
import { objectTags, putData, readObject } from './data-objects.js';
import { announceRetired, retiredOnCard } from './key-history.js';
import { authenticateWithManagementKey } from './management-key.js';
import { AUTHENTICATION_SLOT, CARD_SLOT, findSlot, retiredSlots, type PivSlot } from './slots.js';

/** Template and element of GENERATE ASYMMETRIC KEY PAIR (SP 800-73-4 part 2 §3.3.1, table 10). */
const CONTROL_TEMPLATE = 0xac;
const CRYPTOGRAPHIC_MECHANISM = 0x80;

/** Key generation and certificates by the management key; a key that is made in a slot takes the place of the one there. */
export function createPivWriter({ isYubiKey }: { readonly isYubiKey: boolean }): CardWriter {
  return {
    authorization: { kind: 'management-key' },
    keySpecs: ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'],
    authenticate: (exchange, key) => authenticateWithManagementKey(exchange, key, { isYubiKey }),
    async generateKeyPair(exchange, { spec, slot = AUTHENTICATION_SLOT.key }) {
      const { key } = requireSlot(slot);
      return { reference: key, publicKey: await generate(exchange, key, spec) };
    },
    storeCertificate: (exchange, { keyReference, der }) => store(exchange, requireSlot(keyReference), der),
    async removeCertificate(exchange, { keyReference = CARD_SLOT.key, der }) {
      const slot = requireSlot(keyReference);
      await requireCertificate(exchange, slot, der);
      await write(exchange, putData(slot.object, new Uint8Array()));
      if (isYubiKey) await deleteKey(exchange, slot);
    },
  };
}

async function generate(exchange: ApduExchange, key: number, spec: KeySpec): Promise<Uint8Array> {
  const mechanism = encodeTlv(CRYPTOGRAPHIC_MECHANISM, Uint8Array.of(algorithmOfSpec(spec)));
  const data = encodeTlv(CONTROL_TEMPLATE, mechanism);
  const answer = await exchange.send({ cla: 0x00, ins: 0x47, p1: 0x00, p2: key, data, le: 65_536 });
  if (answer.statusWord === SW_WRONG_DATA) {
    throw new MiddlewareError('ERR_TOKEN_ALGORITHM_UNSUPPORTED', 'Card makes no such keys', { fields: { spec } });
  }
  if (answer.statusWord !== SW_OK) throw writeError(answer.statusWord, 'GENERATE ASYMMETRIC KEY PAIR');
  return generatedPublicKey(answer.data, spec);
}

/** Certificate first: a key history that counts it too late hides it from some programs, the other order shows a gap. */
async function store(exchange: ApduExchange, slot: PivSlot, der: Uint8Array): Promise<void> {
  await write(exchange, putData(slot.object, encodeCertificateObject(der)));
  const count = retiredSlots.indexOf(slot) + 1;
  if (count === 0) return;
  const history = await readObject(exchange, objectTags.keyHistory);
  if ((retiredOnCard(history) ?? 0) >= count) return;
  await write(exchange, putData(objectTags.keyHistory, announceRetired(history, count)));
}

/** Nothing is removed that another program has put there meanwhile. */
async function requireCertificate(exchange: ApduExchange, slot: PivSlot, der: Uint8Array): Promise<void> {
  const contents = await readObject(exchange, slot.object);
  if (contents !== undefined && equalBytes(parseCertificateObject(contents), der)) return;
  throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Slot holds another certificate, or none', {
    fields: { slot: slot.name },
  });
}

/** MOVE KEY to nowhere, of YubiKeys since firmware 5.7 (Yubico's PIV extensions); others cannot delete a key. */
async function deleteKey(exchange: ApduExchange, { key }: PivSlot): Promise<void> {
  await exchange.send({ cla: 0x00, ins: 0xf6, p1: 0xff, p2: key });
}

async function write(exchange: ApduExchange, command: CommandApdu): Promise<void> {
  const { statusWord } = await exchange.send(command);
  if (statusWord !== SW_OK) throw writeError(statusWord, 'PUT DATA');
}

/** After the management key was accepted, security status and conditions of use can only mean that nothing may change. */
function writeError(statusWord: number, command: string): MiddlewareError {
  const error = statusError(statusWord, command);
  if (statusWord !== SW_SECURITY_STATUS && statusWord !== SW_CONDITIONS) return error;
  return new MiddlewareError('ERR_CARD_READ_ONLY', 'Card does not let anybody write', { fields: error.fields });
}

function requireSlot(key: number): PivSlot {
  const slot = findSlot(key);
  if (slot !== undefined) return slot;
  throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'PIV has no such slot', { fields: { slot: key.toString(16) } });
}
