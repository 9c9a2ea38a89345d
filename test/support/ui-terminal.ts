import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Language } from '../../src/messages/language.js';
import { columnsOf } from '../../src/terminal/layout/wrap-text.js';
import { kortProgram } from './daemon.js';
import { openTmux, type TmuxTerminal } from './tmux.js';

/** The sizes that every screen is looked at in; the last is the one that is worked in. */
const sizes = [
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
  { columns: 80, rows: 24 },
] as const;

/** As long as a screen that is slow to come is waited for: cards and issuers take their time on a loaded machine. */
const patienceMs = 40_000;

/** `kort ui` on a terminal of its own. */
export class UiTerminal {
  readonly #terminal: TmuxTerminal;
  readonly #language: Language;

  constructor(env: NodeJS.ProcessEnv, language: Language) {
    this.#language = language;
    const command = `${process.execPath} ${kortProgram} ui --instance sandbox --no-color --lang ${language}`;
    this.#terminal = openTmux(`${command}; echo "status: $?"`, env, { columns: 80, rows: 24 });
  }

  /** Presses keys, by tmux's names. */
  keys(...keys: readonly string[]): void {
    this.#terminal.keys(...keys);
  }

  /** The screen as one paragraph, once all of that stands there. */
  async until(...texts: readonly (string | RegExp)[]): Promise<string> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const shown = flat(this.#terminal.screen());
      const missing = texts.filter((text) => !(typeof text === 'string' ? shown.includes(text) : text.test(shown)));
      if (missing.length === 0) return shown;
      if (Date.now() > end) throw new Error(`The screen misses ${missing.join(', ')}:\n${this.#terminal.screen()}`);
      await delay(40);
    }
  }

  /**
   * The same at every size, kept for people to look at where `KORT_SCREENSHOTS` names a folder. `texts` must stand in each
   * of them, in the smallest too.
   */
  async shot(name: string, ...texts: readonly (string | RegExp)[]): Promise<string> {
    await this.until(...texts);
    let shown = '';
    for (const { columns, rows } of sizes) {
      this.#terminal.resize(columns, rows);
      await this.#drawn(rows);
      shown = await this.until(...texts);
      const screen = this.#terminal.screen();
      this.#keep(`${name}-${columns}x${rows}`, screen);
      const long = screen.split('\n').filter((row) => columnsOf(row) > columns);
      if (long.length > 0) throw new Error(`Rows are too long: ${long.join('\n')}`);
    }
    return shown;
  }

  close(): void {
    this.#terminal.close();
  }

  /** Every screen ends with the row of its keys, in the last row of the window. */
  async #drawn(rows: number): Promise<void> {
    const help = this.#language === 'sv' ? '? hjälp' : '? help';
    for (let tries = 0; tries < 1500; tries += 1) {
      const screen = this.#terminal.screen().replace(/\n$/, '').split('\n');
      if (screen.length === rows && screen.at(-1)?.trimEnd().endsWith(help) === true) return;
      await delay(20);
    }
    throw new Error(`The window was not drawn anew:\n${this.#terminal.screen()}`);
  }

  #keep(name: string, screen: string): void {
    const folder = process.env['KORT_SCREENSHOTS'];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `ui-${this.#language}-${name}.txt`), screen);
  }
}

const flat = (screen: string): string => screen.replaceAll(/\s+/g, ' ');
