import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { screenLines, type ScreenState } from '../../../src/terminal/prompt/screen-lines.js';
import { columnsOf, wrapText } from '../../../src/terminal/layout/wrap-text.js';
import type { WirePrompt } from '../../../src/control-contract/prompts.js';
import type { Language } from '../../../src/messages/language.js';
import { askedScreen } from '../../support/prompt-screen.js';
import { promptView } from '../../support/prompt-view.js';

const wire = (change: Partial<WirePrompt> = {}): WirePrompt => ({ ...promptView('p1'), ticket: 'a', ...change });

interface Shown {
  readonly state?: Partial<ScreenState>;
  readonly language?: Language;
  readonly columns?: number;
  readonly rows?: number;
  readonly color?: boolean;
}

function rowsShown(view: WirePrompt | undefined, shown: Shown = {}): readonly string[] {
  const { state, language = 'en', columns = 100, rows = 200, color = false } = shown;
  return screenLines({ ...askedScreen, view, ...state }, { language, color }, { columns, rows }).lines;
}

const [candidate] = promptView('p1').candidates;
const sizes = [
  [100, 32],
  [80, 24],
  [40, 24],
] as const;

/** The second of two documents, each with a PIN entry of its own, after a wrong PIN. */
const secondDocument = wire({
  purpose: 'sign',
  visibleText: 'I agree. '.repeat(40),
  documents: ['One', 'Two'].map((label) => ({ label, digest: 'sha256:aa' })),
  documentsSigned: 1,
  documentsNow: 1,
  pinRole: 'signature',
  problem: { code: 'ERR_PIN_WRONG', fields: { attemptsRemaining: 2 } },
});

/** The fullest screen there is. */
const lastTry = wire({
  relyingParty: {
    name: { sv: 'Exempelkliniken i Norra Hamnen', en: 'Example Clinic of the North Harbor' },
    registeredBy: 'user',
  },
  bindingMessage: 'Read the record of ward 7. '.repeat(12),
  attemptsRemaining: 1,
  lastTry: true,
  problem: { code: 'ERR_PIN_WRONG', fields: { attemptsRemaining: 1 } },
});

describe('text from outside', () => {
  // No word of ours in English has a capital Z, so a row that begins with one was begun by somebody else.
  const outside = fc.string({
    unit: fc.constantFrom('Z', 'Z', 'Z', ' ', '全', '\n', '\u2028', '\u200b', 'é'),
    maxLength: 120,
  });
  const begunOutside = /^(?: {0,2}| {5})[Z全é]/;

  it('begins no row where our own labels begin, whatever it is and however wide the window', () => {
    fc.assert(
      fc.property(
        outside,
        outside,
        fc.integer({ min: 20, max: 100 }),
        fc.boolean(),
        (one, other, columns, choosing) => {
          const view = wire({
            relyingParty: { name: { sv: one, en: one }, registeredBy: 'user' },
            origin: other,
            confirmationCode: other,
            bindingMessage: one,
            candidates: [{ ...candidate!, tokenLabel: one, reader: other, holder: other, organization: one }],
            problem: { code: 'ERR_CARD_REMOVED', fields: { reader: one } },
          });
          const { relyingParty, purpose, launcher } = view;
          const waiting = [{ promptId: 'p2', relyingParty, purpose, launcher, origin: other }];
          for (const rows of [
            rowsShown(view, { columns, state: { choosing } }),
            rowsShown(undefined, { columns, state: { note: `Done: ${one}` } }),
          ]) {
            expect(rows.filter((row) => begunOutside.test(row))).toEqual([]);
            expect(rows.filter((row) => columnsOf(row) >= columns)).toEqual([]);
          }
          // Behind its number a waiting service's name stands by itself; further rows stand further in.
          const list = rowsShown(undefined, { columns, state: { waiting } });
          expect(list.filter((row) => begunOutside.test(row))).toEqual([]);
        },
      ),
    );
  });

  it('that the service writes is marked on each row', () => {
    const message = `${'x'.repeat(90)} Confirmation code: ZZZZ`;
    for (const columns of [40, 80, 100]) {
      const rows = rowsShown(wire({ bindingMessage: message }), { columns });
      const begin = rows.indexOf('The service writes:') + 1;
      const quoted = rows.slice(begin, rows.indexOf('', begin));
      expect(quoted.length).toBeGreaterThan(1);
      expect(quoted.every((row) => row.startsWith('  | '))).toBe(true);
      expect(rows.filter((row) => /^\s*Confirmation code/.test(row))).toEqual(['  Confirmation code: AB23']);
    }
  });

  it('is bold or red on each of its rows and not beyond them', () => {
    const name = 'Clinic '.repeat(12).trim();
    const view = wire({ relyingParty: { name: { sv: name, en: name }, registeredBy: 'user' } });
    const rows = rowsShown(view, { columns: 40, color: true });
    expect(rows.filter((row) => row.includes('\u001b[1m')).length).toBeGreaterThan(2);
    for (const row of rows) {
      const on = row.match(/\u001b\[(?:1|2|31)m/g) ?? [];
      const off = row.match(/\u001b\[(?:22|39)m/g) ?? [];
      expect(off).toHaveLength(on.length);
    }
  });
});

describe.each(sizes)('on %i × %i', (columns, rows) => {
  it.each(['sv', 'en'] as const)('no word is broken (%s)', (language) => {
    const state = { consent: '' };
    const whole = new Set(rowsShown(lastTry, { columns: 1000, language, state }).join(' ').split(/ +/));
    const shown = rowsShown(lastTry, { columns, language, state }).join(' ').split(/ +/);
    expect(shown.filter((word) => !whole.has(word))).toEqual([]);
  });

  it.each(['sv', 'en'] as const)(
    'who asks, its code, the warning and the question all stay in sight (%s)',
    (language) => {
      const shown = rowsShown(lastTry, { columns, rows, language, state: { consent: '' } });
      expect(shown.length).toBeLessThanOrEqual(rows);
      const text = shown.join('\n').replaceAll(/\n\s*/g, ' ');
      const facts = {
        sv: [
          'Norra Hamnen vill',
          'INTE från',
          'https://login.clinic.example',
          'Kontrollkod: AB23',
          'Försök kvar: 1',
          'SISTA FÖRSÖKET',
          'Skriv SISTA',
        ],
        en: [
          'North Harbor wants',
          'NOT from',
          'https://login.clinic.example',
          'Confirmation code: AB23',
          'Tries left: 1',
          'LAST TRY',
          'Type LAST',
        ],
      }[language];
      expect(facts.filter((fact) => !text.includes(fact))).toEqual([]);
    },
  );

  it.each([
    ['sv', 'Dokument 1 av 2 är underskrivet. Skriv PIN-koden för nästa.'],
    ['en', 'Document 1 of 2 is signed. Type the PIN for the next one.'],
  ] as const)('that one document is signed and the next one asked for stays in sight (%s)', (language, sentence) => {
    const shown = rowsShown(secondDocument, { columns, rows, language });
    expect(shown.length).toBeLessThanOrEqual(rows);
    expect(shown.join('\n').replaceAll(/\n\s*/g, ' ')).toContain(sentence);
  });
});

describe('screenLines() in a window that is too small', () => {
  it('drops help first, then the holder, then rows of what the service writes, and says that there was more', () => {
    const has = (rows: number, text: string): boolean =>
      rowsShown(lastTry, { columns: 40, rows, state: { consent: '' } }).some((row) => row.includes(text));
    const fewest = (text: string): number => {
      let rows = 60;
      while (rows > 1 && has(rows - 1, text)) rows -= 1;
      return rows;
    };
    const order = ['(must be the same', 'Holder:', 'record of ward', 'Card:', 'Confirmation code:'].map(fewest);
    expect(order).toEqual([...order].sort((a, b) => b - a));
    expect(new Set(order).size).toBe(order.length);
    const shown = rowsShown(lastTry, { columns: 40, rows: fewest('record of ward'), state: { consent: '' } });
    expect(shown).toContain('  | …');
  });

  it('shows the first rows and asks for a larger window when nothing more can go', () => {
    const shown = rowsShown(lastTry, { columns: 40, rows: 6, state: { consent: '' } });
    expect(shown).toHaveLength(6);
    expect(shown[0]).toMatch(/^The service Example Clinic/);
    expect(shown.slice(-2).join(' ')).toBe('Make the window larger to see the whole question.');
  });
});

describe('wrapText()', () => {
  it('gives back the text but for spaces at its breaks, in rows that fit', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', 'ö', '全', '🙂'), maxLength: 80 }),
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 2, max: 30 }),
        (text, first, further) => {
          const rows = wrapText(text, { first, further }).map(({ start, end }) => text.slice(start, end));
          expect(rows.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
          rows.forEach((row, index) => expect(columnsOf(row)).toBeLessThanOrEqual(index === 0 ? first : further));
          expect(rows.filter((row) => /\p{Cs}/u.test(row))).toEqual([]);
        },
      ),
    );
  });

  it.each([
    ['at a space', 'one two three', ['one two', 'three']],
    ['inside a word only when it is longer than a row', 'a abcdefghijk', ['a', 'abcdefgh', 'ijk']],
    ['by columns and not by characters', '全全全 全全', ['全全全', '全全']],
  ])('breaks %s', (_what, text, expected) => {
    expect(wrapText(text, { first: 8, further: 8 }).map(({ start, end }) => text.slice(start, end))).toEqual(expected);
  });
});
