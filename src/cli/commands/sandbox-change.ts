import type { ControlClient } from '../../client/client.js';
import type { SandboxRevocationReason } from '../../model/sandbox-revocation-reason.js';
import type { SandboxKey, SandboxReader, SandboxReport } from '../../control-contract/sandbox.js';
import { commandMessages } from '../../messages/commands.js';
import { sandboxChangeMessages, type SandboxChangeMessages } from '../../messages/sandbox-change.js';
import { nextStepFields } from '../../terminal/look.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';

/** What the sandbox was before a command, and what it is now. */
interface Change {
  readonly before: SandboxReport;
  readonly after: SandboxReport;
}

/** How a change is told. */
interface Telling {
  readonly words: SandboxChangeMessages;
  /** What commands need to reach the same instance. */
  readonly option: string;
  readonly context: CommandContext;
}

/** Changes the sandbox, and says what is different now; with `--json`, all that it has become. */
function changeCommand(
  work: (client: ControlClient) => Promise<SandboxReport>,
  tell: (change: Change, telling: Telling) => readonly string[],
): Command {
  return async (context) => {
    const { json, language } = context;
    const { before, after } = await withClient(context, async (client) => ({
      before: json ? undefined : await client.request('sandbox.list', {}),
      after: await work(client),
    }));
    if (before === undefined) writeJson(context, { ...after, ...(await context.ports.sandboxCodes()) });
    else {
      const { groupInstance } = nextStepFields(context);
      const option = groupInstance === undefined ? '' : ` --instance ${String(groupInstance)}`;
      const words = sandboxChangeMessages[language];
      writeLines(context, tell({ before, after }, { words, option, context }).map(screenText));
    }
    return 0;
  };
}

/** `kort sandbox insert CARD [READER]`: a card that was in another reader is moved, and one that was in this one falls out. */
export function insertCommand(card: string, reader: string | undefined): Command {
  return changeCommand(
    (client) => client.request('sandbox.insert', { card, reader }),
    ({ before, after }, { words }) => {
      const from = placeOf(card, before);
      const to = placeOf(card, after) ?? '';
      const fallen = cardIn(to, before);
      const isIn = from === undefined ? words.inserted(card, to) : words.moved(card, from, to);
      if (from === to) return [words.insertedAlready(card, to)];
      return fallen === undefined ? [isIn] : [words.takenOut(fallen, to), isIn];
    },
  );
}

/** `kort sandbox remove READER|CARD` */
export function removeCommand(place: string): Command {
  return changeCommand(
    (client) => client.request('sandbox.remove', { reader: place }),
    ({ before, after }, { words, option }) => {
      const taken = before.readers.find(({ name, card }) => card !== undefined && cardIn(name, after) === undefined);
      if (taken?.card === undefined) return [words.wasEmpty(place)];
      return [words.takenOut(taken.card, taken.name), words.putBack(taken.card, option)];
    },
  );
}

/** `kort sandbox add-reader [NAME]` */
export function addReaderCommand(name: string | undefined, pinPad: true | undefined): Command {
  return changeCommand(
    (client) => client.request('sandbox.addReader', { name, pinPad }),
    (change, { words, option }) => {
      const added = readersOnlyIn(change.after, change.before);
      const lines = added.map(({ name: its, pinPad: pad }) =>
        pad === undefined ? words.readerAdded(its) : words.padAdded(its),
      );
      return [...lines, words.cardsFor(option)];
    },
  );
}

/** `kort sandbox remove-reader READER`: a card that is in it is pulled first. */
export function removeReaderCommand(reader: string): Command {
  return changeCommand(
    (client) => client.request('sandbox.removeReader', { reader }),
    (change, { words }) =>
      readersOnlyIn(change.before, change.after).flatMap(({ name, card }) => [
        ...(card === undefined ? [] : [words.takenOut(card, name)]),
        words.readerRemoved(name),
      ]),
  );
}

/** `kort sandbox press KEY...` */
export function pressCommand(keys: readonly SandboxKey[], reader: string | undefined): Command {
  return changeCommand(
    (client) => client.request('sandbox.press', { keys, reader }),
    ({ before, after }, { words, context }) =>
      before.readers
        .filter(({ name, card, pinPad }) => pinPad?.asksFor !== undefined && [name, card].includes(reader ?? name))
        .map(({ name }) => {
          const asksFor = after.readers.find((one) => one.name === name)?.pinPad?.asksFor;
          if (asksFor === undefined) return words.pressed(name);
          return `${name}: ${commandMessages[context.language].sandboxPinPad[asksFor]}`;
        }),
  );
}

/** `kort sandbox revoke CARD` */
export function revokeCommand(card: string, reason: SandboxRevocationReason): Command {
  return changeCommand(
    (client) => client.request('sandbox.revoke', { card, reason }),
    (_change, { words, option }) => [words.revoked(card, reason), words.restoreIt(card, option)],
  );
}

/** `kort sandbox unrevoke CARD` */
export function unrevokeCommand(card: string): Command {
  return changeCommand(
    (client) => client.request('sandbox.unrevoke', { card }),
    (_change, { words }) => [words.restored(card)],
  );
}

const placeOf = (card: string, { readers }: SandboxReport): string | undefined =>
  readers.find((reader) => reader.card === card)?.name;

const cardIn = (name: string, { readers }: SandboxReport): string | undefined =>
  readers.find((reader) => reader.name === name)?.card;

const readersOnlyIn = ({ readers }: SandboxReport, other: SandboxReport): readonly SandboxReader[] =>
  readers.filter(({ name }) => !other.readers.some((one) => one.name === name));
