import { basename } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import type { HistoryEvent, HistoryVerdict } from '../model/history.js';
import { headPath, type Head, type HeadFile } from './history-head.js';
import { hashLine, NO_PREVIOUS, parseLine } from './history-lines.js';
import { partOf } from './history-parts.js';
import { hashedLines, snapshotOf, type HistorySnapshot } from './history-snapshot.js';

type Event<K extends HistoryEvent['kind']> = Extract<HistoryEvent, { readonly kind: K }>;
type Damage = Extract<HistoryVerdict, { readonly intact: false }>;
type Seal = Omit<Event<'part-sealed'>, 'kind'>;

/** What was found so far. */
interface Chain {
  entries: number;
  /** The oldest entry: its number, and what it says came before. */
  first: Head | undefined;
  /** The newest entries, newest first; before the first one, where that says it comes from. */
  newest: readonly Head[];
  /** The part that went last. */
  removed: Event<'part-removed'> | undefined;
}

/**
 * Follows the chain from the oldest part that is kept to the head. What a power cut can leave is no damage: half a line
 * at the very end, and a head that is one entry behind, as nobody was told that either is written.
 */
export async function verifyHistory(path: string): Promise<HistoryVerdict> {
  const { files, head } = await snapshotOf(path);
  const chain: Chain = { entries: 0, first: undefined, newest: [], removed: undefined };
  let seal: Seal | undefined;
  let end = { file: basename(path), line: 1 };
  try {
    for (const [index, file] of files.entries()) {
      const missing = missingPart(path, files, index);
      if (missing !== undefined) return { intact: false, file: missing, line: 1, problem: 'seal' };
      const found = await follow(chain, file, seal, index === files.length - 1);
      if ('problem' in found) return found;
      seal = found;
      end = { file: file.name, line: found.lines + 1 };
    }
  } finally {
    for (const { handle } of files) await handle.close();
  }
  const problem = headProblem(chain, head, path, end) ?? startProblem(chain, files);
  if (problem !== undefined) return problem;
  const [last] = chain.newest;
  return { intact: true, entries: chain.entries, first: chain.first?.sequence, head: last?.hash ?? NO_PREVIOUS };
}

/**
 * A verdict on a history that is whole.
 *
 * @throws {MiddlewareError} ERR_HISTORY_DAMAGED with `file`, `line` and `reason` of one that is not.
 */
export function requireIntact(verdict: HistoryVerdict): Extract<HistoryVerdict, { readonly intact: true }> {
  if (verdict.intact) return verdict;
  const { file, line, problem: reason } = verdict;
  throw new MiddlewareError('ERR_HISTORY_DAMAGED', 'History is not whole', { fields: { file, line, reason } });
}

/** The name of a part that ought to be between this file and the one before. */
function missingPart(path: string, files: HistorySnapshot['files'], index: number): string | undefined {
  const before = files[index - 1]?.number;
  const number = files[index]?.number;
  if (before === undefined || number === undefined || number === before + 1) return undefined;
  return basename(partOf(path, before + 1).path);
}

/** Reads one file; gives what the next one has to say of it. */
async function follow(
  chain: Chain,
  file: HistorySnapshot['files'][number],
  seal: Seal | undefined,
  isLast: boolean,
): Promise<Damage | (Seal & { readonly lines: number })> {
  const { lines, digest } = hashedLines(file);
  let line = 0;
  let first = 0;
  for await (const text of lines) {
    if (text === undefined && isLast) break;
    line += 1;
    const damaged = (problem: Damage['problem']): Damage => ({ intact: false, file: file.name, line, problem });
    const entry = text && parseLine(text);
    if (text === undefined || entry === undefined) return damaged('not-an-entry');
    const { sequence, previous, event } = entry;
    if (line === 1) first = sequence;
    if (line === 1 && seal !== undefined && !isSealedBy(seal, event)) {
      return { intact: false, file: seal.part, line: 1, problem: 'seal' };
    }
    chain.first ??= { sequence, hash: previous };
    const [before = { sequence: sequence - 1, hash: sequence === 1 ? NO_PREVIOUS : previous }] = chain.newest;
    if (sequence < 1 || sequence !== before.sequence + 1) return damaged('sequence');
    if (previous !== before.hash) return damaged('hash');
    const known = chain.newest.length === 0 ? [before] : chain.newest;
    chain.newest = [{ sequence, hash: hashLine(text) }, ...known].slice(0, 3);
    chain.entries += 1;
    if (event.kind === 'part-removed') chain.removed = event;
  }
  return { part: file.name, sha256: digest(), first, lines: line };
}

function isSealedBy({ part, sha256, first }: Seal, event: HistoryEvent): boolean {
  return event.kind === 'part-sealed' && event.part === part && event.sha256 === sha256 && event.first === first;
}

/** Whatever came before the oldest entry must have been removed as the history says. */
function startProblem({ first, removed }: Chain, files: HistorySnapshot['files']): Damage | undefined {
  if (first === undefined || first.sequence === 1) return undefined;
  if (removed?.last === first.sequence - 1 && removed.hash === first.hash) return undefined;
  return { intact: false, file: files[0]?.name ?? '', line: 1, problem: 'seal' };
}

function headProblem(
  { newest }: Chain,
  head: HeadFile | undefined,
  path: string,
  end: Pick<Damage, 'file' | 'line'>,
): Damage | undefined {
  const [last = { sequence: 0, hash: NO_PREVIOUS }] = newest;
  if (head === undefined && last.sequence === 0) return undefined;
  const damaged: Damage = { intact: false, file: basename(headPath(path)), line: 1, problem: 'head' };
  const { newest: noted, slots = [undefined, undefined], whole = false } = head ?? {};
  if (noted === undefined) return damaged;
  if (noted.sequence > last.sequence) return { intact: false, ...end, problem: 'cut' };
  if (noted.sequence < last.sequence - 1 || !whole) return damaged;
  const isOfChain = (slot: Head | undefined): boolean =>
    slot !== undefined && (isBegun(slot) || newest.some((entry) => isSame(entry, slot)));
  const [even, odd] = slots;
  const isNext = noted.sequence === 0 || Math.abs((even?.sequence ?? 0) - (odd?.sequence ?? 0)) === 1;
  return isNext && slots.every(isOfChain) ? undefined : damaged;
}

const isBegun = ({ sequence, hash }: Head): boolean => sequence === 0 && hash === NO_PREVIOUS;
const isSame = (a: Head, b: Head): boolean => a.sequence === b.sequence && a.hash === b.hash;
