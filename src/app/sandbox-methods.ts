import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { MiddlewareError } from '../core/errors.js';
import type { SandboxFault, SandboxKey, SandboxReader, SandboxReport } from '../control-contract/sandbox.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import { realCardDelay, type Fault } from '../sandbox/hardware/fault.js';
import type { VirtualPinPad } from '../sandbox/hardware/pin-pad.js';
import type { SandboxRevocation } from '../sandbox/ca/sandbox-revocation.js';
import type { SandboxIssuer } from '../sandbox/issuer/sandbox-issuer.js';
import type { VirtualHardware } from '../sandbox/hardware/virtual-hardware.js';
import { holderOf, sandboxCards } from '../sandbox/sandbox-cards.js';

/** What the hands can reach. */
export interface SandboxHands {
  readonly hardware: VirtualHardware;
  /** Makes all cards as new. */
  readonly reset: () => void;
  readonly revocation: Pick<SandboxRevocation, 'revocationOf' | 'revoke' | 'restore'>;
  readonly issuer: Pick<SandboxIssuer, 'url' | 'waiting' | 'fault' | 'setFault' | 'order'> | undefined;
  readonly files: Pick<SandboxReport, 'pcscSocket' | 'caFile' | 'revocationUrl'>;
}

/** The `sandbox.*` methods: hands that insert, pull and break virtual cards. */
export function sandboxMethods({ hardware, reset, revocation, issuer, files }: SandboxHands): ControlHandlers {
  const report = (): SandboxReport => ({ ...describe(hardware, revocation), ...files, ...describeIssuer(issuer) });
  return {
    'sandbox.list': report,
    'sandbox.insert': ({ card, reader }) => {
      const from = hardware.state().cards.find(({ name }) => name === card)?.reader;
      const to = reader ?? emptyReader(hardware);
      hardware.insert(to, card);
      return from === undefined || from === to ? report() : { ...report(), movedFrom: from };
    },
    'sandbox.remove': ({ reader }) => {
      hardware.remove(readerNamed(hardware, reader));
      return report();
    },
    'sandbox.fault': ({ card, fault }) => {
      const reader = readerOf(hardware, card);
      const armed = faultOf(fault);
      if (armed === undefined) hardware.clearFaults(reader);
      else hardware.armFault(reader, armed);
      return {};
    },
    'sandbox.addReader': ({ name, extendedLength, pinPad }) => {
      hardware.addReader(name ?? freeName(hardware), {
        ...(extendedLength === true ? { maxApduDataSize: 0x10000 } : {}),
        ...(pinPad === true ? { pinPad: {} } : {}),
      });
      return report();
    },
    'sandbox.press': async ({ keys, reader }) => {
      const pad = pinPadOf(hardware, reader);
      for (const key of keys) {
        press(pad, key);
        // What it asks for next, it asks for a moment later.
        await setImmediate();
      }
      return report();
    },
    'sandbox.removeReader': ({ reader }) => {
      hardware.removeReader(reader);
      return report();
    },
    'sandbox.revoke': ({ card, reason }) => {
      checkCard(hardware, card);
      revocation.revoke(card, reason);
      return report();
    },
    'sandbox.unrevoke': ({ card }) => {
      checkCard(hardware, card);
      revocation.restore(card);
      return report();
    },
    'sandbox.order': ({ card, kind }) => ({ order: present(issuer).order(card, kind) }),
    'sandbox.issuerFault': ({ fault }) => {
      present(issuer).setFault(fault);
      return {};
    },
    'sandbox.reset': () => {
      reset();
      return report();
    },
  };
}

/** @throws {MiddlewareError} ERR_SANDBOX_NO_KEYPAD unless it asks for a code now. */
function pinPadOf(hardware: VirtualHardware, name: string | undefined): VirtualPinPad {
  const readers = name === undefined ? hardware.readers : [hardware.reader(readerNamed(hardware, name))];
  const [pad, another] = readers.flatMap(({ pinPad }) => (pinPad?.asksFor === undefined ? [] : [pinPad]));
  if (pad !== undefined && another === undefined) return pad;
  throw new MiddlewareError('ERR_SANDBOX_NO_KEYPAD', 'Not one keypad asks for a code');
}

function press(pad: VirtualPinPad, key: SandboxKey): void {
  const { kind } = key;
  if (kind === 'digits') pad.press(Buffer.from(key.digits, 'ascii'));
  else if (kind === 'timeout') pad.timeOut();
  else pad[kind]();
}

function describe(hardware: VirtualHardware, { revocationOf }: SandboxHands['revocation']): SandboxReport {
  const { readers, cards } = hardware.state();
  return {
    readers: readers.map(({ name, card, apduCount, faults }) => ({
      name,
      card,
      apduCount,
      ...describePinPad(hardware.reader(name).pinPad),
      faults: faults.map(describeFault),
    })),
    cards: cards.map(({ name, reader }) => {
      const plan = sandboxCards.find(({ id }) => id === name);
      const holder = plan === undefined ? { holder: name } : holderOf(plan);
      const revoked = revocationOf(name);
      const state = revoked && { at: new Date(revoked.at).toISOString(), reason: revoked.reason };
      return { id: name, label: plan?.label ?? name, ...holder, reader, revoked: state };
    }),
  };
}

function describeIssuer(issuer: SandboxHands['issuer']): Pick<SandboxReport, 'issuer'> {
  if (issuer === undefined) return {};
  const { url, fault, waiting } = issuer;
  const orders = waiting.map(({ card, order: { id, kind, holder } }) => ({ id, kind, card, holder }));
  return { issuer: { url, fault, orders } };
}

function present(issuer: SandboxHands['issuer']): NonNullable<SandboxHands['issuer']> {
  if (issuer !== undefined) return issuer;
  throw new MiddlewareError('ERR_SANDBOX_UNKNOWN', 'No issuer', { fields: { kind: 'issuer', name: 'issuer' } });
}

function describePinPad(pad: VirtualPinPad | undefined): Pick<SandboxReader, 'pinPad'> {
  return pad === undefined ? {} : { pinPad: { asksFor: pad.asksFor } };
}

function emptyReader(hardware: VirtualHardware): string {
  const empty = hardware.state().readers.find(({ card }) => card === undefined);
  if (empty !== undefined) return empty.name;
  throw new MiddlewareError('ERR_SANDBOX_NO_EMPTY_READER', 'Every reader has a card');
}

/** A reader by its name, or by the name of the card that is in it. */
function readerNamed(hardware: VirtualHardware, name: string): string {
  const { readers, cards } = hardware.state();
  const isCard = cards.some((card) => card.name === name) && !readers.some((reader) => reader.name === name);
  return isCard ? readerOf(hardware, name) : name;
}

function readerOf(hardware: VirtualHardware, card: string): string {
  const { reader } = checkCard(hardware, card);
  if (reader !== undefined) return reader;
  throw new MiddlewareError('ERR_CARD_ABSENT', 'The card is in no reader');
}

function checkCard(hardware: VirtualHardware, card: string): { readonly reader?: string | undefined } {
  const found = hardware.state().cards.find(({ name }) => name === card);
  if (found !== undefined) return found;
  throw new MiddlewareError('ERR_SANDBOX_UNKNOWN', 'No such virtual card', { fields: { kind: 'card', name: card } });
}

function freeName(hardware: VirtualHardware): string {
  const taken = new Set(hardware.readers.map(({ name }) => name));
  let number = 1;
  while (taken.has(`Sandbox Reader ${number}`)) number += 1;
  return `Sandbox Reader ${number}`;
}

/** The way back from {@link faultOf}. */
function describeFault(fault: Fault): SandboxFault {
  switch (fault.kind) {
    case 'remove-before':
      return { kind: 'remove', when: 'before', command: fault.apdu };
    case 'remove-during':
    case 'remove-after':
      return { kind: 'remove', when: 'after', command: fault.apdu };
    case 'silence':
      return { kind: 'silence', command: fault.apdu };
    case 'reset':
      return { kind: 'reset', command: fault.apdu };
    case 'status-word':
      return { kind: 'status', statusWord: Number.parseInt(fault.statusWord, 16), command: fault.apdu };
    case 'status-word-after':
      return { kind: 'status-after', statusWord: Number.parseInt(fault.statusWord, 16), command: fault.apdu };
    case 'short-answer':
      return { kind: 'short', length: fault.length, command: fault.apdu };
    case 'delay':
      if (isDeepStrictEqual(fault, realCardDelay)) return { kind: 'real-card' };
      return { kind: 'delay', milliseconds: fault.perCommandMs, signatureMilliseconds: fault.perSignatureMs };
  }
}

function faultOf(fault: SandboxFault): Fault | undefined {
  switch (fault.kind) {
    case 'none':
      return undefined;
    case 'remove':
      return { kind: `remove-${fault.when}`, apdu: fault.command };
    case 'silence':
      return { kind: 'silence', apdu: fault.command };
    case 'reset':
      return { kind: 'reset', apdu: fault.command };
    case 'status':
    case 'status-after': {
      const kind = fault.kind === 'status' ? 'status-word' : 'status-word-after';
      return { kind, apdu: fault.command, statusWord: fault.statusWord.toString(16).padStart(4, '0') };
    }
    case 'short':
      return { kind: 'short-answer', apdu: fault.command, length: fault.length };
    case 'delay':
      return {
        kind: 'delay',
        perCommandMs: fault.milliseconds,
        perByteMs: 0,
        perSignatureMs: fault.signatureMilliseconds ?? 0,
      };
    case 'real-card':
      return realCardDelay;
  }
}
