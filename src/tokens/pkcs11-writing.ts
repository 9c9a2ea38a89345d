import { randomBytes } from 'node:crypto';
import { ecPublicKey, rsaPublicKey } from '../cards/public-key.js';
import { equalBytes } from '../core/bytes.js';
import { MiddlewareError } from '../core/errors.js';
import type { KeySpec } from '../model/key.js';
import { derTag, readDer, readOnly } from '../pki/der.js';
import type { Work } from '../pkcs11/protocol.js';
import { ckf } from '../pkcs11/return-values.js';
import type { Pkcs11Card, Pkcs11Pin } from './pkcs11-cards.js';
import type { KeyNames } from './pkcs11-description.js';
import type { Pkcs11JobResult } from './pkcs11-use.js';
import { wipingSecrets } from './pkcs11-use.js';
import type { WritableToken, WriteAuthorization } from './token.js';

/** What writing adds to a token. */
export type WritingMembers = Pick<
  WritableToken,
  'writing' | 'generateKeyPair' | 'storeCertificate' | 'removeCertificate'
>;

type PinAuthorization = Extract<WriteAuthorization, { kind: 'pin' }>;

/** What {@link createPkcs11Writing} works with: the ways of its token to the module. */
export interface Pkcs11WritingOptions {
  readonly names: KeyNames;
  readonly module: string;
  readonly card: () => Pkcs11Card;
  readonly run: (
    pin: Pkcs11Pin,
    authorization: PinAuthorization,
    work: Work,
    purpose: string,
  ) => Promise<Pkcs11JobResult>;
  refresh(pin: Pkcs11Pin): Promise<unknown>;
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
  const { names, card } = options;
  const firstPin = (): Pkcs11Pin => {
    const [pin] = card().pins;
    if (pin === undefined) throw new MiddlewareError('ERR_CARD_REMOVED', 'Card is gone');
    return pin;
  };
  const write = async (authorization: WriteAuthorization, pin: Pkcs11Pin, work: () => Work): Promise<Uint8Array> => {
    if (authorization.kind !== 'pin') {
      authorization.managementKey.wipe();
      throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'Card wants another authorization');
    }
    return await wipingSecrets([authorization.pin], async () => {
      const { value } = await options.run(pin, authorization, work(), 'write');
      await options.refresh(pin);
      return value;
    });
  };

  return {
    get writing() {
      return { authorization: 'pin' as const, pin: firstPin().reference, keySpecs: writableSpecs(card()) };
    },

    async generateKeyPair({ spec, label }, authorization) {
      const keyId = new Uint8Array(randomBytes(16));
      const told = await write(authorization, firstPin(), () => ({ kind: 'generate', keyId, spec, label }));
      return { reference: names.referenceOf(keyId), publicKey: publicKeyOf(spec, told, options.module) };
    },

    async storeCertificate({ keyReference, der, label }, authorization) {
      await write(authorization, firstPin(), () => {
        const keyId = names.idOf(keyReference);
        if (keyId === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Token has no such key');
        return { kind: 'store', keyId, label, der, ...namesIn(der) };
      });
    },

    async removeCertificate({ der }, authorization) {
      const held = card().certificates.find(({ certificate }) => equalBytes(certificate.der, der));
      await write(authorization, held?.pin ?? firstPin(), () => {
        if (held === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Token has no such certificate');
        return { kind: 'remove', keyId: held.keyId ?? new Uint8Array(), der };
      });
    },
  };
}

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
    throw new MiddlewareError('ERR_MODULE_RESPONSE', 'Module gives a public key that is none', {
      fields: { module },
      cause,
    });
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
