import { concatBytes } from '../core/bytes.js';
import { MiddlewareError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import {
  encodeCommand,
  needsExtendedLength,
  shortLimits,
  type CardProtocol,
  type CommandApdu,
} from '../iso7816/command-apdu.js';
import { parseResponse, SW_OK, type ResponseApdu } from '../iso7816/response-apdu.js';
import type { CardTransmitter } from '../transport/card-channel.js';
import { traceCommand, type ApduTrace } from './apdu-trace.js';
import { bytesAvailable, correctedLe } from './status-words.js';

/** How one command is treated. */
export interface SendOptions {
  /**
   * The command carries a PIN: its encoded bytes are wiped after sending, it is never repeated (not even on 6Cxx), never
   * chained, no GET RESPONSE follows it, and no trace sees its data. The caller wipes `data`.
   */
  readonly sensitive?: boolean;
  /** The answer's data is of no use: 61xx counts as success and GET RESPONSE is saved. */
  readonly discardData?: boolean;
  /** The beginning of the answer is enough, at most so many bytes: the rest is not fetched, and success all the same. */
  readonly beginning?: number;
  /** What the answer holds is for nobody else's eyes: a deciphered text, or an object that the PIN guards. */
  readonly confidentialAnswer?: boolean;
}

/** Commands and answers over one transaction's transmitter, counted. */
export interface ApduExchange {
  readonly protocol: CardProtocol;
  /** Commands sent so far, repeats, chained blocks and GET RESPONSE included. */
  readonly count: number;
  /** Milliseconds between the first command and the last answer. */
  readonly elapsedMs: number;
  /** Called by an application whose card takes extended length; used where the reader does as well. */
  useExtendedLength(): void;
  /**
   * One command and its whole answer: sends data that is too long for one block in extended form, where card and reader
   * take it, else chained; fetches what 61xx announces and repeats once with the Le that 6Cxx asks for. An Le over 256
   * means "all that fits".
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
  /** Whether the reader carries extended length. */
  readonly readerTakesExtended?: boolean | undefined;
  readonly trace?: ApduTrace | undefined;
}

/** More than any file or signature of a card; a card that offers more is broken or hostile. */
const MAX_ANSWER = 65_536;
/** Command chaining: more blocks follow (ISO/IEC 7816-4:2020 §5.4.1). */
const CHAINING = 0x10;

/** An exchange that starts counting at zero. */
export function createApduExchange(card: CardTransmitter, options: ExchangeOptions): ApduExchange {
  let count = 0;
  let startedAt: number | undefined;
  let elapsedMs = 0;
  let extended = false;
  const transmitOptions = { signal: options.signal };

  const transmit = async (command: CommandApdu, { sensitive = false, confidentialAnswer = false }: SendOptions) => {
    const encoded = encodeCommand(command, card.protocol, extended);
    const shown = options.trace === undefined ? undefined : traceCommand(encoded, command, sensitive);
    try {
      count += 1;
      startedAt ??= options.clock.monotonic();
      const answer = parseResponse(await card.transmit(encoded, transmitOptions));
      elapsedMs = options.clock.monotonic() - startedAt;
      if (shown !== undefined) options.trace?.answered(shown, answer, sensitive || confidentialAnswer);
      return answer;
    } catch (error) {
      if (shown !== undefined) options.trace?.failed(shown);
      throw error;
    } finally {
      if (sensitive) encoded.fill(0);
    }
  };

  // ISO/IEC 7816-4:2020 §11.8.1: GET RESPONSE carries the class of the command that it belongs to, without chaining.
  const fetchRest = async (first: ResponseApdu, cla: number, sendOptions: SendOptions): Promise<ResponseApdu> => {
    const { discardData = false, beginning } = sendOptions;
    // With T=0 a card that was sent data only announces its answer.
    const suffices = ({ data }: ResponseApdu): boolean => discardData || (beginning !== undefined && data.length > 0);
    let answer = first;
    let available = bytesAvailable(first.statusWord);
    while (available !== undefined && !suffices(answer)) {
      const le = Math.min(available === 0 ? 256 : available, beginning ?? 256);
      const next = await repeatWithLe({ cla: cla & ~CHAINING, ins: 0xc0, p1: 0, p2: 0, le }, sendOptions);
      available = bytesAvailable(next.statusWord);
      if (available !== undefined && next.data.length === 0) {
        throw new MiddlewareError('ERR_CARD_RESPONSE', 'Card announces data and does not give it');
      }
      answer = { data: concatBytes(answer.data, next.data), statusWord: next.statusWord };
      if (answer.data.length > MAX_ANSWER) throw new MiddlewareError('ERR_CARD_RESPONSE', 'Answer without an end');
    }
    return available === undefined ? answer : { ...answer, statusWord: SW_OK };
  };

  const repeatWithLe = async (command: CommandApdu, sendOptions: SendOptions): Promise<ResponseApdu> => {
    const answer = await transmit(command, sendOptions);
    const le = correctedLe(answer.statusWord);
    return le === undefined || command.le === undefined ? answer : transmit({ ...command, le }, sendOptions);
  };

  /** Sends all blocks but the last; undefined when the card took them, else its refusal. */
  const sendChain = async (command: CommandApdu, sendOptions: SendOptions): Promise<ResponseApdu | CommandApdu> => {
    const { cla, ins, p1, p2, data = new Uint8Array() } = command;
    let offset = 0;
    for (; data.length - offset > shortLimits.data; offset += shortLimits.data) {
      const block = data.subarray(offset, offset + shortLimits.data);
      const answer = await transmit({ cla: cla | CHAINING, ins, p1, p2, data: block }, sendOptions);
      if (answer.statusWord !== SW_OK) return answer;
    }
    return { ...command, data: data.subarray(offset) };
  };

  return {
    protocol: card.protocol,
    get count() {
      return count;
    },
    get elapsedMs() {
      return elapsedMs;
    },
    useExtendedLength() {
      extended = options.readerTakesExtended === true && card.protocol === 'T=1';
    },
    async send(command, sendOptions = {}) {
      if (sendOptions.sensitive === true) return transmit(command, sendOptions);
      const last = needsExtendedLength(command) && !extended ? await sendChain(shorten(command), sendOptions) : command;
      if ('statusWord' in last) return last;
      const answer = await repeatWithLe(last, sendOptions);
      return fetchRest(answer, command.cla, sendOptions);
    },
  };
}

function shorten(command: CommandApdu): CommandApdu {
  return command.le === undefined ? command : { ...command, le: Math.min(command.le, shortLimits.le) };
}
