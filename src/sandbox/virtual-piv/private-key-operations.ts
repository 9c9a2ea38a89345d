import { constants, createECDH, privateEncrypt, type KeyObject } from 'node:crypto';
import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { curveOf, signEcdsa, type CurveName } from '../virtual-card/ecdsa.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { modulusBits } from '../virtual-card/rsa-operations.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import type { PivKeyState } from './piv-card-state.js';
import { hasPin, type PivContext } from './piv-context.js';
import { algorithmOf, isKeyManagementSlot } from './piv-keys.js';

const TEMPLATE = 0x7c;
const CHALLENGE = 0x81;
const RESPONSE = 0x82;
const EXPONENTIATION = 0x85;

const fieldBytes = (curve: CurveName): number => (curve === 'prime256v1' ? 32 : 48);

/** Signs, deciphers or agrees: an empty 82 asks for the answer to 81 or 85 (SP 800-73-4 part 2 appendix A.2 to A.5). */
export function performKeyOperation(
  card: PivContext,
  command: ParsedCommand,
  template: ReadonlyMap<number, Uint8Array>,
): Reply {
  const key = card.state.keys.find(({ reference }) => reference === command.p2);
  if (key === undefined) return status(sw.referenceNotFound);
  const privateKey = card.keyObject(key);
  if (command.p1 !== algorithmOf(privateKey)) return status(sw.badP1P2);
  if (template.get(RESPONSE)?.length !== 0 || template.size !== 2) return status(sw.badData);
  if (!isAllowed(card, key)) return status(sw.securityStatus);
  const result = operate(privateKey, template, {
    mayAgree: card.state.yubico || isKeyManagementSlot(key.reference),
    maySign: card.state.yubico || !isKeyManagementSlot(key.reference),
  });
  if (result === undefined) return status(sw.badData);
  card.countKeyOperation();
  return answer(encodeTlv(TEMPLATE, encodeTlv(RESPONSE, result)));
}

function isAllowed(card: PivContext, { pinPolicy }: PivKeyState): boolean {
  switch (pinPolicy) {
    case 'never':
      return true;
    case 'once':
      return hasPin(card);
    case 'always':
      return hasPin(card) && card.volatile.preceding.pinVerified === true;
  }
}

/** What the slot is for, which with RSA is one and the same operation. */
interface SlotUse {
  readonly mayAgree: boolean;
  readonly maySign: boolean;
}

/** Undefined when the input does not fit the key. */
function operate(key: KeyObject, template: ReadonlyMap<number, Uint8Array>, use: SlotUse): Uint8Array | undefined {
  const [block, point] = [template.get(CHALLENGE), template.get(EXPONENTIATION)];
  const curve = curveOf(key);
  if (curve === undefined) return block && exponentiate(key, block);
  if (block !== undefined) return use.maySign ? signHash(key, curve, block) : undefined;
  return point && use.mayAgree ? agree(key, curve, point) : undefined;
}

/** Padding is the host's part. */
function exponentiate(key: KeyObject, block: Uint8Array): Uint8Array | undefined {
  if (block.length !== modulusBits(key) / 8) return undefined;
  try {
    return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
  } catch {
    // OpenSSL refuses a number that is not below the modulus.
    return undefined;
  }
}

/** A hash shorter than the field counts as a number; a longer one is the host's to cut. */
function signHash(key: KeyObject, curve: CurveName, hash: Uint8Array): Uint8Array | undefined {
  if (hash.length === 0 || hash.length > fieldBytes(curve)) return undefined;
  const signature = signEcdsa(key, curve, hash);
  const half = signature.length / 2;
  return encodeTlv(0x30, concatBytes(integer(signature.subarray(0, half)), integer(signature.subarray(half))));
}

/** A positive DER INTEGER. */
function integer(bytes: Uint8Array): Uint8Array {
  const digits = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  return encodeTlv(0x02, (digits[0] ?? 0) < 0x80 ? digits : concatBytes(Uint8Array.of(0), digits));
}

function agree(key: KeyObject, curve: CurveName, point: Uint8Array): Uint8Array | undefined {
  if (point[0] !== 0x04 || point.length !== 1 + 2 * fieldBytes(curve)) return undefined;
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url'));
  try {
    return ecdh.computeSecret(point);
  } catch {
    // Not on the curve.
    return undefined;
  }
}
