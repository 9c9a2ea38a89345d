import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ErrorFields } from '../../../src/core/errors.js';
import { fillTemplate, templateFields } from '../../../src/messages/template.js';

type Message = ((...given: unknown[]) => unknown) | string;
interface Pair {
  readonly path: string;
  readonly sv: Message;
  readonly en: Message;
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isMessage = (value: unknown): value is Message => typeof value === 'string' || typeof value === 'function';

/** Everything that stands in both languages somewhere in a value, with its place. */
function pairsIn(value: unknown, path: string): readonly Pair[] {
  if (!isTable(value)) return [];
  if ('sv' in value && 'en' in value) return pairsOf(value['sv'], value['en'], path);
  return Object.entries(value).flatMap(([key, inner]) => pairsIn(inner, `${path}.${key}`));
}

function pairsOf(sv: unknown, en: unknown, path: string): readonly Pair[] {
  if (isMessage(sv) && isMessage(en)) return [{ path, sv, en }];
  if (!isTable(sv) || !isTable(en)) return [{ path: `${path} is not of the same kind`, sv: '', en: '' }];
  const keys = new Set([...Object.keys(sv), ...Object.keys(en)]);
  return [...keys].flatMap((key) => pairsOf(sv[key], en[key], `${path}.${key}`));
}

const folder = 'src/messages';
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
const pairs = (
  await Promise.all(
    files.map(async (name) => {
      const exported = (await import(`../../../src/messages/${name.replace('.ts', '')}.ts`)) as object;
      return Object.entries(exported).flatMap(([key, value]) => pairsIn(value, `${name.replace('.ts', '')} ${key}`));
    }),
  )
).flat();

/** Stands for any object of fields: each is this number, or a word. */
const fieldsOf = (value: unknown): unknown =>
  new Proxy({}, { get: (_target, name) => (name === Symbol.toPrimitive ? () => String(value) : value) });

/** What messages may be given; the first that one can say something about is taken. */
const givenBy = (count: number): readonly (readonly unknown[])[] => [
  [count, count, count, count],
  ['A', 'B', 'C', 'D'],
  ['A', count, count, count],
  [[3], [3]],
  [['A', 'B'], ['A']],
  [fieldsOf(count), fieldsOf(count), count],
  [fieldsOf('A'), fieldsOf('A'), 'A'],
  ['A', fieldsOf(count), fieldsOf(count)],
];

const spoiled = /undefined|NaN|\[object|=>/;

function say(message: Message, given: readonly unknown[]): string {
  if (typeof message !== 'string') return String(message(...given));
  const [count = 0] = given;
  const fields: ErrorFields = Object.fromEntries(templateFields(message).map((name) => [name, String(count)]));
  const numbers = typeof count === 'number' ? Object.fromEntries(Object.keys(fields).map((name) => [name, count])) : {};
  return fillTemplate(message, { ...fields, ...numbers });
}

/** What those take that take no numbers and no names alone. */
const takes: Readonly<Record<string, readonly unknown[]>> = {
  'expiryMessages.clock': ['skewed', 7200],
  'expiryMessages.endsBefore': ['card', 'A'],
  'historyMessages.pinTry': ['A', 'wrong'],
  'historyMessages.download': ['A', 'complete'],
};

/** A message with everything that it can hold. */
function spoken(message: Message, count: number, path: string): string {
  const own = takes[path.split(' ')[1] ?? ''];
  for (const given of own === undefined ? givenBy(count) : [own]) {
    try {
      const text = say(message, given);
      if (!spoiled.test(text)) return text;
    } catch {
      // Not what it takes.
    }
  }
  return 'undefined';
}

/** Names, signs and words that are the same in both languages. */
const alike = /^(?:[^A-Za-zÅÄÖåäö]*|kort\b.*|[A-Z][A-Z0-9-]*|[a-z-]+|.{1,3})$/s;
const sameInBoth = ['checks.session', 'checks.proxy', 'names.language', 'names.clientId', 'uiListMessages.filtered'];
/** What stands in files and shells has their own quotes. */
const code = /"enabled": false|"\$\(.*?\)"/g;
const things =
  'tries|days|hours|minutes|seconds|weeks|cards|certificates|orders|logins|lines|entries|downloads|places|services|documents|questions|warnings|problems|findings|times';
const plural = {
  sv: /(?:^|[\s(])1 (?:dagar|timmar|minuter|sekunder|veckor|rader|poster|frågor|filer|gånger)\b/,
  en: new RegExp(`(?:^|[\\s(])1 (?:${things})\\b`),
};

describe('every message', () => {
  it('is looked at: no file without one', () => {
    expect(pairs.length).toBeGreaterThan(1000);
    expect(pairs.filter(({ path }) => path.includes('is not of the same kind'))).toEqual([]);
  });

  it('holds what it is given, in both languages, and leaves no bracket behind', () => {
    const wrong = pairs.flatMap(({ path, sv, en }) =>
      [sv, en].flatMap((message) => {
        const text = spoken(message, 2, path);
        return spoiled.test(text) || /[{}]|\[\w/.test(text) ? [`${path}: ${text}`] : [];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('is in Swedish in the one and in English in the other', () => {
    const same = pairs.flatMap(({ path, sv, en }) => {
      const text = spoken(sv, 2, path);
      const isAlike = alike.test(text) || sameInBoth.some((one) => path.endsWith(one));
      return text === spoken(en, 2, path) && !isAlike ? [`${path}: ${text}`] : [];
    });
    expect(same).toEqual([]);
  });

  it('counts one of a thing in the singular', () => {
    const wrong = pairs.flatMap(({ path, sv, en }) => [
      ...(plural.sv.test(spoken(sv, 1, path)) ? [`${path}: ${spoken(sv, 1, path)}`] : []),
      ...(plural.en.test(spoken(en, 1, path)) ? [`${path}: ${spoken(en, 1, path)}`] : []),
    ]);
    expect(wrong).toEqual([]);
  });

  it('quotes as its language does, and puts no two full stops after each other', () => {
    const wrong = pairs.flatMap(({ path, sv, en }) => {
      const [inSwedish = '', inEnglish = ''] = [sv, en].map((message) => spoken(message, 2, path).replaceAll(code, ''));
      const bad = [
        ...(/["“]/.test(inSwedish) ? [inSwedish] : []),
        ...(/[”“]/.test(inEnglish) ? [inEnglish] : []),
        ...[inSwedish, inEnglish].filter((text) => /[^.]\.\.(?!\.)|[.!?][”"]\.|\s[.,;](?:\s|$)/.test(text)),
      ];
      return bad.map((text) => `${path}: ${text}`);
    });
    expect(wrong).toEqual([]);
  });
});
