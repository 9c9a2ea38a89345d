import { concatBytes } from '../core/bytes.js';
import { MiddlewareError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import { encodeCommand, type CardProtocol, type CommandApdu } from '../iso7816/command-apdu.js';
import { parseResponse, SW_OK, type ResponseApdu } from '../iso7816/response-apdu.js';
import type { CardTransmitter } from '../transport/card-channel.js';
import { bytesAvailable, correctedLe } from './status-words.js';

/** How one command is treated. */
export interface SendOptions {
  /**
   * The command carries a PIN: its encoded bytes are wiped after sending, it is never repeated (not even on 6Cxx) and
   * no GET RESPONSE follows it. The caller wipes `data`.
   */
  readonly sensitive?: boolean;
  /** The answer's data is of no use: 61xx counts as success and GET RESPONSE is saved. */
  readonly discardData?: boolean;
}

/** Commands and answers over one transaction's transmitter, counted. */
export interface ApduExchange {
  readonly protocol: CardProtocol;
  /** Commands sent so far, repeats and GET RESPONSE included. */
  readonly count: number;
  /** Milliseconds between the first command and the last answer. */
  readonly elapsedMs: number;
  /**
   * One command and its whole answer: fetches what 61xx announces and repeats once with the Le that 6Cxx asks for.
   *
   * @throws {MiddlewareError} what the transmitter throws; ERR_CARD_RESPONSE on an answer shorter than a status word
   *   or without an end. A status word is never an error here.
   */
  send(command: CommandApdu, options?: SendOptions): Promise<ResponseApdu>;
}

/** What an exchange needs besides the card. */
export interface ExchangeOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** More than any file or signature of a card; a card that offers more is broken or hostile. */
const MAX_ANSWER = 65_536;

/** An exchange that starts counting at zero. */
export function createApduExchange(card: CardTransmitter, options: ExchangeOptions): ApduExchange {
  let count = 0;
  let startedAt: number | undefined;
  let elapsedMs = 0;
  const transmitOptions = options.signal === undefined ? {} : { signal: options.signal };

  const transmit = async (command: CommandApdu, sensitive: boolean): Promise<ResponseApdu> => {
    const encoded = encodeCommand(command, card.protocol);
    try {
      count += 1;
      startedAt ??= options.clock.monotonic();
      const answer = parseResponse(await card.transmit(encoded, transmitOptions));
      elapsedMs = options.clock.monotonic() - startedAt;
      return answer;
    } finally {
      if (sensitive) encoded.fill(0);
    }
  };

  // ISO/IEC 7816-4:2020 §11.8.1: GET RESPONSE carries the class of the command that it belongs to, without chaining.
  const fetchRest = async (first: ResponseApdu, cla: number): Promise<ResponseApdu> => {
    let answer = first;
    let available = bytesAvailable(first.statusWord);
    while (available !== undefined) {
      const le = available === 0 ? 256 : available;
      const next = await repeatWithLe({ cla: cla & 0xef, ins: 0xc0, p1: 0, p2: 0, le });
      available = bytesAvailable(next.statusWord);
      if (available !== undefined && next.data.length === 0) {
        throw new MiddlewareError('ERR_CARD_RESPONSE', 'Card announces data and does not give it');
      }
      answer = { data: concatBytes(answer.data, next.data), statusWord: next.statusWord };
      if (answer.data.length > MAX_ANSWER) throw new MiddlewareError('ERR_CARD_RESPONSE', 'Answer without an end');
    }
    return answer;
  };

  const repeatWithLe = async (command: CommandApdu): Promise<ResponseApdu> => {
    const answer = await transmit(command, false);
    const le = correctedLe(answer.statusWord);
    return le === undefined || command.le === undefined ? answer : transmit({ ...command, le }, false);
  };

  return {
    protocol: card.protocol,
    get count() {
      return count;
    },
    get elapsedMs() {
      return elapsedMs;
    },
    async send(command, { sensitive = false, discardData = false } = {}) {
      if (sensitive) return transmit(command, true);
      const answer = await repeatWithLe(command);
      if (discardData && bytesAvailable(answer.statusWord) !== undefined) return { ...answer, statusWord: SW_OK };
      return fetchRest(answer, command.cla);
    },
  };
}
