import { isDeepStrictEqual } from 'node:util';
import { MiddlewareError } from '../core/errors.js';
import type { SandboxFault, SandboxReport } from '../control-contract/sandbox.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import { realCardDelay, type Fault } from '../sandbox/hardware/fault.js';
import type { VirtualHardware } from '../sandbox/hardware/virtual-hardware.js';
import { holderOf, sandboxCards } from '../sandbox/sandbox-cards.js';

/** What the hands can reach. */
export interface SandboxHands {
  readonly hardware: VirtualHardware;
  /** Makes all cards as new. */
  readonly reset: () => void;
  readonly files: Pick<SandboxReport, 'pcscSocket' | 'caFile'>;
}

/** The `sandbox.*` methods: hands that insert, pull and break virtual cards. */
export function sandboxMethods({ hardware, reset, files }: SandboxHands): ControlHandlers {
  const report = (): SandboxReport => ({ ...describe(hardware), ...files });
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
    'sandbox.addReader': ({ name, extendedLength }) => {
      hardware.addReader(name ?? freeName(hardware), extendedLength === true ? { maxApduDataSize: 0x10000 } : {});
      return report();
    },
    'sandbox.removeReader': ({ reader }) => {
      hardware.removeReader(reader);
      return report();
    },
    'sandbox.reset': () => {
      reset();
      return report();
    },
  };
}

function describe(hardware: VirtualHardware): SandboxReport {
  const { readers, cards } = hardware.state();
  return {
    readers: readers.map(({ name, card, apduCount, faults }) => ({
      name,
      card,
      apduCount,
      faults: faults.map(describeFault),
    })),
    cards: cards.map(({ name, reader }) => {
      const plan = sandboxCards.find(({ id }) => id === name);
      const holder = plan === undefined ? { holder: name } : holderOf(plan);
      return { id: name, label: plan?.label ?? name, ...holder, reader };
    }),
  };
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
  const found = hardware.state().cards.find(({ name }) => name === card);
  if (found?.reader !== undefined) return found.reader;
  throw found === undefined
    ? new MiddlewareError('ERR_SANDBOX_UNKNOWN', 'No such virtual card', { fields: { kind: 'card', name: card } })
    : new MiddlewareError('ERR_CARD_ABSENT', 'The card is in no reader');
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
    case 'status-word':
      return { kind: 'status', statusWord: Number.parseInt(fault.statusWord, 16), command: fault.apdu };
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
    case 'status':
      return { kind: 'status-word', apdu: fault.command, statusWord: fault.statusWord.toString(16).padStart(4, '0') };
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
