import { beforeAll, describe, expect, it } from 'vitest';
import type { Command as Parser } from 'commander';
import { ownOptions } from '../../../src/cli/help-format.js';
import { notesOf } from '../../../src/cli/notes.js';
import { commandAt, everyCommand, pathOf } from '../../../src/cli/tree.js';
import { buildWholeTree } from '../../../src/cli/whole-tree.js';
import { topHelp } from '../../../src/messages/help-top.js';
import { runnablePaths, shellWords } from '../../support/command-tree.js';
import { runScripted } from '../../support/scripted-cli.js';

const languages = ['sv', 'en'] as const;
let tree: Parser;
let swedish: Parser;

beforeAll(async () => {
  tree = await buildWholeTree('en');
  swedish = await buildWholeTree('sv');
});

const at = (path: string, from = tree): Parser => commandAt(from, path.split(' '));

describe('every command', () => {
  it('is listed once, in the same order in both languages', () => {
    const paths = everyCommand(tree).map((command) => pathOf(command).join(' '));
    expect(new Set(paths).size).toBe(paths.length);
    expect(everyCommand(swedish).map((command) => pathOf(command).join(' '))).toEqual(paths);
    expect(runnablePaths(tree)).toContain('certificate download');
    expect(runnablePaths(tree)).not.toContain('certificate');
  });

  it('says in a few words of each language what it does', () => {
    for (const command of everyCommand(tree)) {
      const path = pathOf(command).join(' ');
      const other = commandAt(swedish, pathOf(command));
      expect(command.description(), path).not.toBe('');
      expect(other.description(), path).not.toBe(command.description());
      if (command.parent === null) continue;
      for (const text of [command.description(), other.description()]) {
        expect(text, path).not.toMatch(/\.$/);
        expect(text.length, path).toBeLessThanOrEqual(100);
      }
    }
  });

  it('says of each of its options and arguments in both languages what it is', () => {
    for (const command of everyCommand(tree)) {
      const other = commandAt(swedish, pathOf(command));
      for (const option of ownOptions(command)) {
        const name = `${pathOf(command).join(' ')} ${option.flags}`;
        const its = ownOptions(other).find(({ long }) => long === option.long);
        expect(option.description, name).not.toBe('');
        expect(its?.description, name).not.toBe(option.description);
      }
      for (const [index, argument] of command.registeredArguments.entries()) {
        const name = `${pathOf(command).join(' ')} <${argument.name()}>`;
        expect(argument.description, name).not.toBe('');
        expect(other.registeredArguments[index]?.description, name).not.toBe('');
      }
    }
  });

  it('that does something has an example which its own parser takes', async () => {
    for (const path of runnablePaths(tree)) {
      const notes = notesOf(at(path));
      expect(notes?.examples.length, `examples of ${path}`).toBeGreaterThan(0);
      for (const { line, sv, en } of notes?.examples ?? []) {
        expect(sv, line).not.toBe('');
        expect(en, line).not.toBe(sv);
        const [program, ...words] = shellWords(line);
        expect(program, line).toBe('kort');
        let chosen = 0;
        const parser = await buildWholeTree('en', { choose: () => void (chosen += 1) });
        parser.parse([...words], { from: 'user' });
        expect(chosen, line).toBe(1);
      }
      const meant = (notes?.examples ?? []).map(({ line }) => pathOf(at(line.slice('kort '.length))).join(' '));
      expect(meant, `examples of ${path}`).toContain(path);
    }
  });

  it.each(languages)('shows its example in its help (%s)', async (language) => {
    for (const path of runnablePaths(tree)) {
      const { code, out } = await runScripted(['help', ...path.split(' '), '--lang', language]);
      expect(code, path).toBe(0);
      expect(out, path).toContain(topHelp[language].headings.examples);
      for (const { line } of notesOf(at(path))?.examples ?? []) expect(out, path).toContain(`  ${line}\n`);
      expect(out.split('\n').filter((row) => row.length > 100 && !row.startsWith('  kort '))).toEqual([]);
    }
  });

  it('has the same help by `kort help` and by --help', async () => {
    for (const path of runnablePaths(tree)) {
      const words = path.split(' ');
      expect((await runScripted(['help', ...words])).out).toBe((await runScripted([...words, '--help'])).out);
    }
  });
});

describe('options', () => {
  /** What one word is for must not differ from command to command. */
  it('of the same name take a value everywhere or nowhere, and of the same form', () => {
    const forms = new Map<string, Set<string>>();
    for (const command of everyCommand(tree)) {
      for (const { long, flags } of ownOptions(command)) {
        const form = flags.replace(/^-\w, /, '');
        if (long !== undefined) forms.set(long, (forms.get(long) ?? new Set()).add(form));
      }
    }
    const various = [...forms].filter(([, its]) => its.size > 1).map(([name, its]) => [name, [...its].sort()]);
    expect(various).toEqual([
      // One of the cards that are inserted, or of those that are known.
      ['--card', ['--card <card>', '--card <card|reader>']],
      // A keypad is named by its reader or by the card in it.
      ['--reader', ['--reader <reader>', '--reader <reader|card>']],
    ]);
  });

  it('that take something away stand last: --yes', () => {
    for (const command of everyCommand(tree)) {
      const names = ownOptions(command).map(({ long }) => long);
      if (names.includes('--yes')) expect(names.at(-1), pathOf(command).join(' ')).toBe('--yes');
    }
  });
});
