import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kortProgram, PrivateHome } from './daemon.js';
import { openTmux, type TmuxTerminal } from './tmux.js';

/** A step of a guide: what its reader types, waits for and sees. */
type Step =
  | { readonly kind: 'type'; readonly line: string }
  | { readonly kind: 'press'; readonly until: string; readonly keys: readonly string[] }
  | { readonly kind: 'end'; readonly code: string }
  | { readonly kind: 'screen'; readonly until: string | undefined; readonly at: readonly [from: number, to: number] };

const pattern = new RegExp(
  [
    /^```sh\n(?<commands>[\s\S]*?)^```$/,
    /^<!-- until (?<until>.+?): (?<keys>\S.*) -->$/,
    /^<!-- ends with (?<code>\S+) -->$/,
    /^<!-- screen(?: (?<shows>.+?))? -->\n(?<shown>[\s\S]*?)^<!-- \/screen -->$/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gm',
);

/** The steps of a guide, in its order. */
function stepsOf(guide: string): readonly Step[] {
  return [...guide.matchAll(pattern)].flatMap((match): readonly Step[] => {
    const { commands, until, keys, code, shows, shown } = match.groups ?? {};
    if (commands !== undefined) {
      const lines = commands.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      return lines.map((line) => ({ kind: 'type', line }));
    }
    if (until !== undefined && keys !== undefined) return [{ kind: 'press', until, keys: keys.split(' ') }];
    if (code !== undefined) return [{ kind: 'end', code }];
    const to = match.index + match[0].length - '<!-- /screen -->'.length;
    return [{ kind: 'screen', until: shows, at: [to - (shown ?? '').length, to] }];
  });
}

/** Follows a guide word by word on a terminal of its own; gives it with the screens as they are now. */
export async function followGuide(guide: string, language: 'sv' | 'en'): Promise<string> {
  const home = new PrivateHome({ KORT_LANG: language, TERM: 'xterm-256color' });
  const bin = join(home.folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'kort'), `#!/bin/sh\nexec "${process.execPath}" "${kortProgram}" "$@"\n`);
  chmodSync(join(bin, 'kort'), 0o755);
  const env = { ...home.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: home.folder };
  const terminal = openTmux(`cd "$HOME" && PS1='[$?]> ' bash --norc --noprofile -i`, env, { columns: 90, rows: 45 });
  try {
    return await follow(guide, terminal);
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

async function follow(guide: string, terminal: TmuxTerminal): Promise<string> {
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
      terminal.keys('Enter');
      // The line that was typed is not the prompt that comes after.
      isRunning = true;
    } else if (step.kind === 'press') {
      await longUntil(terminal, new RegExp(literal(step.until)));
      terminal.keys(...step.keys);
    } else if (step.kind === 'end') {
      await ended(step.code);
    } else {
      if (step.until === undefined) await ended(code);
      else await longUntil(terminal, new RegExp(literal(step.until)));
      screens.push({ at: step.at, text: textOf(terminal.screen()) });
    }
  }
  await ended('0');
  return screens.reduceRight(
    (text, { at: [from, to], text: screen }) =>
      `${text.slice(0, from)}\n\`\`\`text\n${screen}\n\`\`\`\n\n${text.slice(to)}`,
    guide,
  );
}

/** What stands on the screen besides the shell's own lines. Whether the port is free is the machine's affair. */
function textOf(screen: string): string {
  return screen
    .replace(/^(?:Login from the browser|Inloggning från webbläsaren)[\s\S]*?(?=^(?:No place|Ingen plats))/m, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => !/^\[\d+\]> ?/.test(line))
    .join('\n')
    .trim();
}

/** A command may start a daemon first. */
async function longUntil(terminal: TmuxTerminal, fits: RegExp): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await terminal.until(fits);
    } catch (error) {
      if (tries === 6) throw error;
    }
  }
}

/** A guide without what is different each time: numbers, fingerprints, and the widths that follow from them. */
export function withoutNumbers(guide: string): string {
  return guide
    .replaceAll(/[0-9a-f]{8,}/g, '0')
    .replaceAll(/\d+/g, '0')
    .replaceAll(/[ \u2500]+/g, ' ');
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
