import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { PinFormat, PinReference, RetryCounter } from '../model/pin.js';
import type { FoundModule } from '../pkcs11/found-module.js';
import type { UseSecrets } from '../pkcs11/open-use.js';
import type { TokenContents, Work } from '../pkcs11/protocol.js';
import { ckf } from '../pkcs11/return-values.js';
import type { Pkcs11Slot } from '../pkcs11/slot-poll.js';
import type { SupervisedModule } from '../pkcs11/supervised-module.js';
import { createCardQueue } from './card-queue.js';
import type { PinTryRecord } from './pin-try-record.js';
import { checkPinFormat } from './pin-guard.js';
import type { Pkcs11Card, Pkcs11Pin } from './pkcs11-cards.js';
import { createKeyNames, describeKeys, formatOf, padOperations } from './pkcs11-description.js';
import { counterOfFlags, runPkcs11Job, type Pkcs11Job, type Pkcs11JobResult } from './pkcs11-use.js';
import { createPkcs11Writing, writableSpecs, type WritingMembers } from './pkcs11-writing.js';
import { checkSignAll, oneOfAll, signatureLength, unsupportedAlgorithm } from './sign-all.js';
import type {
  DecipheringToken,
  PinEntry,
  PinToken,
  PinUse,
  SigningToken,
  TokenCertificate,
  TokenInfo,
  TokenKey,
} from './token.js';
import { wiping } from './wipe-codes.js';

/** What {@link createPkcs11Token} needs. */
export interface Pkcs11TokenOptions {
  readonly id: string;
  readonly found: FoundModule;
  readonly module: SupervisedModule;
  readonly record: PinTryRecord;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the card was when the token began. */
  readonly first: Pkcs11Card;
  /** The card as last seen; undefined once it is gone. */
  card(): Pkcs11Card | undefined;
  /** The same, if its slot showed something else. */
  cardWith(slot: Pkcs11Slot): Pkcs11Card | undefined;
  onRetryCounters(counters: readonly RetryCounter[]): void;
}

/** All that a module's token can do. PUKs are not in reach: C_InitPIN wants the security officer. */
export type Pkcs11Token = SigningToken &
  DecipheringToken &
  Omit<PinToken, keyof SigningToken> &
  Partial<WritingMembers> & {
    /** The certificates as last seen. */
    described(): readonly TokenCertificate[];
  };

/** A PIN pad gives its user this long, milliseconds, each code. */
const padMs = 120_000;

/** A token over a vendor's module, whose process sees to sessions, login and logout. */
export function createPkcs11Token(options: Pkcs11TokenOptions): Pkcs11Token {
  const { module, record, found } = options;
  const queue = createCardQueue();
  const names = createKeyNames();
  let counters: readonly RetryCounter[] = [];
  let closed = false;

  const requireCard = (): Pkcs11Card => {
    const card = closed ? undefined : options.card();
    if (card === undefined) throw new MiddlewareError('ERR_CARD_REMOVED', 'Card is gone');
    return card;
  };
  let last = options.first;
  const lastCard = (): Pkcs11Card => (last = options.card() ?? last);
  const learn = (news: RetryCounter): void => {
    counters = [...counters.filter(({ reference }) => reference !== news.reference), news].sort(
      (a, b) => a.reference - b.reference,
    );
    options.onRetryCounters(counters);
  };
  /** Keys of which only a login told that they want the PIN each time. */
  const eachTime = new Set<number>();
  const held = (card: Pkcs11Card): readonly TokenCertificate[] =>
    describeKeys(card, names).map(({ certificate, key }) =>
      key !== undefined && eachTime.has(key.reference)
        ? { certificate, key: { ...key, pinEachTime: true } }
        : { certificate, ...(key && { key }) },
    );
  const findPin = (reference: PinReference): Pkcs11Pin => {
    const pin = requireCard().pins.find((candidate) => candidate.reference === reference);
    if (pin === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Token has no such PIN');
    return pin;
  };
  const findOwner = (key: TokenKey) => {
    const owner = held(requireCard()).find((entry) => entry.key?.reference === key.reference);
    const keyId = names.idOf(key.reference);
    if (owner?.key?.pin !== key.pin || keyId === undefined) {
      throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Token has no such key');
    }
    return { certificate: owner.certificate, key: owner.key, keyId };
  };
  const formatOfPin = (pin: Pkcs11Pin): PinFormat => formatOf(pin.slot.contents.token, found.pinFormat);

  /** The code of a login; none where the module asks for it itself. */
  const codeFor = (pin: Pkcs11Pin, entry: PinEntry): UseSecrets => {
    const hasPad = padOperations(pin, found).length > 0;
    if (hasPad !== (entry === 'pin-pad')) {
      throw new MiddlewareError(
        'ERR_TOKEN_OPERATION_UNSUPPORTED',
        hasPad ? 'Module takes the code on its own pad only' : 'Module has no pad',
      );
    }
    if (entry === 'pin-pad') return {};
    checkPinFormat(entry, formatOfPin(pin));
    return { pin: entry };
  };

  const run = async ({ pin, use, purpose, work, secrets }: Omit<Pkcs11Job, 'deadlineMs'>): Promise<Pkcs11JobResult> => {
    const deadline = secrets.pin === undefined ? { deadlineMs: padMs } : {};
    return await queue.run(() => {
      requireCard();
      return runPkcs11Job({ ...options, onCounter: learn }, { pin, use, purpose, work, secrets, ...deadline });
    }, use.signal);
  };
  const useKey = async (
    request: PinUse & { readonly key: TokenKey; readonly pin: PinEntry },
    purpose: string,
    work: Work,
  ): Promise<Pkcs11JobResult> => {
    const pin = findPin(request.key.pin);
    return await run({ pin, use: request, purpose, work, secrets: codeFor(pin, request.pin) });
  };

  const signAll: SigningToken['verifyAndSignAll'] = (request) =>
    wiping([request.pin], async () => {
      const { algorithm, digests } = request;
      const { certificate, key, keyId } = findOwner(request.key);
      checkSignAll(key, request);
      const work: Work = { kind: 'sign', keyId, algorithm, digests };
      const { value, cost } = await useKey(request, 'sign', work).catch((error: unknown) => {
        if (digests.length > 1 && isMiddlewareError(error, 'ERR_TOKEN_OPERATION_UNSUPPORTED')) {
          eachTime.add(key.reference);
          options.onRetryCounters(counters);
        }
        throw error;
      });
      const length = signatureLength(certificate);
      if (value.length !== digests.length * length) throw nonsense(found.name, 'signature');
      return { signatures: digests.map((_, index) => value.slice(index * length, (index + 1) * length)), cost };
    });

  return {
    get info() {
      return describe(options.id, lastCard());
    },

    described: () => held(lastCard()),

    async certificates() {
      return await queue.run(async () => {
        const card = requireCard();
        for (const { slot } of card.pins) await module.read(slot.slot);
        return held(requireCard());
      });
    },

    async retryCounters(signal) {
      const now = await queue.run(async () => {
        const found: RetryCounter[] = [];
        for (const { reference, slot } of requireCard().pins) {
          const { token } = await module.read(slot.slot);
          found.push(counterOfFlags(reference, token.flags));
        }
        return found;
      }, signal);
      await record.observed(now);
      now.forEach(learn);
      return now;
    },

    verifyAndSign: (request) => oneOfAll(request, signAll),
    verifyAndSignAll: signAll,

    verifyAndDecipher: (request) =>
      wiping([request.pin], async () => {
        const { algorithm, cryptogram } = request;
        const { certificate, key, keyId } = findOwner(request.key);
        if (!key.decipherAlgorithms.includes(algorithm)) throw unsupportedAlgorithm(algorithm);
        if (cryptogram.length !== Math.ceil(certificate.keyBits / 8)) {
          throw new MiddlewareError('ERR_TOKEN_CRYPTOGRAM', 'Cryptogram is not as long as the modulus');
        }
        const { value, cost } = await useKey(request, 'decipher', {
          kind: 'decipher',
          keyId,
          algorithm,
          data: cryptogram,
        });
        return { plaintext: value, cost };
      }),

    verifyPin: (request) =>
      wiping([request.pin], async () => {
        const pin = findPin(request.reference);
        const secrets = codeFor(pin, request.pin);
        return await run({ pin, use: request, purpose: 'verify', work: { kind: 'verify' }, secrets });
      }),

    changePin: (request) =>
      wiping([request.current, request.next], async () => {
        const pin = findPin(request.reference);
        const { current, next } = request;
        const secrets = { ...codeFor(pin, current), ...(next === 'pin-pad' ? {} : { next }) };
        if (next !== 'pin-pad') checkPinFormat(next, formatOfPin(pin));
        return await run({ pin, use: request, purpose: 'change', work: { kind: 'change' }, secrets });
      }),

    unblockPin: (request) =>
      wiping([request.puk, request.next], () =>
        Promise.reject(new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'Module offers no PUK to its user')),
      ),

    ...(writableSpecs(last).length === 0
      ? {}
      : createPkcs11Writing({
          card: requireCard,
          names,
          module: found.name,
          ignorePinPad: found.ignorePinPad,
          logger: options.logger,
          run: (pin, authorization, work) =>
            run({ pin, use: authorization, purpose: 'write', work, secrets: codeFor(pin, authorization.pin) }),
          read: (pin, signal) =>
            queue.run(() => {
              requireCard();
              return module.read(pin.slot.slot);
            }, signal),
          described: (pin, contents: TokenContents) =>
            held(options.cardWith({ ...pin.slot, contents }) ?? requireCard()),
        })),

    close() {
      closed = true;
      return Promise.resolve();
    },
  };

  function describe(id: string, card: Pkcs11Card): TokenInfo {
    const { product, serial, label, reader } = card;
    return {
      id,
      product,
      serial,
      label: label === '' ? product : label,
      reader,
      pins: card.pins.map((pin) => ({
        reference: pin.reference,
        role: pin.role,
        format: formatOfPin(pin),
        pinPad: padOperations(pin, found),
      })),
    };
  }
}

/** Whether the token asks for a PIN at all; one without needs none and is left to other programs. */
export function wantsLogin({ slot }: Pkcs11Pin): boolean {
  return (slot.contents.token.flags & ckf.loginRequired) !== 0;
}

const nonsense = (module: string, what: string): MiddlewareError =>
  new MiddlewareError('ERR_MODULE_RESPONSE', `Module gives a ${what} of the wrong length`, {
    fields: { module, codeOutcome: 'accepted' },
  });
