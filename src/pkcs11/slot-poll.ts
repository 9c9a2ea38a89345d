import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { Deadlines, ModuleProcess } from './module-process.js';
import { limits, type SlotNews, type TokenContents } from './protocol.js';
import { slotId, slotList, tokenContents } from './protocol-codec.js';
import { malformedFrame, WireWriter } from './wire.js';

/** A token in a slot of a module. */
export interface Pkcs11Slot {
  readonly slot: string;
  readonly reader: string;
  /** A new object whenever something was read anew. */
  readonly contents: TokenContents;
}

/** What {@link SlotPoll} needs. */
export interface SlotPollOptions {
  /** Of the module, for errors. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deadlines: Deadlines;
}

const pollsToRest = 30;

/** Looks which tokens a module shows, and reads those that are new. */
export class SlotPoll {
  readonly #options: SlotPollOptions;
  #news = 0;
  #newsSince = 0;
  /** Slots whose token could not be read, and for how many polls they are left alone. */
  readonly #unreadable = new Map<string, number>();

  constructor(options: SlotPollOptions) {
    this.#options = options;
  }

  /** Another process begins. */
  begin(): void {
    [this.#news, this.#newsSince] = [0, this.#options.clock.monotonic()];
    this.#unreadable.clear();
  }

  /** @returns `known` itself where nothing has changed. @throws {MiddlewareError} */
  async run(process: ModuleProcess, known: readonly Pkcs11Slot[]): Promise<readonly Pkcs11Slot[]> {
    const deadlineMs = this.#options.deadlines.poll;
    const news = await process.call({ kind: 'poll', deadlineMs, write: () => undefined, answer: slotList });
    const slots: Pkcs11Slot[] = [];
    let room = limits.certificates;
    for (const found of news) {
      const before = known.find(({ slot }) => slot === found.slot);
      const entry = !found.hasToken
        ? undefined
        : before !== undefined && !found.changed
          ? before
          : await this.#lookAgain(process, found, before);
      room -= entry?.contents.certificates.length ?? 0;
      if (entry !== undefined && room >= 0) slots.push(entry);
    }
    const changed = slots.length !== known.length || slots.some((entry, index) => entry !== known[index]);
    return changed ? slots : known;
  }

  /** What cannot be read is not asked at every poll. */
  async #lookAgain(
    process: ModuleProcess,
    found: SlotNews,
    before: Pkcs11Slot | undefined,
  ): Promise<Pkcs11Slot | undefined> {
    const rest = this.#unreadable.get(found.slot) ?? 0;
    if (rest > 0 && !found.changed) {
      this.#unreadable.set(found.slot, rest - 1);
      return undefined;
    }
    const entry = await this.#look(process, found, before);
    if (entry !== before || entry === undefined) this.#countNews(process);
    if (entry === undefined) this.#unreadable.set(found.slot, pollsToRest);
    else this.#unreadable.delete(found.slot);
    return entry;
  }

  /** A module that is never at rest would fill history and log, and keep everybody busy with reading certificates. */
  #countNews(process: ModuleProcess): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#newsSince > 60_000) [this.#news, this.#newsSince] = [0, now];
    this.#news += 1;
    if (this.#news <= limits.newsPerMinute) return;
    const reason = malformedFrame('tokens change all the time');
    process.end(
      new MiddlewareError(reason.code, reason.message, { fields: { module: this.#options.name }, retriable: true }),
    );
    throw reason;
  }

  /** A token that cannot be read does not hide the others. */
  async #look(
    process: ModuleProcess,
    { slot, reader }: SlotNews,
    before: Pkcs11Slot | undefined,
  ): Promise<Pkcs11Slot | undefined> {
    try {
      const contents = await this.read(process, slot);
      return before !== undefined && sameContents(before.contents, contents) ? before : { slot, reader, contents };
    } catch (error) {
      if (process.hasEnded) throw error;
      // An empty slot of a soft token says of itself that it is not recognized.
      const level = isMiddlewareError(error, 'ERR_CARD_UNKNOWN') ? 'debug' : 'warn';
      this.#options.logger[level](
        { module: this.#options.name, reader, error },
        'Token of a vendor module cannot be read',
      );
      return undefined;
    }
  }

  /** @throws {MiddlewareError} */
  read(process: ModuleProcess, slot: string): Promise<TokenContents> {
    return process.call({
      kind: 'read',
      deadlineMs: this.#options.deadlines.read,
      write: (writer) => slotId.write(writer, slot),
      answer: tokenContents,
    });
  }
}

/** Whether two readings of a token found the same. */
export function sameContents(a: TokenContents, b: TokenContents): boolean {
  return Buffer.compare(encoded(a), encoded(b)) === 0;
}

function encoded(contents: TokenContents): Uint8Array {
  const writer = new WireWriter();
  tokenContents.write(writer, contents);
  return writer.finish();
}
