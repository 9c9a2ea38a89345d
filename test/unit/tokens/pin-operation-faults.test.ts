import { constants, createHash, publicEncrypt, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/core/bytes.js';
import { isMiddlewareError, type MiddlewareError } from '../../../src/core/errors.js';
import { systemClock } from '../../../src/core/ports.js';
import type { Secret } from '../../../src/core/secret.js';
import type { CountedFault } from '../../../src/sandbox/hardware/fault.js';
import { VirtualHardware } from '../../../src/sandbox/hardware/virtual-hardware.js';
import { createNativeDriver } from '../../../src/tokens/native-driver.js';
import { createTokenRegistry } from '../../../src/tokens/token-registry.js';
import { canDecipher, canSign, hasPins, type Token, type TokenCertificate } from '../../../src/tokens/token.js';
import { createSimulatorTransport } from '../../../src/transport/simulator/simulator-transport.js';
import {
  allFamilies,
  contractCardKinds,
  type ContractCard,
  type ContractCardKind,
} from '../../support/contract-cards.js';
import { parseOnce } from '../../support/parse-once.js';
import { memoryRetryCounters, recordingHistory } from '../../support/recording-history.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { isWiped, secretOf } from '../../support/token-bench.js';

/*
 * Every operation with a PIN, at every kind of card: each of its commands meets each fault in turn, with the right code
 * and with a wrong one. Whatever happens, nothing is spent that the user did not spend, nothing is said that the card
 * did not do, and nothing stays open.
 */

const kinds = contractCardKinds.filter(({ name }) => !/830|5110|hist/.test(name));
const newPin = '246824';
const READER = 'Reader';

interface Operation {
  readonly name: string;
  /** Whose tries are at stake. */
  readonly stake: 'PIN' | 'PUK';
  readonly changesPin: boolean;
  /** The codes that it takes: the one that may be wrong first. */
  readonly codes: (scene: Scene, isRight: boolean) => readonly Secret[];
  readonly run: (scene: Scene, codes: readonly Secret[], signal: AbortSignal) => Promise<unknown>;
}

interface Scene {
  readonly card: ContractCard;
  readonly hardware: VirtualHardware;
  /** Commands as the reader got them, hexadecimal, and whether the card carried them out, and with what. */
  readonly sent: { readonly command: string; answer: string | undefined }[];
  readonly held: { readonly signs: TokenCertificate; readonly deciphers: TokenCertificate };
  readonly foreignTries: () => number;
  readonly reference: number;
  readonly stake: (operation: Operation) => number;
  /** As soon as one is ready, other than this one. */
  token(other?: Token): Promise<Token>;
  shown(reference: number): number | undefined;
  close(): Promise<void>;
}

const wrongCode = (right: string): string => '9'.repeat(right.length);
const codeOf = (right: string, isRight: boolean): Secret => secretOf(isRight ? right : wrongCode(right));

const operations: readonly Operation[] = [
  {
    name: 'verify',
    stake: 'PIN',
    changesPin: false,
    codes: ({ card, reference }, isRight) => [codeOf(card.pin(reference), isRight)],
    async run(scene, [pin], signal) {
      const token = await scene.token();
      if (!hasPins(token)) throw new Error('no PINs');
      await token.verifyPin({ ...useOf(scene, scene.reference, signal), reference: scene.reference, pin: pin! });
    },
  },
  {
    name: 'change',
    stake: 'PIN',
    changesPin: true,
    codes: ({ card, reference }, isRight) => [codeOf(card.pin(reference), isRight), secretOf(newPin)],
    async run(scene, [current, next], signal) {
      const token = await scene.token();
      if (!hasPins(token)) throw new Error('no PINs');
      const use = { ...useOf(scene, scene.reference, signal), reference: scene.reference };
      await token.changePin({ ...use, current: current!, next: next! });
    },
  },
  {
    name: 'unblock',
    stake: 'PUK',
    changesPin: true,
    codes: ({ card, reference }, isRight) => [codeOf(card.puk(reference), isRight), secretOf(newPin)],
    async run(scene, [puk, next], signal) {
      const token = await scene.token();
      if (!hasPins(token)) throw new Error('no PINs');
      const use = { ...useOf(scene, scene.reference, signal), attemptsShown: 0, reference: scene.reference };
      await token.unblockPin({ ...use, puk: puk!, next: next! });
    },
  },
  {
    name: 'sign',
    stake: 'PIN',
    changesPin: false,
    codes: ({ card, reference }, isRight) => [codeOf(card.pin(reference), isRight)],
    async run(scene, [pin], signal) {
      const token = await scene.token();
      if (!canSign(token)) throw new Error('no signing token');
      const digest = createHash('sha256').update('TEST').digest();
      const use = useOf(scene, scene.reference, signal);
      await token.verifyAndSign({ ...use, key: scene.held.signs.key!, algorithm: 'RS256', digest, pin: pin! });
    },
  },
  {
    name: 'sign several',
    stake: 'PIN',
    changesPin: false,
    codes: ({ card, reference }, isRight) => [codeOf(card.pin(reference), isRight)],
    async run(scene, [pin], signal) {
      const token = await scene.token();
      if (!canSign(token)) throw new Error('no signing token');
      const digests = ['TEST one', 'TEST two'].map((text) => createHash('sha256').update(text).digest());
      const use = useOf(scene, scene.reference, signal);
      await token.verifyAndSignAll({ ...use, key: scene.held.signs.key!, algorithm: 'RS256', digests, pin: pin! });
    },
  },
  {
    name: 'decipher',
    stake: 'PIN',
    changesPin: false,
    codes: ({ card, reference }, isRight) => [codeOf(card.pin(reference), isRight)],
    async run(scene, [pin], signal) {
      const token = await scene.token();
      if (!canDecipher(token)) throw new Error('no deciphering token');
      const { publicKey } = new X509Certificate(scene.held.deciphers.certificate.der);
      const cryptogram = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from('TEST'));
      const use = useOf(scene, scene.reference, signal);
      await token.verifyAndDecipher({
        ...use,
        key: scene.held.deciphers.key!,
        algorithm: 'RSA1_5',
        cryptogram,
        pin: pin!,
      });
    },
  },
];

const useOf = ({ card }: Scene, reference: number, signal: AbortSignal) => ({
  attemptsShown: card.attempts(reference),
  lastTryConsent: false,
  signal,
});

async function sceneWith(kind: ContractCardKind): Promise<Scene> {
  const hardware = new VirtualHardware();
  const reader = hardware.addReader(READER);
  const transport = createSimulatorTransport(hardware);
  await transport.start();
  const history = recordingHistory();
  const logger = recordingLogger();
  const memory = memoryRetryCounters();
  const families = allFamilies();
  const driver = createNativeDriver({
    families,
    parseCertificate: parseOnce,
    history,
    memory,
    clock: systemClock,
    logger,
  });
  const card = kind.create();
  hardware.addCard('card', card.card);
  hardware.insert(READER, 'card');
  const registry = createTokenRegistry({ transport, drivers: [driver], history, logger, retryDelaysMs: [1] });
  const token = (other?: Token): Promise<Token> =>
    new Promise((resolve) => {
      let stop = (): void => undefined;
      const look = (): void => {
        const found = registry.entries.find(({ state }) => state === 'ready')?.token;
        if (found === undefined || found === other) return;
        stop();
        resolve(found);
      };
      stop = registry.subscribe(look);
      look();
    });
  const certificates = await (await token()).certificates();
  const held = {
    signs: certificates.find(({ key }) => key?.algorithms.includes('RS256'))!,
    deciphers: certificates.find(({ key }) => key?.decipherAlgorithms.includes('RSA1_5'))!,
  };
  const reference = held.signs.key!.pin;
  const sent: { command: string; answer: string | undefined }[] = [];
  const transmit = reader.transmit.bind(reader);
  reader.transmit = (command) => {
    sent.push({ command: toHex(command), answer: undefined });
    return transmit(command);
  };
  const process = card.card.process.bind(card.card);
  card.card.process = (command) => {
    const answer = process(command);
    const last = sent.at(-1);
    if (last !== undefined) last.answer = toHex(answer.response.slice(-2));
    return answer;
  };
  return {
    card,
    hardware,
    sent,
    held,
    reference,
    foreignTries: () => history.events.filter(({ kind: event }) => event === 'foreign-pin-try').length,
    stake: ({ stake }) => (stake === 'PIN' ? reference : pukReference(kind, reference)),
    token,
    shown: (wanted) =>
      registry.entries[0]?.retryCounters?.find((counter) => counter.reference === wanted)?.attemptsRemaining,
    async close() {
      await registry.close();
      await transport.close();
    },
  };
}

/** As the drivers name the PUK of a PIN. */
const pukReference = ({ name }: ContractCardKind, pin: number): number =>
  name.startsWith('PIV') ? 0x81 : name.includes('isoapplet') ? 2 : 0x100 | pin;

/** VERIFY with data, CHANGE REFERENCE DATA, RESET RETRY COUNTER. */
const carriesCode = (command: string): boolean => /^00(20.{4}(?!00$).+|24.*|2c.*)$/.test(command);
const asksCounter = (command: string): boolean => /^0020.{4}(00)?$/.test(command);

/** VERIFY, or the IDPrime's own of it, with P1 FF. */
const dropsPin = (command: string): boolean => /^002[01]ff/.test(command);

interface FaultKind {
  readonly label: string;
  readonly fault: (apdu: number) => CountedFault;
}

const statusWords = ['6f00', '6982', '6983', '63c1'];
const faultKinds: readonly FaultKind[] = [
  ...(['remove-before', 'remove-during', 'silence', 'reset'] as const).map((kind) => ({
    label: kind,
    fault: (apdu: number) => ({ kind, apdu }) as const,
  })),
  ...statusWords.flatMap((statusWord) =>
    (['status-word', 'status-word-after'] as const).map((kind) => ({
      label: `${kind} ${statusWord}`,
      fault: (apdu: number) => ({ kind, apdu, statusWord }) as const,
    })),
  ),
  ...([0, 1] as const).map((length) => ({
    label: `short-answer ${length}`,
    fault: (apdu: number) => ({ kind: 'short-answer', apdu, length }) as const,
  })),
];

/** What went wrong with one fault at one command, in words; nothing if all is well. */
async function judge(kind: ContractCardKind, operation: Operation, isRight: boolean, fault: CountedFault) {
  const scene = await sceneWith(kind);
  const { card, hardware, sent, reference } = scene;
  const stake = scene.stake(operation);
  const before = card.attempts(stake);
  const pinBefore = card.attempts(reference);
  const codes = operation.codes(scene, isRight);
  const abort = new AbortController();
  const first = await scene.token();
  hardware.armFault(READER, fault);
  if (fault.kind === 'silence') abortAt(scene, fault.apdu, abort);
  const outcome: unknown = await operation.run(scene, codes, abort.signal).then(
    () => 'done',
    (error: unknown) => error,
  );
  hardware.clearFaults(READER);
  const struck = sent[fault.apdu - 1];
  const wrongs: string[] = [];
  const claim = (holds: boolean, what: string): void => {
    if (!holds) wrongs.push(what);
  };

  const error: MiddlewareError | undefined = isMiddlewareError(outcome) ? outcome : undefined;
  claim(outcome === 'done' || error !== undefined, `outcome ${String(outcome)}`);
  claim(codes.every(isWiped), 'a code is not wiped');
  const codesSent = sent.filter(({ command }) => carriesCode(command));
  claim(codesSent.length <= 1, `${codesSent.length} codes sent`);
  const carriedOut = codesSent.filter(({ answer }) => answer !== undefined).length;
  const truth = card.attempts(stake);
  claim(truth === (isRight ? before : before - carriedOut), `${before} tries became ${truth}`);
  if (operation.stake === 'PUK') claim(card.attempts(reference) === pinBefore, 'the PIN lost a try');
  const { lied, denied } = untruths(operation, fault, struck?.command ?? '');
  const effect = isRight && carriedOut > 0;
  if (outcome === 'done') claim(effect, 'done without effect');
  const answered = /^(status-word|short-answer)/.test(fault.kind);
  if (effect && answered && dropsPin(struck?.command ?? ''))
    claim(outcome === 'done', `${String(error?.code)}: but done`);
  if (error !== undefined) {
    const { code, fields } = error;
    const says = fields['attemptsRemaining'];
    if (/^ERR_(PIN|PUK)_(WRONG|BLOCKED)$/.test(code)) {
      claim(lied || (!isRight && carriedOut > 0), `called ${code}`);
    }
    claim(says === undefined || lied || says === truth, `${code} says ${String(says)} tries, not ${truth}`);
    const had = fields['codeOutcome'];
    if (effect) claim(had !== undefined || lied || denied, `${code}: the code had its effect, and nobody says so`);
    else claim(had !== 'accepted', `${code}: the code had no effect`);
  }
  const inserted = hardware.readers[0]?.atr !== undefined;
  if (inserted && fault.kind !== 'silence') {
    const verified = toHex(card.card.process(new Uint8Array([0, 0x20, 0, reference])).response);
    claim(verified !== '9000', 'the PIN stays verified');
    const shown = scene.shown(reference);
    const pinTruth = card.attempts(reference);
    claim(lied || shown === pinTruth, `${String(shown)} tries shown, not ${pinTruth}`);
  }
  hardware.remove(READER);
  hardware.insert(READER, 'card');
  const read = await (await scene.token(first)).retryCounters();
  const found = read.find((counter) => counter.reference === reference)?.attemptsRemaining;
  claim(found === card.attempts(reference), `${String(found)} tries read anew`);
  claim(lied || scene.foreignTries() === 0, 'another program is blamed');
  await scene.close();
  return wrongs.map((what) => `command ${fault.apdu} (${struck?.command.slice(0, 8) ?? '-'}): ${what}`);
}

/**
 * What nobody but the card could know: `lied`, a counter that it tells falsely, or, with a PUK, whose counter it does
 * not tell, a code that it falsely calls wrong; `denied`, a new PIN that it takes with the word that it does not
 * (ISO/IEC 7816-4:2020 §5.6: 6982 is a checking error, nothing was carried out).
 */
function untruths(operation: Operation, fault: CountedFault, command: string): { lied: boolean; denied: boolean } {
  const word = 'statusWord' in fault ? fault.statusWord : '';
  const aboutTries = word === '63c1' || word === '6983';
  const hidden = operation.stake === 'PUK' && carriesCode(command);
  return {
    lied: aboutTries && (asksCounter(command) || hidden),
    denied: word === '6982' && operation.changesPin && carriesCode(command),
  };
}

function abortAt({ hardware }: Scene, apdu: number, abort: AbortController): void {
  const reader = hardware.readers[0]!;
  const transmit = reader.transmit.bind(reader);
  let count = 0;
  reader.transmit = (command) => {
    count += 1;
    if (count === apdu) setImmediate(() => abort.abort());
    return transmit(command);
  };
}

async function commandsOf(kind: ContractCardKind, operation: Operation, isRight: boolean): Promise<number> {
  const scene = await sceneWith(kind);
  const { signal } = new AbortController();
  await operation.run(scene, operation.codes(scene, isRight), signal).catch(() => undefined);
  const count = scene.sent.length;
  await scene.close();
  return count;
}

describe.each(kinds)('PIN operations at $name', (kind) => {
  const wrongToo = new Set(['verify', 'change', 'unblock']);
  const cases = operations.flatMap((operation) =>
    (wrongToo.has(operation.name) ? [true, false] : [true]).map((isRight) => ({
      operation,
      isRight,
      name: `${operation.name} with ${isRight ? 'the right' : 'a wrong'} code`,
    })),
  );

  it.each(cases)(
    '$name: any fault at any command is told truly and costs nothing more',
    async (one) => {
      const commands = await commandsOf(kind, one.operation, one.isRight);
      expect(commands).toBeGreaterThanOrEqual(2);
      const wrongs: string[] = [];
      for (const { label, fault } of faultKinds) {
        for (let apdu = 1; apdu <= commands; apdu += 1) {
          const found = await judge(kind, one.operation, one.isRight, fault(apdu));
          wrongs.push(...found.map((what) => `${label} at ${what}`));
        }
      }
      expect(wrongs).toEqual([]);
    },
    60_000,
  );
});
