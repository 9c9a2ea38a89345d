import { createCipheriv, timingSafeEqual } from 'node:crypto';
import { encodeTlv } from '../../core/ber-tlv.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import type { ManagementKeyState } from './piv-card-state.js';
import type { PivContext } from './piv-context.js';

export const MANAGEMENT_KEY = 0x9b;
const CARD_DEFAULT = 0x00;
const WITNESS = 0x80;
const CHALLENGE = 0x81;
const RESPONSE = 0x82;
const TEMPLATE = 0x7c;

/** Ciphers by algorithm identifier (SP 800-78-4 table 6-2), with lengths of block and key in bytes. */
const ciphers: Readonly<Record<number, { readonly name: string; readonly block: number; readonly key: number }>> = {
  0x03: { name: 'des-ede3-ecb', block: 8, key: 24 },
  0x08: { name: 'aes-128-ecb', block: 16, key: 16 },
  0x0a: { name: 'aes-192-ecb', block: 16, key: 24 },
  0x0c: { name: 'aes-256-ecb', block: 16, key: 32 },
};

/** Length of a management key of this algorithm; undefined when there is none such. */
export const managementKeyLength = (algorithm: number): number | undefined => ciphers[algorithm]?.key;

function encrypt({ algorithm, value }: ManagementKeyState, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv(ciphers[algorithm]?.name ?? '', value, null).setAutoPadding(false);
  return new Uint8Array(Buffer.concat([cipher.update(block), cipher.final()]));
}

const objectAnswer = (tag: number, value: Uint8Array): Reply => answer(encodeTlv(TEMPLATE, encodeTlv(tag, value)));

/**
 * The two ways to prove the management key (SP 800-73-4 part 2 appendix A.1): mutual, in which the host tells the
 * decrypted witness and gets its own challenge encrypted, and external, in which it encrypts the card's challenge. Any
 * command in between, and any mistake, makes the card forget what it asked, and who was authenticated.
 */
export function authenticateManagement(
  card: PivContext,
  algorithm: number,
  template: ReadonlyMap<number, Uint8Array>,
): Reply {
  const key = card.state.managementKey;
  if (algorithm !== CARD_DEFAULT && algorithm !== key.algorithm) return status(sw.badP1P2);
  const [witness, challenge, response] = [template.get(WITNESS), template.get(CHALLENGE), template.get(RESPONSE)];
  card.volatile.managementAuthenticated = false;
  if (template.size === 1 && witness?.length === 0) return ask(card, 'witness');
  if (template.size === 1 && challenge?.length === 0) return ask(card, 'challenge');
  if (witness !== undefined && challenge !== undefined && (response?.length ?? 0) === 0) {
    return answerWitness(card, witness, challenge);
  }
  return template.size === 1 && response !== undefined ? answerChallenge(card, response) : status(sw.badData);
}

function ask(card: PivContext, role: 'witness' | 'challenge'): Reply {
  const key = card.state.managementKey;
  const value = card.random(ciphers[key.algorithm]?.block ?? 0);
  card.volatile.trail = { challenge: { role, value } };
  return role === 'witness' ? objectAnswer(WITNESS, encrypt(key, value)) : objectAnswer(CHALLENGE, value);
}

function asked(card: PivContext, role: 'witness' | 'challenge'): Uint8Array | undefined {
  const open = card.volatile.preceding.challenge;
  return open?.role === role ? open.value : undefined;
}

function answerWitness(card: PivContext, witness: Uint8Array, challenge: Uint8Array): Reply {
  const expected = asked(card, 'witness');
  if (expected === undefined) return status(sw.conditions);
  if (challenge.length !== expected.length || witness.length !== expected.length) return status(sw.badData);
  if (!timingSafeEqual(witness, expected)) return status(sw.securityStatus);
  card.volatile.managementAuthenticated = true;
  return objectAnswer(RESPONSE, encrypt(card.state.managementKey, challenge));
}

function answerChallenge(card: PivContext, response: Uint8Array): Reply {
  const challenge = asked(card, 'challenge');
  if (challenge === undefined) return status(sw.conditions);
  if (response.length !== challenge.length) return status(sw.badData);
  if (!timingSafeEqual(response, encrypt(card.state.managementKey, challenge))) return status(sw.securityStatus);
  card.volatile.managementAuthenticated = true;
  return status(sw.ok);
}
