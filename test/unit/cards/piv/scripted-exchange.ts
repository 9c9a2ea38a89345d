import { createApduExchange, type ApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { systemClock } from '../../../../src/core/ports.js';
import type { CardProtocol } from '../../../../src/iso7816/command-apdu.js';
import { scriptedCard, type ScriptedCard } from '../../../support/scripted-channel.js';

export interface ScriptedExchange {
  readonly card: ScriptedCard;
  readonly exchange: ApduExchange;
}

/** An exchange with a card that follows a script: command and answer in turn. */
export function scripted(
  pairs: readonly (readonly [command: string, answer: string | Error])[],
  protocol: CardProtocol = 'T=1',
  readerTakesExtended = false,
): ScriptedExchange {
  const steps = pairs.map(([command, answer]) => ({ command, answer }));
  const card = scriptedCard(steps, protocol);
  return { card, exchange: createApduExchange(card, { clock: systemClock, readerTakesExtended }) };
}

/** GET DATA in short form, Le last. */
export const getData = (tag: string, le = '00'): string => {
  const length = tag.length / 2;
  return `00cb3fff0${length + 2}5c0${length}${tag}${le}`;
};
