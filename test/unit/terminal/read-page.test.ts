import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPage, readText, type ReadPage } from '../../../src/terminal/prompt/read-page.js';
import { askerBlocks } from '../../../src/terminal/prompt/order-blocks.js';
import { columnsOf } from '../../../src/terminal/layout/wrap-text.js';
import type { WirePrompt } from '../../../src/control-contract/prompts.js';
import { promptView } from '../../support/prompt-view.js';

const look = { language: 'en', color: false } as const;
const documents = [
  { label: 'Certificate 7', digest: `sha256:${'ab'.repeat(32)}` },
  { label: 'Appendix', digest: `sha512:${'cd'.repeat(64)}` },
];
const signature = (visibleText: string, change: Parameters<typeof promptView>[1] = {}): WirePrompt => ({
  ...promptView('p1', { purpose: 'sign', state: 'read', visibleText, documents, ...change }),
  ticket: 'a',
});

const pageOf = (view: WirePrompt, columns: number, rows: number, from: number): ReadPage =>
  readPage(view, { above: askerBlocks(view, look), below: [] }, look, { columns, rows }, from);

/** Every page from the first to the last. */
function read(view: WirePrompt, columns: number, rows: number): readonly ReadPage[] {
  const pages = [pageOf(view, columns, rows, 0)];
  for (;;) {
    const last = pages.at(-1)!;
    if (last.atEnd) return pages;
    const next = pageOf(view, columns, rows, last.pageDown);
    expect(next.lines).not.toEqual(last.lines);
    pages.push(next);
  }
}

const longText = Array.from(
  { length: 60 },
  (_, index) => `${index + 1}. All that is agreed in paragraph ${index + 1}.`,
);

describe.each([
  [80, 24],
  [60, 20],
  [40, 24],
])('readPage() on %i × %i', (columns, rows) => {
  it('shows every row of text, labels and digests, page by page, and nothing beyond the window', () => {
    const view = signature(longText.join('\n'));
    const pages = read(view, columns, rows);
    expect(pages.length).toBeGreaterThan(2);
    const shown = new Set(pages.flatMap(({ lines }) => lines));
    expect(readText(view, look, columns).filter((row) => row !== '' && !shown.has(row))).toEqual([]);
    for (const { lines } of pages) {
      expect(lines.length).toBeLessThanOrEqual(rows);
      expect(lines.filter((line) => columnsOf(line) >= columns)).toEqual([]);
      expect(lines.join(' ')).toContain('Example Clinic');
      expect(lines.join('\n')).toContain('  Confirmation code: AB23');
      expect(lines.join('\n')).toMatch(/^Rows \d+–\d+ of \d+$/m);
    }
  });

  it('says on each page whose words these are', () => {
    for (const { lines } of read(signature(longText.join('\n')), columns, rows)) {
      const first = lines.findIndex((line) => line.startsWith('  | '));
      if (first !== -1) expect(lines[first - 1]).toMatch(/^The service writes:$|which the service calls:$|calls:$/);
    }
  });
});

describe('readPage()', () => {
  it('goes down and up by rows and pages, and not beyond the ends', () => {
    const view = signature(longText.join('\n'));
    const first = pageOf(view, 80, 24, 0);
    expect(first.lineUp).toBe(0);
    expect(pageOf(view, 80, 24, first.lineDown).lineUp).toBe(0);
    expect(pageOf(view, 80, 24, first.pageDown).pageUp).toBe(0);
    const last = read(view, 80, 24).at(-1)!;
    expect(pageOf(view, 80, 24, last.pageDown).lines).toEqual(last.lines);
    expect(pageOf(view, 80, 24, last.lineDown).lines).toEqual(last.lines);
  });

  it('stays at the same words when the window gets another width: nothing is skipped by that', () => {
    const text = longText.map((line) => `${line} ${'And so on. '.repeat(6).trim()}`).join('\n');
    const view = signature(text);
    const { pageDown } = pageOf(view, 40, 24, 0);
    const firstWords = ({ lines }: ReadPage): string => lines.find((line) => line.startsWith('  | ')) ?? '';
    const narrow = firstWords(pageOf(view, 40, 24, pageDown)).slice(4, 14);
    expect(firstWords(pageOf(view, 120, 24, pageDown))).toContain(narrow);
  });

  it('is not at its end in a window that is too small to say who asks', () => {
    const page = pageOf(signature('I agree.'), 40, 6, 0);
    expect(page.atEnd).toBe(false);
    expect(page.lines.join(' ')).toContain('Make the window larger');
  });

  it('shows the message of the service before the text, and empty rows as they are', () => {
    const rows = readText(signature('One.\n\nTwo.', { bindingMessage: 'Ward 7', documents: [] }), look, 80);
    expect(rows).toEqual(['The service writes:', '  | Ward 7', '  | ', '  | One.', '  | ', '  | Two.']);
  });

  it('marks every row from outside, whatever it says and however it is broken', () => {
    const hostile = fc.array(
      fc.constantFrom(
        '\u001b[2J\u001b[H',
        '\u202e',
        '\u200b',
        'Confirmation code: ZZZZ',
        'PIN: ',
        'Enter: I have read all of it',
        'The service writes:',
        'Rows 1–1 of 1',
        '\n',
        '\r\n',
        '\u2028',
        '  ',
        'x'.repeat(90),
        '全',
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(hostile, hostile, fc.integer({ min: 30, max: 100 }), (text, label, columns) => {
        const view = signature(text.join(' '), { documents: [{ label: label.join(' '), digest: 'sha256:ab' }] });
        const rows = readText(view, look, columns);
        const ours = rows.filter((row) => !row.startsWith('  | '));
        expect(ours.join(' ').replaceAll(/ +/g, ' ').trim()).toBe(
          'The service writes: One document will be signed. Only its digest is known here, not what it says: ' +
            'Document 1 of 1, which the service calls: sha256:ab',
        );
        expect(rows.filter((row) => /[\p{Cc}\p{Cf}\u2028]/u.test(row))).toEqual([]);
      }),
    );
  });
});
