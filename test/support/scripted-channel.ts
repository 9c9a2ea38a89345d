import { fromHex, toHex } from '../../src/core/bytes.js';
import { MiddlewareError } from '../../src/core/errors.js';
import type { CardProtocol } from '../../src/iso7816/command-apdu.js';
import type { CardChannel, CardTransmitter, Disposition } from '../../src/transport/card-channel.js';

/** One exchange that must come next: the command's exact bytes, and what the card answers or the transport throws. */
export interface ScriptStep {
  readonly command: string;
  readonly answer: string | Error;
}

export interface ScriptedCard extends CardTransmitter {
  /** The very arrays that were given to transmit, for tests that want to see them wiped. */
  readonly sent: readonly Uint8Array[];
  /** Fails when steps are left over. */
  assertUsedUp(): void;
}

/** Lines of a recording: "> " command, "< " answer, `..` for a byte that was withheld; other lines are left out. */
export function scriptOf(text: string): ScriptStep[] {
  const lines = text.split('\n').filter((line) => /^[<>] /.test(line));
  const steps: ScriptStep[] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [command = '', answer = ''] = [lines[at], lines[at + 1]];
    if (!command.startsWith('> ') || !answer.startsWith('< ')) throw new Error(`recording out of step: ${command}`);
    steps.push({ command: command.slice(2), answer: answer.slice(2).replaceAll('..', '00') });
  }
  return steps;
}

/** A card that knows exactly these exchanges, in this order: any other byte fails. */
export function scriptedCard(steps: readonly ScriptStep[], protocol: CardProtocol = 'T=0'): ScriptedCard {
  const sent: Uint8Array[] = [];
  return {
    protocol,
    sent,
    transmit(command) {
      const step = steps[sent.length];
      const actual = toHex(command);
      const number = sent.push(command);
      if (step === undefined) throw new Error(`step ${number}: unexpected command ${actual}, the script has ended`);
      const expected = step.command.replaceAll(' ', '').toLowerCase();
      if (!matches(expected, actual)) throw new Error(`step ${number}: expected ${expected}, got ${actual}`);
      return typeof step.answer === 'string' ? Promise.resolve(fromHex(step.answer)) : Promise.reject(step.answer);
    },
    // A reader without features.
    control: () => Promise.reject(new MiddlewareError('ERR_PCSC_CONTROL_UNSUPPORTED', 'No such control code')),
    assertUsedUp() {
      if (sent.length !== steps.length) throw new Error(`script ended at step ${sent.length} of ${steps.length}`);
    },
  };
}

/** Two dots stand for any byte. */
function matches(expected: string, actual: string): boolean {
  return new RegExp(`^${expected}$`).test(actual);
}

export interface ScriptedChannel extends CardChannel {
  /** How each transaction so far ended. */
  readonly endings: readonly Disposition[];
  readonly closed: boolean;
  assertUsedUp(): void;
}

/** A channel whose transactions together follow one script. */
export function scriptedChannel(
  steps: readonly ScriptStep[],
  { atr = new Uint8Array(), protocol = 'T=0' }: { atr?: Uint8Array; protocol?: CardProtocol } = {},
): ScriptedChannel {
  const card = scriptedCard(steps, protocol);
  const endings: Disposition[] = [];
  let closed = false;
  return {
    reader: 'Scripted reader',
    atr,
    foreignResets: 0,
    endings,
    get closed() {
      return closed;
    },
    assertUsedUp: () => card.assertUsedUp(),
    async transaction(work, { endWith = 'leave' } = {}) {
      if (closed) throw new Error('transaction on a closed channel');
      try {
        return await work(card);
      } finally {
        endings.push(typeof endWith === 'function' ? endWith() : endWith);
      }
    },
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}
