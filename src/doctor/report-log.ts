import { redacted } from './redact.js';
import { knownWord, shownVersion, type Vocabulary } from './report-words.js';

/** Numbers that count or name things of the program, and no code of anybody. */
const numbers: ReadonlySet<string> = new Set(
  'port status statusCode attempts attemptsRemaining count milliseconds ms seconds skewSeconds line level entries limit length bytes readers'.split(
    ' ',
  ),
);
const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/**
 * The lines of a log that the program has written itself, with what stands in the program: sentences, words, counts,
 * times, and places in its own files. Of any other line, only that it was there.
 */
export function shownLog(text: string, words: Vocabulary): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => shownLine(line, words))
    .join('\n');
}

function shownLine(line: string, words: Vocabulary): string {
  const entry = parse(line);
  if (entry === undefined) return shownFrame(line, words) ?? '(another line)';
  const { time, level, msg, ...fields } = entry;
  return JSON.stringify({
    time: typeof time === 'number' && time > 0 && time < 4e12 ? new Date(time).toISOString() : undefined,
    level: levels[Number(level)],
    msg: knownWord(msg, words),
    ...shownFields(fields, words),
  });
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function shownFields(fields: Readonly<Record<string, unknown>>, words: Vocabulary, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [knownWord(name, words), shownValue(name, value, words, depth)]),
  );
}

function shownValue(name: string, value: unknown, words: Vocabulary, depth: number): unknown {
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return numbers.has(name) && Math.abs(value) < 1e6 ? value : redacted;
  if (typeof value === 'string') return shownText(name, value, words);
  if (typeof value !== 'object' || depth > 3) return redacted;
  if (Array.isArray(value)) return value.slice(0, 20).map((one) => shownValue(name, one, words, depth + 1));
  return shownFields(value as Readonly<Record<string, unknown>>, words, depth + 1);
}

function shownText(name: string, value: string, words: Vocabulary): string {
  if (name === 'version') return shownVersion(value);
  if (name !== 'stack') return knownWord(value, words);
  return value
    .split('\n')
    .flatMap((line) => shownFrame(line, words) ?? [])
    .join(' ');
}

/** Where in the program's own files, in Node's, or in some package's, something happened. */
function shownFrame(line: string, words: Vocabulary): string | undefined {
  const [, file = '', place = ''] =
    /^\s+at .*?((?:node:|src\/|bin\/|node_modules\/)[A-Za-z0-9_@./-]{1,160}):(\d{1,6}:\d{1,6})\)?$/.exec(line) ?? [];
  if (file === '') return undefined;
  if (file.startsWith('node_modules/')) return `at node_modules/${redacted}:${place}`;
  return words.has(file) || /^node:[a-z_]{1,20}(?:\/[a-z_]{1,20}){0,3}$/.test(file)
    ? `at ${file}:${place}`
    : `at ${redacted}`;
}
