import type { CardApplication, CardPin } from '../cards/card-application.js';
import { changePin, unblockPin, verifyPin } from '../cards/pin-commands.js';
import { changeOnPinPad, unblockOnPinPad, verifyOnPinPad, type PinPadUse } from '../cards/pin-pad.js';
import { MiddlewareError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import type { ReaderFeatures } from '../transport/reader-features.js';
import { checkPinFormat } from './pin-guard.js';
import { checkSignAll, signatureLength, unsupportedAlgorithm } from './sign-all.js';
import type { PinJob } from './pin-job.js';
import type {
  DecipherRequest,
  PinEntry,
  PinToken,
  PinUse,
  SignAllRequest,
  TokenCertificate,
  TokenKey,
} from './token.js';
import { wiping } from './wipe-codes.js';

/** What jobs are made from: the card as it is known at the moment. */
export interface JobContext {
  readonly application: CardApplication;
  /** Of the reader that the card is in. */
  readonly features: ReaderFeatures;
  /** @throws {MiddlewareError} ERR_TOKEN_KEY_NOT_FOUND */
  findPin(reference: number): CardPin;
  certificates(): readonly TokenCertificate[];
}

type RequestOf<M extends 'verifyPin' | 'changePin' | 'unblockPin'> = Parameters<PinToken[M]>[0];

/** Signing; every check that needs no card is done here. @throws {MiddlewareError} as {@link SigningToken}. */
export function signJob(context: JobContext, request: SignAllRequest): PinJob<readonly Uint8Array[]> {
  const { key, algorithm, digests } = request;
  const { certificate, key: owned } = findOwner(context, key);
  checkSignAll(owned, request);
  const length = signatureLength(certificate);
  return verifyJob(context, { ...request, reference: key.pin }, 'sign', async (exchange) => {
    const signatures: Uint8Array[] = [];
    for (const digest of digests) {
      signatures.push(
        await context.application.sign(exchange, { keyReference: key.reference, algorithm, digest, length }),
      );
    }
    return signatures;
  });
}

/** Deciphering; likewise. @throws {MiddlewareError} as {@link DecipheringToken}. */
export function decipherJob(context: JobContext, request: DecipherRequest): PinJob<Uint8Array> {
  const { key, algorithm, cryptogram } = request;
  const owner = findOwner(context, key);
  if (!owner.key.decipherAlgorithms.includes(algorithm)) throw unsupportedAlgorithm(algorithm);
  if (cryptogram.length !== Math.ceil(owner.certificate.keyBits / 8)) {
    throw new MiddlewareError('ERR_TOKEN_CRYPTOGRAM', 'Cryptogram is not as long as the modulus');
  }
  return verifyJob(context, { ...request, reference: key.pin }, 'decipher', (exchange) =>
    context.application.decipher(exchange, { keyReference: key.reference, algorithm, cryptogram }),
  );
}

/** A job that verifies a PIN and does something with it. */
export function verifyJob<T>(
  context: JobContext,
  request: RequestOf<'verifyPin'>,
  purpose: string,
  then: PinJob<T>['then'],
): PinJob<T> {
  const pin = context.findPin(request.reference);
  const code = request.pin;
  if (code !== 'pin-pad') checkPinFormat(code, pin.format);
  const spend: PinJob<T>['spend'] = (exchange, card) =>
    code === 'pin-pad'
      ? verifyOnPinPad(card, context.features, pin, padUse(request))
      : // It goes to the card once; what follows can take long, and must not find it in memory.
        wiping([code], () => verifyPin(exchange, pin, code));
  return { pin, atStake: 'PIN', purpose, setsPin: false, use: request, spend, then };
}

/** Looking after PINs. @throws {MiddlewareError} as {@link PinToken}. */
export const pinJobs = {
  verify: (context: JobContext, request: RequestOf<'verifyPin'>): PinJob<void> =>
    verifyJob(context, request, 'verify', nothing),

  change(context: JobContext, request: RequestOf<'changePin'>): PinJob<void> {
    const pin = context.findPin(request.reference);
    const job = { pin, atStake: 'PIN', purpose: 'change', setsPin: true, use: request, then: nothing } as const;
    const codes = typedCodes(request.current, request.next);
    if (codes === 'pin-pad') {
      return { ...job, spend: (_, card) => changeOnPinPad(card, context.features, pin, padUse(request)) };
    }
    const [current, next] = codes;
    checkPinFormat(current, pin.format);
    checkPinFormat(next, pin.format);
    return { ...job, spend: (exchange) => wiping(codes, () => changePin(exchange, pin, current, next)) };
  },

  unblock(context: JobContext, request: RequestOf<'unblockPin'>): PinJob<void> {
    const pin = context.findPin(request.reference);
    if (pin.puk === undefined) throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'PIN has no PUK');
    const job = { pin, atStake: 'PUK', purpose: 'unblock', setsPin: true, use: request, then: nothing } as const;
    const codes = typedCodes(request.puk, request.next);
    if (codes === 'pin-pad') {
      return { ...job, spend: (_, card) => unblockOnPinPad(card, context.features, pin, padUse(request)) };
    }
    const [puk, next] = codes;
    checkPinFormat(puk, pin.puk.format, 'PUK');
    checkPinFormat(next, pin.format);
    return { ...job, spend: (exchange) => wiping(codes, () => unblockPin(exchange, pin, puk, next)) };
  },
} as const;

const nothing = (): Promise<void> => Promise.resolve();

/** Both codes come from the same place: no reader takes one and passes on the other. */
function typedCodes(first: PinEntry, second: PinEntry): readonly [Secret, Secret] | 'pin-pad' {
  if (first === 'pin-pad' && second === 'pin-pad') return 'pin-pad';
  if (first !== 'pin-pad' && second !== 'pin-pad') return [first, second];
  throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'Codes come from two places');
}

function padUse({ language = 'sv', signal }: PinUse): PinPadUse {
  return { language, signal };
}

function findOwner(context: JobContext, key: TokenKey): TokenCertificate & { readonly key: TokenKey } {
  const owner = context
    .certificates()
    .find((entry) => entry.key?.reference === key.reference && entry.key.pin === key.pin);
  if (owner?.key === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Token has no such key');
  return { certificate: owner.certificate, key: owner.key };
}
