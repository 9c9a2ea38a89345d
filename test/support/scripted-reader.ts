import { fromHex, toHex } from '../../src/core/bytes.js';
import type { CardProtocol } from '../../src/iso7816/command-apdu.js';
import type { CardTransmitter, TransmitOptions } from '../../src/transport/card-channel.js';

/** One control call that must come next: code and exact input, and what the reader answers or the transport throws. */
export interface ControlStep {
  readonly code: number;
  readonly input: string;
  readonly answer: string | Error;
}

export interface ScriptedReader extends CardTransmitter {
  /** What each call was told about its time and signal. */
  readonly options: readonly TransmitOptions[];
  /** Fails when steps are left over. */
  assertUsedUp(): void;
}

/** A reader that knows exactly these control calls, in this order; a command to the card fails. */
export function scriptedReader(steps: readonly ControlStep[], protocol: CardProtocol = 'T=0'): ScriptedReader {
  const options: TransmitOptions[] = [];
  return {
    protocol,
    options,
    transmit: () => Promise.reject(new Error('unexpected command')),
    control(code, input, given = {}) {
      const step = steps[options.length];
      const number = options.push(given);
      const actual = `${code.toString(16)} ${toHex(input)}`;
      if (step === undefined) throw new Error(`step ${number}: unexpected control ${actual}, the script has ended`);
      const expected = `${step.code.toString(16)} ${step.input.replaceAll(' ', '')}`;
      if (actual !== expected) throw new Error(`step ${number}: expected control ${expected}, got ${actual}`);
      return typeof step.answer === 'string' ? Promise.resolve(fromHex(step.answer)) : Promise.reject(step.answer);
    },
    assertUsedUp() {
      if (options.length !== steps.length) throw new Error(`script ended at step ${options.length} of ${steps.length}`);
    },
  };
}
