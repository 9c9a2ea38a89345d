import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kortProgram, PrivateHome } from './daemon.js';
import { openTmux, type TmuxTerminal } from './tmux.js';
import { afterDeafMs } from './deaf-prompt.js';

/** A step of a guide: what its reader types, waits for and sees. */
type Step =
  | { readonly kind: 'type'; readonly line: string }
  | { readonly kind: 'press'; readonly until: string; readonly keys: readonly string[] }
  | { readonly kind: 'end'; readonly code: string }
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'screen'; readonly until: string | undefined; readonly at: readonly [from: number, to: number] };

const pattern = new RegExp(
  [
    /^```sh\n(?<commands>[\s\S]*?)^```$/,
    /^<!-- until (?<until>.+?): (?<keys>\S.*) -->$/,
    /^<!-- ends with (?<code>\S+) -->$/,
    /^<!-- file (?<name>\S+) -->\n\n```\w+\n(?<text>[\s\S]*?)^```$/,
    /^<!-- screen(?: (?<shows>.+?))? -->\n(?<shown>[\s\S]*?)^<!-- \/screen -->$/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gm',
);

/** The steps of a guide, in its order. */
function stepsOf(guide: string): readonly Step[] {
  return [...guide.matchAll(pattern)].flatMap((match): readonly Step[] => {
    const { commands, until, keys, code, name, text, shows, shown } = match.groups ?? {};
    if (commands !== undefined) {
      const lines = commands.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      return lines.map((line) => ({ kind: 'type', line }));
    }
    if (until !== undefined && keys !== undefined) return [{ kind: 'press', until, keys: keys.split(' ') }];
    if (code !== undefined) return [{ kind: 'end', code }];
    if (name !== undefined && text !== undefined) return [{ kind: 'file', name, text }];
    const to = match.index + match[0].length - '<!-- /screen -->'.length;
    return [{ kind: 'screen', until: shows, at: [to - (shown ?? '').length, to] }];
  });
}

/** Follows a guide word by word on a terminal of its own; gives it with the screens as they are now. */
export async function followGuide(guide: string, language: 'sv' | 'en'): Promise<string> {
  const home = new PrivateHome({ TERM: 'xterm-256color' });
  const bin = join(home.folder, 'bin');
  mkdirSync(bin);
  const locale = { sv: 'sv_SE.UTF-8', en: 'en_GB.UTF-8' }[language];
  writeFileSync(join(bin, 'kort'), `#!/bin/sh\nLC_ALL=${locale} exec "${process.execPath}" "${kortProgram}" "$@"\n`);
  chmodSync(join(bin, 'kort'), 0o755);
  // The folders are where the guides say that they are.
  const { XDG_CONFIG_HOME: _config, XDG_STATE_HOME: _state, ...folders } = home.env;
  const env = { ...folders, PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: home.folder };
  const terminal = openTmux(`cd "$HOME" && PS1='[$?]> ' bash --norc --noprofile -i`, env, { columns: 110, rows: 45 });
  try {
    return await follow(guide, terminal, home.folder);
  } finally {
    // What a guide left running would write into the folder while it goes.
    terminal.keys('C-c');
    terminal.keys('-l', 'kort sandbox stop; kort daemon stop; echo all-$((1+1))-over');
    terminal.keys('Enter');
    await longUntil(terminal, /^all-2-over$/m).catch(() => undefined);
    terminal.close();
    await removed(home);
  }
}

const atPrompt = /^\[(\d+)\]>\s*$/m;

async function follow(guide: string, terminal: TmuxTerminal, folder: string): Promise<string> {
  const screens: { readonly at: readonly [number, number]; readonly text: string }[] = [];
  const steps = stepsOf(guide);
  let isRunning = false;
  const ended = async (expected: string): Promise<void> => {
    if (!isRunning) return;
    const shown = await longUntil(terminal, atPrompt);
    const code = [...shown.matchAll(new RegExp(atPrompt, 'gm'))].at(-1)?.[1];
    if (expected !== 'any' && code !== expected) throw new Error(`Ended with ${code}, not ${expected}:\n${shown}`);
    isRunning = false;
  };
  for (const [index, step] of steps.entries()) {
    const next = steps.slice(index + 1).find(({ kind }) => kind === 'type' || kind === 'end');
    const code = next?.kind === 'end' ? next.code : '0';
    if (step.kind === 'type') {
      await ended('0');
      terminal.keys('C-l');
      await terminal.until(/^\[\d+\]>\s*$/);
      terminal.keys('-l', step.line);
      // The prompt before the line that is typed is not the prompt that comes after it.
      await longUntil(terminal, new RegExp(literal(step.line.slice(0, 40))));
      terminal.keys('Enter');
      isRunning = true;
    } else if (step.kind === 'press') {
      await longUntil(terminal, new RegExp(literal(step.until)));
      await pressed(terminal, step.keys);
    } else if (step.kind === 'end') {
      await ended(step.code);
    } else if (step.kind === 'file') {
      await ended('0');
      mkdirSync(dirname(join(folder, step.name)), { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, step.name), step.text, { mode: 0o600 });
    } else {
      if (step.until === undefined) await ended(code);
      else await longUntil(terminal, new RegExp(literal(step.until)));
      screens.push({ at: step.at, text: textOf(terminal.screen()).replaceAll(folder, '~') });
    }
  }
  await ended('0');
  return screens.reduceRight(
    (text, { at: [from, to], text: screen }) =>
      `${text.slice(0, from)}\n\`\`\`text\n${screen}\n\`\`\`\n\n${text.slice(to)}`,
    guide,
  );
}

/** Presses keys by tmux's names; `pause` is none, but what a reader does whose keys a new question does not hear yet. */
async function pressed(terminal: TmuxTerminal, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    if (key === 'pause') await delay(afterDeafMs);
    else terminal.keys(key);
  }
}

/** What stands on the screen besides the shell's own lines. Whether the port is free is the machine's affair. */
function textOf(screen: string): string {
  return screen
    .replace(/^! (?:Login from the browser|Inloggning från webbläsaren)[\s\S]*?^$/m, '')
    .replace(/^(?:Login from the browser|Inloggning från webbläsaren)[\s\S]*?(?=^(?:No place|Ingen plats))/m, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => !/^\[\d+\]> ?/.test(line))
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

/** A command may start a daemon first. */
async function longUntil(terminal: TmuxTerminal, fits: RegExp): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await terminal.until(fits);
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

/** A guide without what is different each time: numbers, fingerprints, codes, and the widths that follow from them. */
export function withoutNumbers(guide: string): string {
  return guide
    .replaceAll(/(?<=Confirmation code: |Kontrollkod: )\w+/g, '0')
    .replaceAll(/[0-9a-f]{8,}/g, '0')
    .replaceAll(/\d+(?:\.\d+)?/g, '0')
    .replaceAll(/[\s\u2500]+/g, ' ');
}

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A daemon that ends may still write a last line. */
async function removed(home: PrivateHome): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      home.remove();
      return;
    } catch (error) {
      if (tries === 50) throw error;
      await delay(100);
    }
  }
}
