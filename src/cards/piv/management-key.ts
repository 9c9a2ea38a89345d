import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import { wipeableBytes, type Secret } from '../../core/secret.js';
import type { CommandApdu } from '../../iso7816/command-apdu.js';
import { SW_OK, type ResponseApdu } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { bytesAvailable, statusError, SW_WRONG_DATA } from '../status-words.js';
import { elementOf, elements, generalAuthenticate } from './general-authenticate.js';
import { readMetadata } from './metadata.js';

/** The card application administration key (SP 800-73-4 part 1 table 4b). */
export const MANAGEMENT_KEY = 0x9b;

/** Ciphers of the management key (SP 800-78-4 table 6-2); of two with keys as long as each other the older first. */
interface Cipher {
  readonly algorithm: number;
  readonly name: string;
  readonly keyLength: number;
  readonly blockLength: number;
}
const ciphers: readonly Cipher[] = [
  { algorithm: 0x03, name: 'des-ede3-ecb', keyLength: 24, blockLength: 8 },
  { algorithm: 0x08, name: 'aes-128-ecb', keyLength: 16, blockLength: 16 },
  { algorithm: 0x0a, name: 'aes-192-ecb', keyLength: 24, blockLength: 16 },
  { algorithm: 0x0c, name: 'aes-256-ecb', keyLength: 32, blockLength: 16 },
];

/** Status words by which a card says that it does not authenticate in this way, or not with this cipher. */
const otherWay: ReadonlySet<number> = new Set([SW_WRONG_DATA, 0x6a81, 0x6a86, 0x6a88, 0x6b00]);

/** The card's part, made with one of the ciphers. */
interface Opening {
  readonly cipher: Cipher;
  readonly answer: ResponseApdu;
}

/**
 * Authenticates the host with the management key, and in turn the card where it can (SP 800-73-4 part 2 appendix A.1
 * and A.2). Two commands; one more on a YubiKey, which tells its cipher, and one for each way that the card refuses.
 *
 * @throws {MiddlewareError} ERR_CARD_MANAGEMENT_KEY when the card refuses the key, has none of its length, or does not
 *   know it itself; others by status word.
 */
export async function authenticateWithManagementKey(
  exchange: ApduExchange,
  key: Secret,
  { isYubiKey }: { readonly isYubiKey: boolean },
): Promise<void> {
  const told = isYubiKey ? (await readMetadata(exchange, MANAGEMENT_KEY)).algorithm : undefined;
  const candidates = ciphers.filter(
    ({ keyLength, algorithm }) => keyLength === key.length && (told ?? algorithm) === algorithm,
  );
  const mutual = await open(exchange, candidates, elements.witness);
  if (mutual !== undefined) return authenticateEachOther(exchange, key, mutual);
  const external = await open(exchange, candidates, elements.challenge);
  if (external === undefined) throw refused('Card has no management key like this');
  return authenticateHost(exchange, key, external);
}

/** Asks for the card's part, with each cipher until it agrees; costs nothing that the card counts. */
async function open(
  exchange: ApduExchange,
  candidates: readonly Cipher[],
  element: number,
): Promise<Opening | undefined> {
  for (const cipher of candidates) {
    const template = [[element, new Uint8Array()]] as const;
    const answer = await exchange.send(command(cipher, template), { confidentialAnswer: true });
    if (answer.statusWord === SW_OK) return { cipher, answer };
    if (!otherWay.has(answer.statusWord)) throw statusError(answer.statusWord, 'GENERAL AUTHENTICATE');
  }
  return undefined;
}

/** The card sends a witness, enciphered; the host deciphers it, and wants a challenge of its own enciphered. */
async function authenticateEachOther(exchange: ApduExchange, key: Secret, { cipher, answer }: Opening): Promise<void> {
  const witness = decrypt(cipher, key, blockOf(cipher, answer, elements.witness));
  const challenge = randomBytes(cipher.blockLength);
  const expected = encrypt(cipher, key, challenge);
  try {
    const proof = await sendProof(exchange, cipher, [
      [elements.witness, witness],
      [elements.challenge, challenge],
    ]);
    if (timingSafeEqual(blockOf(cipher, proof, elements.response), expected)) return;
    throw refused('Card does not know its management key');
  } finally {
    for (const bytes of [witness, challenge, expected]) bytes.fill(0);
  }
}

/** The card sends a challenge, the host enciphers it. */
async function authenticateHost(exchange: ApduExchange, key: Secret, { cipher, answer }: Opening): Promise<void> {
  const response = encrypt(cipher, key, blockOf(cipher, answer, elements.challenge));
  try {
    await sendProof(exchange, cipher, [[elements.response, response]]);
  } finally {
    response.fill(0);
  }
}

async function sendProof(
  exchange: ApduExchange,
  cipher: Cipher,
  template: Parameters<typeof command>[1],
): Promise<ResponseApdu> {
  const proof = command(cipher, template);
  try {
    const answer = await exchange.send(proof, { sensitive: true });
    const left = bytesAvailable(answer.statusWord);
    const complete = left === undefined ? answer : await getResponse(exchange, left);
    if (complete.statusWord === SW_OK) return complete;
    throw keyError(complete.statusWord);
  } finally {
    proof.data?.fill(0);
  }
}

/** A sensitive command is never followed by anything of itself; with T=0 its answer has to be fetched. */
function getResponse(exchange: ApduExchange, left: number): Promise<ResponseApdu> {
  const fetch = { cla: 0x00, ins: 0xc0, p1: 0x00, p2: 0x00, le: left === 0 ? 256 : left };
  return exchange.send(fetch, { confidentialAnswer: true });
}

/** What cards answer to a proof that is wrong: 6982 (part 2 §3.2.4), some 63Cx, 6300, 6983 or 6A80. */
function keyError(statusWord: number): MiddlewareError {
  const otherwise = statusError(statusWord, 'GENERAL AUTHENTICATE');
  const isWrongKey =
    isMiddlewareError(otherwise, 'ERR_CARD_SECURITY_STATUS') ||
    [0x6300, 0x6983, SW_WRONG_DATA].includes(statusWord) ||
    statusWord >> 4 === 0x63c;
  return isWrongKey ? refused('Card refuses the management key') : otherwise;
}

function command(
  { algorithm, blockLength }: Cipher,
  template: readonly (readonly [number, Uint8Array])[],
): CommandApdu {
  return generalAuthenticate({ algorithm, key: MANAGEMENT_KEY, template, answerLength: blockLength });
}

function blockOf({ blockLength }: Cipher, answer: ResponseApdu, element: number): Uint8Array {
  const block = elementOf(answer, element);
  if (block.length === blockLength) return block;
  throw new MiddlewareError('ERR_CARD_RESPONSE', 'Cipher block of unexpected length', {
    fields: { length: block.length, expected: blockLength },
  });
}

const encrypt = ({ name }: Cipher, key: Secret, block: Uint8Array): Uint8Array =>
  key.use((bytes) => moved(createCipheriv(name, bytes, null).setAutoPadding(false).update(block)));

const decrypt = ({ name }: Cipher, key: Secret, block: Uint8Array): Uint8Array =>
  key.use((bytes) => moved(createDecipheriv(name, bytes, null).setAutoPadding(false).update(block)));

/** Moves bytes to where they can be wiped for good. */
function moved(bytes: Uint8Array): Uint8Array {
  const target = wipeableBytes(bytes.length);
  target.set(bytes);
  bytes.fill(0);
  return target;
}

function refused(message: string): MiddlewareError {
  return new MiddlewareError('ERR_CARD_MANAGEMENT_KEY', message);
}
