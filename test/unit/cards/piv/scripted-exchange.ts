import { createApduExchange, type ApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { toHex } from '../../../../src/core/bytes.js';
import { systemClock } from '../../../../src/core/ports.js';
import type { CardProtocol } from '../../../../src/iso7816/command-apdu.js';
import { scriptedCard, type ScriptedCard } from '../../../support/scripted-channel.js';

/** A command and what answers it. */
export type Pair = readonly [command: string, answer: string | Error];

export interface ScriptedExchange {
  readonly card: ScriptedCard;
  readonly exchange: ApduExchange;
}

/** An exchange with a card that follows a script. */
export function scripted(
  pairs: readonly Pair[],
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

/** The whole reading of a data object with T=1, in short form; without one the card refuses. */
export function reading(tag: string, object: Uint8Array | undefined): Pair[] {
  if (object === undefined) return [[getData(tag), '6a82']];
  const pairs: Pair[] = [];
  for (let offset = 0; offset < object.length; offset += 256) {
    const left = object.length - offset;
    const rest = left > 256 ? `61${hexByte(Math.min(left - 256, 256))}` : '9000';
    const command = offset === 0 ? getData(tag) : `00c00000${hexByte(Math.min(left, 256))}`;
    pairs.push([command, toHex(object.subarray(offset, offset + 256)) + rest]);
  }
  return pairs;
}

/** The reading of its first 64 bytes. */
export function headReading(tag: string, object: Uint8Array | undefined): Pair {
  if (object === undefined) return [getData(tag, '40'), '6a82'];
  return [getData(tag, '40'), `${toHex(object.subarray(0, 64))}${object.length > 64 ? '6100' : '9000'}`];
}

const hexByte = (value: number): string => (value & 0xff).toString(16).padStart(2, '0');

/** The first command of the driver with every card, and what cards answer to it. */
export const select: Pair = ['00a4040009a0000003080000100000', '61114f0600001000010079074f05a0000003089000'];

export const yubiKeyAtr = '3bfd1300008131fe158073c021c057597562694b657940';
export const pivAtr = '3bfd1800008131fe4580fba0000003080000100001002f';
