import { createCipheriv, timingSafeEqual } from 'node:crypto';
import type { CardContext } from './card-context.js';
import type { ParsedCommand } from './parsed-command.js';
import { refusal } from './retry-counter.js';
import { answer, status, sw, triesLeft, type Reply } from './status-words.js';

/*
 * The admin key and its challenge and response. The cryptogram is the challenge under the admin key, as the minidriver
 * specification has it: one block of 3DES (8 bytes, GET CHALLENGE with P2 = 01), or one of AES-256 (16 bytes, P2 = 00).
 * How real cards code it is not public; this is the form of ISO/IEC 7816-4.
 */
const ciphers = {
  24: { name: 'des-ede3-ecb', block: 8 },
  32: { name: 'aes-256-ecb', block: 16 },
} as const;

/**
 * GET CHALLENGE (ISO/IEC 7816-4:2020 §11.6.3): 8 bytes with P2 = 01, 16 with P2 = 00. The last one answered stays good
 * for one EXTERNAL AUTHENTICATE, whatever comes between: the answer may have to be asked for by telephone.
 */
export function getChallenge(card: CardContext, command: ParsedCommand): Reply {
  if (command.p1 !== 0 || command.p2 > 1) return status(sw.badP1P2);
  if (command.data.length > 0 || command.ne === undefined) return status(sw.wrongLength);
  const challenge = card.random(command.p2 === 1 ? 8 : 16);
  card.volatile.challenge = challenge;
  return answer(challenge.slice());
}

/**
 * EXTERNAL AUTHENTICATE (ISO/IEC 7816-4:2020 §11.6.4), P1-P2 0000, with the cryptogram; without data it tells the state
 * as VERIFY does. Each wrong cryptogram costs a try, and without tries the key is blocked for good. P1 = FF drops the
 * authenticated state.
 */
export function externalAuthenticate(card: CardContext, command: ParsedCommand): Reply {
  const { p1, p2, data } = command;
  if ((p1 !== 0x00 && p1 !== 0xff) || p2 !== 0) return status(sw.badP1P2);
  if (p1 === 0xff) return endAuthentication(card, command);
  const key = card.state.adminKey;
  if (data.length === 0) return card.volatile.adminAuthenticated ? status(sw.ok) : triesLeft(key.triesLeft);
  const cipher = key.value.length === 32 ? ciphers[32] : ciphers[24];
  if (data.length !== cipher.block) return status(sw.wrongLength);
  const { challenge } = card.volatile;
  if (challenge?.length !== cipher.block) return status(sw.conditions);
  card.volatile.challenge = undefined;
  card.volatile.adminAuthenticated = false;
  const refused = refusal(card, key, () => timingSafeEqual(data, encrypt(cipher.name, key.value, challenge)));
  if (refused !== undefined) return refused;
  card.volatile.adminAuthenticated = true;
  return status(sw.ok);
}

function endAuthentication(card: CardContext, command: ParsedCommand): Reply {
  if (command.data.length > 0) return status(sw.wrongLength);
  card.volatile.adminAuthenticated = false;
  return status(sw.ok);
}

function encrypt(name: string, key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv(name, key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}
