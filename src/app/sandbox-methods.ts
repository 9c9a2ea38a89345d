import { MiddlewareError } from '../core/errors.js';
import type { SandboxFault, SandboxReport } from '../control-contract/sandbox.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import { realCardDelay, type Fault } from '../sandbox/hardware/fault.js';
import type { VirtualHardware } from '../sandbox/hardware/virtual-hardware.js';
import { holderOf, sandboxCards } from '../sandbox/sandbox-cards.js';

/** The `sandbox.*` methods: hands that insert, pull and break virtual cards. */
export function sandboxMethods(
  hardware: VirtualHardware,
  files: Pick<SandboxReport, 'pcscSocket' | 'caFile'>,
): ControlHandlers {
  const report = (): SandboxReport => ({ ...describe(hardware), ...files });
  return {
    'sandbox.list': report,
    'sandbox.insert': ({ card, reader }) => {
      hardware.insert(reader ?? emptyReader(hardware), card);
      return report();
    },
    'sandbox.remove': ({ reader }) => {
      hardware.remove(reader);
      return report();
    },
    'sandbox.fault': ({ card, fault }) => {
      const reader = readerOf(hardware, card);
      const armed = faultOf(fault);
      if (armed === undefined) hardware.clearFaults(reader);
      else hardware.armFault(reader, armed);
      return {};
    },
    'sandbox.addReader': ({ name }) => {
      hardware.addReader(name ?? freeName(hardware));
      return report();
    },
    'sandbox.removeReader': ({ reader }) => {
      hardware.removeReader(reader);
      return report();
    },
  };
}

function describe(hardware: VirtualHardware): SandboxReport {
  const { readers, cards } = hardware.state();
  return {
    readers: readers.map(({ name, card, apduCount }) => ({ name, card, apduCount })),
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
