import { toHex } from '../../src/core/bytes.js';
import type { CardAnswer, VirtualCard } from '../../src/sandbox/virtual-card/virtual-card.js';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

/** What the card knows; it throws on any other byte. */
export const strictCommands = {
  verify: bytes('0020000104fefdfcfb'),
  /** Answers one byte: whether VERIFY has been carried out since the last reset. */
  isVerified: bytes('00ca010001'),
  /** Answers 256 bytes, 00 to ff. */
  longest: bytes('00ca020000'),
} as const;

/** A card with one bit of state that a reset drops. */
export interface StrictCard extends VirtualCard {
  readonly isVerified: boolean;
  readonly resets: number;
}

export function createStrictCard(atr = '3b7f96000080318065b0855956fb120ffe829000'): StrictCard {
  let isVerified = false;
  let resets = 0;
  const forget = (): void => {
    isVerified = false;
  };
  const answers: Readonly<Record<string, () => string>> = {
    [toHex(strictCommands.verify)]() {
      isVerified = true;
      return '9000';
    },
    [toHex(strictCommands.isVerified)]: () => (isVerified ? '019000' : '009000'),
    [toHex(strictCommands.longest)]: () => `${toHex(Uint8Array.from({ length: 256 }, (_, n) => n))}9000`,
  };
  const process = (command: Uint8Array): CardAnswer => {
    const answer = answers[toHex(command)];
    if (answer === undefined) throw new Error(`unexpected command ${toHex(command)}`);
    return { response: bytes(answer()), keyOperations: 0 };
  };
  return {
    atr: bytes(atr),
    protocol: 'T=0',
    process,
    transmit: (command) => Promise.resolve(process(command).response),
    reset() {
      resets += 1;
      forget();
    },
    powerOff: forget,
    get isVerified() {
      return isVerified;
    },
    get resets() {
      return resets;
    },
  };
}
