import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kortProgram } from '../support/daemon.js';
import { runWithOwnProc } from '../support/own-proc.js';
import type { TmuxTerminal } from '../support/tmux.js';
import { openUiStage, readerWithCard, uiSizes, type UiStage } from '../support/ui-stage.js';

let stage: UiStage;

beforeEach(async () => {
  stage = await openUiStage();
});
afterEach(() => stage.close());

const empty = { name: 'Läsare 2', card: 'absent', sharing: 'unused' } as const;

/** The program that the terminal's shell runs. */
const childOf = (pid: number): number =>
  Number(runWithOwnProc('cat', [`/proc/${pid}/task/${pid}/children`]).toString());

describe('kort ui', () => {
  it.each(uiSizes.flatMap((size) => [{ size, lang: 'sv' } as const, { size, lang: 'en' } as const]))(
    'shows readers, cards, certificates and PINs, and help, at $size.columns x $size.rows in $lang',
    async ({ size, lang }) => {
      stage.tell([readerWithCard(1), empty], { unfinishedDownloads: 1 });
      const terminal = stage.open(`--lang ${lang}`, { size });
      await terminal.until(/> 1 Läsare 1/);
      const name = `ui-home-${size.columns}x${size.rows}-${lang}`;
      const screen = terminal.keep(name);
      const facts = {
        sv: [
          'Kort: TEST kort 0001 (TEST card, nr 0001)',
          'PIN-kod för legitimering: 3 försök kvar',
          'PIN-kod för underskrift: låst',
          'för legitimering · tillitsnivå 3 · giltigt till 2028-11-21',
          'SPÄRRAT 2026-03-01',
          '! Oavslutade hämtningar av certifikat: 1.',
          'inget kort',
          '? hjälp',
        ],
        en: [
          'Card: TEST kort 0001 (TEST card, no. 0001)',
          'PIN for authentication: 3 tries left',
          'PIN for signature: locked',
          'for logins · assurance level 3 · valid until 2028-11-21',
          'REVOKED 2026-03-01',
          '! Downloads of certificates that are not finished: 1.',
          'no card',
          '? help',
        ],
      };
      for (const fact of ['Tolvan Tolvansson, TEST Organisation', ...facts[lang]]) expect(screen).toContain(fact);
      // With room for it, the chosen card stands beside the list.
      if (size.columns >= 150) expect(screen).toContain(lang === 'sv' ? 'nyckel RSA 2048' : 'key RSA 2048');
      terminal.keys('?');
      await terminal.until(lang === 'sv' ? /Tangenter överallt/ : /Keys everywhere/);
      terminal.keep(`ui-help-${size.columns}x${size.rows}-${lang}`);
    },
  );

  it('shows at once what changes, and scrolls to what the arrows choose', async () => {
    stage.tell([1, 2, 3, 4, 5, 6, 7, 8].map(readerWithCard));
    const terminal = stage.open('--lang sv', { size: { columns: 80, rows: 24 } });
    await terminal.until(/> 1 Läsare 1[^]*-- rad 1–19 av/);
    for (let n = 0; n < 7; n += 1) terminal.keys('Down');
    expect(await terminal.until(/> 8 Läsare 8/)).not.toContain('Läsare 1');
    stage.tell([readerWithCard(8), empty]);
    // The chosen reader is known by its name.
    expect(await terminal.until(/> 1 Läsare 8/)).toContain('Läsare 2');
    stage.tell([]);
    await terminal.until(/Ingen kortläsare är ansluten/);
  });

  it('opens what can be done by key and by menu, and goes back', async () => {
    stage.tell([readerWithCard(1)]);
    const terminal = stage.open('--lang sv');
    await terminal.until(/> 1 Läsare 1/);
    terminal.keys('Enter');
    const menu = await terminal.until(/Vad vill du göra med TEST kort 0001\?/);
    terminal.keep('ui-menu-sv');
    for (const entry of ['byt PIN-kod', 'lås upp', 'certifikat', 'historik', 'felsök']) expect(menu).toContain(entry);
    terminal.keys('1');
    await terminal.until(/Nuvarande PIN-kod/);
    terminal.keys('Escape');
    await terminal.until(/> 1 Läsare 1/);
  });

  it('keeps the keys that matter in a window of 40 x 12', async () => {
    stage.tell([readerWithCard(1)]);
    const terminal = stage.open('--lang sv', { size: { columns: 40, rows: 12 } });
    const last = (screen: string): string => screen.trimEnd().split('\n').at(-1) ?? '';
    expect(last(await terminal.until(/> 1 Läsare 1[^]*\? hjälp\s*$/))).toMatch(/^Enter meny .*q avsluta {2}\? hjälp$/);
    terminal.keep('ui-home-40x12-sv');
    terminal.keys('p');
    expect(last(await terminal.until(/Nuvarande PIN-kod:/))).toBe('Enter bekräfta  Esc tillbaka  ? hjälp');
    terminal.keep('ui-pin-40x12-sv');
    terminal.keys('Escape');
    await terminal.until(/Avbrutet\. Inget har skickats till\nkortet\./);
    terminal.keys('/');
    expect(last(await terminal.until(/person: _/))).toBe('⌫ radera  Esc visa alla  Enter behåll');
  });

  it('takes nothing that is typed before a screen stands for anything on it, or on the one before', async () => {
    stage.tell([1, 2, 3].map(readerWithCard));
    const terminal = stage.open('--lang sv');
    await terminal.until(/> 1 Läsare 1/);
    terminal.keys('v23');
    await terminal.until(/Nuvarande PIN-kod: *$/m);
    // The rest of what was begun is no PIN either.
    terminal.keys('4', 'Enter');
    await delay(300);
    expect(terminal.screen()).toMatch(/Nuvarande PIN-kod: *$/m);
    terminal.keys('83');
    await terminal.until(/Nuvarande PIN-kod: ••$/m);
    terminal.keys('Escape');
    await terminal.until(/> 1 Läsare 1/);
  });

  it('shows what other programs did with a card before it began', async () => {
    stage.past.push(
      { kind: 'foreign-use', token: 'card:0001', what: 'pin', programs: ['firefox'] },
      { kind: 'foreign-pin-try', token: 'card:0001', pinReference: 0x11, attemptsBefore: 5, attemptsRemaining: 3 },
    );
    stage.tell([readerWithCard(1), readerWithCard(2)]);
    const terminal = stage.open('--lang sv', { size: { columns: 80, rows: 24 } });
    const screen = await terminal.until(/! Ett annat program har använt eller bytt PIN-koden[^]*Läsare 2/);
    expect(screen).toContain('! Någon annan har använt PIN-försök: 5 blev 3, upptäckt 20');
    expect(screen).toContain('firefox');
    expect(screen.split('Läsare 2')[1]).not.toContain('Ett annat program');
    terminal.keep('ui-home-foreign-80x24-sv');
  });

  it('says that the window is too small, and draws anew for another size', async () => {
    stage.tell([readerWithCard(1)]);
    const terminal = stage.open('--lang sv', { size: { columns: 30, rows: 9 } });
    await terminal.until(/Fönstret är för litet/);
    terminal.resize(200, 60);
    expect(await terminal.until(/nyckel RSA 2048/)).not.toContain('för litet');
    terminal.resize(80, 24);
    expect(await terminal.until(/> 1 Läsare 1[^]*\? hjälp\s*$/)).not.toContain('nyckel RSA 2048');
  });

  it('writes not one byte while nothing happens, and for a key no more than the rows that it changes', async () => {
    stage.tell([1, 2, 3].map(readerWithCard));
    const terminal = stage.open('--lang sv', { size: { columns: 200, rows: 60 } });
    await terminal.until(/> 1 Läsare 1/);
    await delay(1000);
    const before = terminal.written().length;
    await delay(10_000);
    expect(terminal.written().length).toBe(before);
    // What is told anew, but is the same, is not drawn either.
    stage.control.server.notify('status.changed', {});
    await delay(1000);
    expect(terminal.written().length).toBe(before);
    terminal.keys('?');
    await terminal.until(/Tangenter överallt/);
    terminal.keys('Escape');
    await terminal.until(/> 1 Läsare 1/);
    const again = terminal.written().length;
    terminal.keys('/');
    await terminal.until(/Sök läsare, kort eller person: _/);
    const typed = terminal.written().length;
    terminal.keys('x');
    await terminal.until(/person: x_/);
    expect(terminal.written().length - typed).toBeLessThan(typed - again + 500);
    expect(terminal.written()).not.toContain('\u001b[2J');
  });

  it('takes 1,000 keys at 100 a second, each of them and in order', async () => {
    stage.tell([readerWithCard(1)]);
    const terminal = stage.open('--lang sv', { size: { columns: 200, rows: 60 } });
    await terminal.until(/> 1 Läsare 1/);
    terminal.keys('/');
    await terminal.until(/person: _/);
    const text = Array.from({ length: 1000 }, (_, index) => ((index * 7 + (index >> 4)) % 36).toString(36)).join('');
    await terminal.typeAt(text, 100);
    const shown = (): string => /person: ([^]*?)_/.exec(terminal.screen())?.[1]?.replaceAll(/\s/g, '') ?? '';
    await expect.poll(() => shown().length).toBe(1000);
    expect(shown()).toBe(text);
  });

  it('has no colors with --no-color or NO_COLOR, and some otherwise', async () => {
    stage.tell([readerWithCard(1)]);
    const colored = stage.open('--lang sv');
    await colored.until(/> 1 Läsare 1/);
    expect(colored.coloredScreen()).toMatch(/\u001b\[31m/);
    stage.home.env['NO_COLOR'] = '1';
    for (const terminal of [stage.open('--lang sv'), stage.open('--lang sv --no-color')]) {
      await terminal.until(/> 1 Läsare 1/);
      expect(terminal.written()).not.toMatch(/\u001b\[[\d;]*m/);
      expect(terminal.screen()).toContain('PIN-kod för underskrift: låst');
    }
  });

  it('says that the daemon is gone, and goes on with the one that comes', async () => {
    stage.tell([readerWithCard(1)]);
    const terminal = stage.open('--lang sv');
    await terminal.until(/> 1 Läsare 1/);
    terminal.keys('h');
    await terminal.until(/^Historik/m);
    await stage.control.close();
    terminal.keys('Escape');
    await terminal.until(/kortd är inte igång\.[^]*kort daemon\s+start/);
    expect(terminal.screen()).toContain('s starta kortd');
    terminal.keys('s');
    // The program starts a daemon of its own, in the folders of the test.
    await terminal.until(/Kort och läsare[^]*(Ingen kortläsare är ansluten|Kortläsartjänsten)/);
    await terminal.until(/kortd svarar igen/);
    execFileSync(process.execPath, [kortProgram, 'daemon', 'stop'], { env: stage.home.env });
    await terminal.until(/kortd är inte igång/);
  });

  it.each([
    ['q', (terminal: TmuxTerminal) => terminal.keys('q'), 0],
    ['Ctrl-C', (terminal: TmuxTerminal) => terminal.keys('C-c'), 0],
    ['SIGTERM', ({ pid }: TmuxTerminal) => process.kill(childOf(pid), 'SIGTERM'), 5],
    ['SIGINT', ({ pid }: TmuxTerminal) => process.kill(childOf(pid), 'SIGINT'), 5],
    ['SIGHUP', ({ pid }: TmuxTerminal) => process.kill(childOf(pid), 'SIGHUP'), 5],
    ['an error that nobody caught', ({ pid }: TmuxTerminal) => process.kill(childOf(pid), 'SIGUSR2'), 1],
  ])('puts the terminal back after %s', async (what, end, status) => {
    stage.tell([readerWithCard(1)]);
    const crash = what.startsWith('an error');
    const fault = 'data:text/javascript,process.on("SIGUSR2",()=>{throw new Error("TEST fault")})';
    const terminal = stage.open('', {
      around: (command) => {
        const faulty = command.replace(process.execPath, `${process.execPath} --import '${fault}'`);
        return `echo before; ${crash ? faulty : command}; echo "status $?"; stty -a`;
      },
    });
    await terminal.until(/> 1 Läsare 1/);
    end(terminal);
    const screen = await terminal.until(/status \d[^]*iexten|status \d[^]*echoke/);
    expect(screen).toMatch(/^before$/m);
    expect(screen).toContain(`status ${status}`);
    expect(screen).toMatch(/[^-]icanon/);
    expect(screen).toMatch(/[^-]echo /);
    expect(screen).not.toContain('Läsare 1');
    if (crash) expect(screen).toContain('TEST fault');
  });

  it('gives the terminal to the shell on Ctrl-Z, and takes it again', async () => {
    stage.tell([readerWithCard(1)]);
    let command = '';
    const around = (inner: string): string => {
      command = inner;
      return 'bash --norc -i';
    };
    const terminal = stage.open('--lang sv', { around });
    await terminal.until(/[$#] *$/m);
    terminal.keys(command, 'Enter');
    await terminal.until(/> 1 Läsare 1/);
    await expect.poll(() => stage.control.prompts.surfaces.available).toBe(true);
    terminal.keys('C-z');
    await expect.poll(() => terminal.screen()).toMatch(/Stopped/);
    // A program that is stopped is no place for a PIN.
    await expect.poll(() => stage.control.prompts.surfaces.available).toBe(false);
    terminal.keys('fg', 'Enter');
    await terminal.until(/> 1 Läsare 1/);
    await expect.poll(() => stage.control.prompts.surfaces.available).toBe(true);
  });
});
