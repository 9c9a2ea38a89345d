import { ecPublicKey, rsaPublicKey } from '../cards/public-key.js';
import type { Logger } from '../core/ports.js';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { KeySpec } from '../model/key.js';
import { digestBytes, digestOf } from '../model/signature.js';
import { derTag, readDer, readOnly } from '../pki/der.js';
import type { OpenLogin } from '../pkcs11/open-use.js';
import type { OpenWork, TokenContents } from '../pkcs11/protocol.js';
import { ckf } from '../pkcs11/return-values.js';
import type { Pkcs11Card, Pkcs11Pin } from './pkcs11-cards.js';
import { padOperations, signingAlgorithms, type KeyNames } from './pkcs11-description.js';
import { withOutcome, type Pkcs11JobResult } from './pkcs11-use.js';
import { publicKeyFacts } from './public-key-facts.js';
import { signatureLength, unsupportedAlgorithm } from './sign-all.js';
import type { OpenedCard, TokenCertificate, WritableToken, WriteAuthorization } from './token.js';
import { wiping } from './wipe-codes.js';

/** What writing adds to a token. */
export type WritingMembers = Pick<WritableToken, 'writing' | 'room' | 'write'>;

/** What {@link createPkcs11Writing} works with: the ways of its token to the module. */
export interface Pkcs11WritingOptions {
  readonly names: KeyNames;
  readonly module: string;
  readonly ignorePinPad: boolean;
  readonly logger: Logger;
  readonly card: () => Pkcs11Card;
  /** One login of the PIN, and the work under it. */
  readonly run: (
    pin: Pkcs11Pin,
    authorization: WriteAuthorization,
    work: (login: OpenLogin) => Promise<void>,
  ) => Promise<Pkcs11JobResult>;
  /** Reads the PIN's slot again. */
  read(pin: Pkcs11Pin, signal?: AbortSignal): Promise<TokenContents>;
  /** What the card holds when its slot shows this. */
  described(pin: Pkcs11Pin, contents: TokenContents): readonly TokenCertificate[];
}

/* PKCS#11 v2.40, include file pkcs11t.h. */
const CKF_GENERATE_KEY_PAIR = 0x10000;
const specsOfMechanism: readonly (readonly [number, readonly KeySpec[]])[] = [
  [0x0, ['rsa-2048', 'rsa-3072', 'rsa-4096']],
  [0x1040, ['ec-p256', 'ec-p384']],
];

/** What a card's module can generate; nothing on a card that is write-protected. */
export function writableSpecs({ pins }: Pkcs11Card): readonly KeySpec[] {
  const contents = pins[0]?.slot.contents;
  if (contents === undefined || contents.token.flags & ckf.writeProtected) return [];
  return specsOfMechanism.flatMap(([wanted, specs]) =>
    contents.mechanisms.some(({ mechanism, flags }) => mechanism === wanted && flags & CKF_GENERATE_KEY_PAIR)
      ? specs
      : [],
  );
}

/** Writing with the first PIN of a card, the one for authentication where there are two. */
export function createPkcs11Writing(options: Pkcs11WritingOptions): WritingMembers {
  const firstPin = (): Pkcs11Pin => {
    const [pin] = options.card().pins;
    if (pin === undefined) throw new MiddlewareError('ERR_CARD_REMOVED', 'Card is gone');
    return pin;
  };

  return {
    get writing() {
      const pin = firstPin();
      return {
        pin: pin.reference,
        keySpecs: writableSpecs(options.card()),
        managementKey: false,
        pinPad: padOperations(pin, options).includes('verify'),
      };
    },

    async room(signal) {
      const { token } = await options.read(firstPin(), signal);
      return { keys: undefined, bytes: token.freePublicMemory };
    },

    write: <T>(authorization: WriteAuthorization, work: (card: OpenedCard) => Promise<T>) => {
      const { pin: code, managementKey } = authorization;
      return wiping([code, managementKey ?? 'pin-pad'], async () => {
        const pin = firstPin();
        const ended: { outcome?: { readonly value: T } | { readonly error: unknown } } = {};
        const { retryCounter, cost } = await options.run(pin, authorization, async (login) => {
          try {
            ended.outcome = { value: await work(openCard(options, pin, login)) };
          } catch (error) {
            ended.outcome = { error };
          }
        });
        // What was done is done, and the next poll shows it.
        await options.read(pin).catch((error: unknown) => {
          options.logger.warn({ module: options.module, error }, 'Token cannot be read after writing');
        });
        const outcome = ended.outcome ?? { error: new MiddlewareError('ERR_ABORTED', 'Writing takes too long') };
        if ('value' in outcome) return { value: outcome.value, retryCounter, cost };
        throw isMiddlewareError(outcome.error) ? withOutcome(outcome.error, 'accepted') : outcome.error;
      });
    },
  };
}

function openCard(options: Pkcs11WritingOptions, pin: Pkcs11Pin, login: OpenLogin): OpenedCard {
  const { names, module } = options;
  const certificates = async (): Promise<readonly TokenCertificate[]> => options.described(pin, await login.read());
  const count = async (keyId: Uint8Array): Promise<{ readonly keys: number; readonly certificates: number }> => {
    const [keys, held, ...rest] = await login.do({ kind: 'find-key', keyId });
    if (keys === undefined || held === undefined || rest.length > 0) throw nonsense(module, 'number of keys');
    return { keys, certificates: held };
  };
  const idOf = async (reference: number): Promise<Uint8Array> => {
    if (names.idOf(reference) === undefined) await certificates();
    const keyId = names.idOf(reference);
    if (keyId === undefined || (await count(keyId)).keys === 0) {
      throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Token has no such key');
    }
    return keyId;
  };

  return {
    async generateKeyPair({ spec, label, keyId, certificateBytes }) {
      if (!writableSpecs(options.card()).includes(spec)) throw unsupportedAlgorithm(spec);
      checkKeyId(keyId);
      const { token } = await login.read();
      if (token.freePublicMemory !== undefined && token.freePublicMemory < certificateBytes) {
        throw new MiddlewareError('ERR_CARD_FULL', 'Token has no room for the certificate', { fields: { module } });
      }
      if ((await count(keyId)).keys > 0) throw new RangeError('key id is taken');
      const told = await login.do({ kind: 'generate', keyId, spec, label });
      return { reference: names.referenceOf(keyId), publicKey: publicKeyOf(spec, told, module) };
    },

    async findKey(keyId) {
      checkKeyId(keyId);
      const found = await count(keyId);
      if (found.keys !== 1) return undefined;
      return { reference: names.referenceOf(keyId), hasCertificate: found.certificates > 0 };
    },

    async removeKey(keyId) {
      checkKeyId(keyId);
      await login.do({ kind: 'remove-key', keyId });
    },

    async sign({ keyReference, publicKey, algorithm, digest }) {
      const facts = publicKeyFacts(publicKey);
      if (!signingAlgorithms(pin, facts.keyType).includes(algorithm)) throw unsupportedAlgorithm(algorithm);
      if (digest.length !== digestBytes[digestOf(algorithm)]) throw new RangeError(`not a digest of ${algorithm}`);
      const keyId = await idOf(keyReference);
      const signature = await login.do({ kind: 'sign', keyId, algorithm, digests: [digest] });
      if (signature.length !== signatureLength(facts)) throw nonsense(module, 'signature');
      return signature;
    },

    async storeCertificate({ keyReference, der, label }) {
      const work: OpenWork = { kind: 'store', keyId: await idOf(keyReference), label, der, ...namesIn(der) };
      await login.do(work);
    },

    async removeCertificate({ der, keepKey }) {
      await login.do({ kind: 'remove-certificate', der, keepKey });
    },

    certificates,
  };
}

/** A short CKA_ID may be somebody else's. */
function checkKeyId({ length }: Uint8Array): void {
  if (length !== 16) throw new RangeError('key id must have 16 bytes');
}

const nonsense = (module: string, what: string, cause?: unknown): MiddlewareError =>
  new MiddlewareError('ERR_MODULE_RESPONSE', `Module gives a ${what} that is none`, { fields: { module }, cause });

/** CKA_MODULUS, or CKA_EC_POINT, which is an OCTET STRING about the point (PKCS#11 v2.40 current mechanisms §2.3.3). */
function publicKeyOf(spec: KeySpec, told: Uint8Array, module: string): Uint8Array {
  try {
    if (spec !== 'ec-p256' && spec !== 'ec-p384') {
      const modulus = told.subarray(told.findIndex((byte) => byte !== 0));
      if (modulus.length * 8 !== Number(spec.slice('rsa-'.length))) throw new RangeError('modulus of another length');
      return rsaPublicKey(modulus, Uint8Array.of(1, 0, 1));
    }
    return ecPublicKey(spec, told[0] === derTag.octetString ? readOnly(told, derTag.octetString, 'point') : told);
  } catch (cause) {
    throw nonsense(module, 'public key', cause);
  }
}

/** Serial number, issuer and subject as DER (RFC 5280 §4.1), which other programs look for. */
function namesIn(der: Uint8Array): {
  readonly serial: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
} {
  const [tbs] = readDer(readOnly(der, derTag.sequence, 'certificate'));
  const [, serial, , issuer, , subject] = readDer(tbs?.contents ?? new Uint8Array());
  if (serial === undefined || issuer === undefined || subject === undefined) {
    throw new MiddlewareError('ERR_CERT_MALFORMED', 'Malformed certificate: names');
  }
  return { serial: serial.encoded, issuer: issuer.encoded, subject: subject.encoded };
}
