import { fromHex, toHex } from '../../src/core/bytes.js';
import type { VirtualCard } from '../../src/sandbox/virtual-card/virtual-card.js';

/** Commands to a virtual card by hand, hexadecimal both ways. */
export interface HandTerminal {
  readonly send: (command: string) => string;
  /** As `send`, with GET RESPONSE as often as the card asks for it. */
  readonly exchange: (command: string) => { data: string; sw: string };
}

export function handTerminal(card: VirtualCard): HandTerminal {
  const send = (command: string): string => toHex(card.process(fromHex(command)).response);
  return {
    send,
    exchange(command) {
      let answer = send(command);
      let data = answer.slice(0, -4);
      while (answer.slice(-4, -2) === '61') {
        answer = send(`00c00000${answer.slice(-2)}`);
        data += answer.slice(0, -4);
      }
      return { data, sw: answer.slice(-4) };
    },
  };
}
