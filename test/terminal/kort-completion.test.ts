import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';

let home: PrivateHome;
let env: Record<string, string>;

const kort = (...args: readonly string[]): string => execFileSync('kort', args, { env, encoding: 'utf8' });

beforeAll(() => {
  home = new PrivateHome();
  const bin = join(home.folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'kort'), `#!/bin/sh\nexec '${process.execPath}' '${kortProgram}' "$@"\n`);
  chmodSync(join(bin, 'kort'), 0o755);
  env = { ...home.env, HOME: home.folder, PATH: `${bin}:/usr/bin:/bin`, KORT_LANG: 'en' };
  kort('sandbox', 'start', '--port', '0');
  for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(join(home.folder, shell), kort('completion', shell));
});

afterAll(() => {
  kort('sandbox', 'stop');
  home.remove();
});

/** A shell with its completion loaded, its prompt at the last row. */
async function shell(name: 'bash' | 'zsh' | 'fish'): Promise<TmuxTerminal> {
  const script = join(home.folder, name);
  const starts = {
    bash: `bash --noprofile --norc -i`,
    zsh: 'zsh -f -i',
    fish: 'fish --no-config --interactive',
  };
  const loads = {
    bash: `. /usr/share/bash-completion/bash_completion; . '${script}'; PS1='ready> '`,
    zsh: `autoload -Uz compinit; compinit -u -D; . '${script}'; PS1='ready> '`,
    fish: `source '${script}'; function fish_prompt; echo 'ready> '; end`,
  };
  const terminal = openTmux(starts[name], env, { columns: 120, rows: 40 });
  terminal.keys(loads[name], 'Enter');
  await terminal.until(/^ready>$/m);
  terminal.keys('clear', 'Enter');
  return terminal;
}

describe.each(['bash', 'zsh', 'fish'] as const)('completion in %s', (name) => {
  let terminal: TmuxTerminal;
  beforeAll(async () => {
    terminal = await shell(name);
  });
  afterAll(() => terminal.close());
  afterEach(() => terminal.keys('C-u', 'C-l'));

  it.each([
    ['kort certif', 'kort certificate '],
    ['kort certificate downl', 'kort certificate download '],
    ['kort status --wat', 'kort status --watch '],
    ['kort sandbox order tolvan --kind ren', 'kort sandbox order tolvan --kind renewal '],
    ['kort sandbox insert tolvan-iso', 'kort sandbox insert tolvan-isoapplet '],
    ['kort --instance sandbox rp show urn:kort:sand', 'kort --instance sandbox rp show urn:kort:sandbox:issuer '],
    ['kort help sandb', 'kort help sandbox '],
    ['kort rp add /etc/hostna', 'kort rp add /etc/hostname'],
    ['kort --lang=s', 'kort --lang=sv'],
  ])('completes %j to %j', async (typed, whole) => {
    terminal.keys('-l', typed);
    await terminal.until(new RegExp(`^ready> ${pattern(typed)}`, 'm'));
    terminal.keys('Tab');
    await terminal.until(new RegExp(`^ready> ${pattern(whole.trimEnd())}`, 'm'));
    // What is typed behind tells whether the word was finished by a space.
    terminal.keys('-l', '#');
    const end = whole.endsWith(' ') ? ' #' : ' ?#';
    await terminal.until(new RegExp(`^ready> ${pattern(whole.trimEnd())}${end}`, 'm'));
  });

  it('lists what may stand there', async () => {
    terminal.keys('-l', 'kort sandbox fault tolvan re');
    terminal.keys('Tab', 'Tab');
    await terminal.until(/real-card[^]*remove-after|remove-after[^]*real-card/);
  });

  it.each(['--instance $(touch MARK)', '--instance=$(touch MARK)', '--instance=`touch MARK`'])(
    'runs nothing of %j while it is only typed',
    async (option) => {
      const mark = join(home.folder, `run-by-${name}`);
      terminal.keys('-l', `kort ${option.replace('MARK', mark)} certificate show `);
      terminal.keys('Tab');
      terminal.keys('-l', '#');
      await terminal.until(/show ?#/);
      expect(existsSync(mark)).toBe(false);
    },
  );
});

function pattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
