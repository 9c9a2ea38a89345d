import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyCommand, isRunnable, pathOf } from '../../src/cli/tree.js';
import { buildWholeTree } from '../../src/cli/whole-tree.js';
import type { GeneratedFile } from '../../src/reference/documents.js';
import { manualPages } from '../../src/reference/manual-pages.js';
import { notesOf } from '../../src/cli/notes.js';
import { bold, roffText } from '../../src/reference/roff.js';
import { runProcess } from '../support/run-process.js';

const folder = mkdtempSync(join(tmpdir(), 'kort-man-'));
let pages: readonly GeneratedFile[];

beforeAll(async () => {
  pages = await manualPages('1.2.3');
  for (const { path, text } of pages) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const man = (...args: readonly string[]) =>
  runProcess('env', ['-i', 'PATH=/usr/bin:/bin', 'LC_ALL=C.UTF-8', 'MANWIDTH=80', 'MANROFFOPT=', 'man', ...args]);

describe('manual pages', () => {
  it('are set by groff without a warning', async () => {
    expect(pages.length).toBeGreaterThan(20);
    const files = pages.map(({ path }) => join(folder, path));
    const { code, stdout, stderr } = await runProcess('groff', ['-man', '-Kutf8', '-Tutf8', '-ww', ...files]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('KORTD(8)');
  });

  it('are found by man, without a warning, in both languages', async () => {
    const english = await man('--warnings=w', '-M', folder, 'kort-pin');
    expect(english).toMatchObject({ code: 0, stderr: '' });
    expect(english.stdout).toMatch(/^NAME\n\s+kort-pin - check and change the PINs of cards/m);
    expect(english.stdout).toMatch(/--pin code\n/);
    const swedish = await man('--warnings=w', '-M', join(folder, 'sv'), 'kort-pin');
    expect(swedish).toMatchObject({ code: 0, stderr: '' });
    expect(swedish.stdout).toContain('Byt en PIN-kod.');
    expect((await man('-M', folder, '8', 'kortd')).stdout).toContain('kort daemon start');
  });

  it.each(['en', 'sv'] as const)('tell of every command, and give its examples (%s)', async (language) => {
    const tree = await buildWholeTree(language);
    const all = everyCommand(tree).filter((command) => command !== tree && isRunnable(command));
    for (const command of all) {
      const [top = ''] = pathOf(command);
      const path = `${language === 'sv' ? 'sv/' : ''}man1/kort-${top}.1`;
      const text = pages.find((page) => page.path === path)?.text ?? '';
      expect(text, path).toContain(bold(['kort', ...pathOf(command)].join(' ')));
      for (const example of notesOf(command)?.examples ?? []) {
        expect(text, path).toContain(`${bold(example.line)}\n${roffText(example[language])}\n`);
      }
    }
  });

  it('begin no line with what roff would take for a command of its own', () => {
    const macros = /^\.(?:TH|SH|SS|TP|PP|br)\b/;
    for (const { path, text } of pages) {
      const wrong = text.split('\n').filter((line) => /^[.']/.test(line) && !macros.test(line));
      expect(wrong, path).toEqual([]);
    }
  });
});
