import type { ControlClient } from '../../src/client/client.js';
import type { DoctorCheckResult, DoctorReport } from '../../src/model/doctor.js';
import { MiddlewareError } from '../../src/core/errors.js';
import type { StatusReport } from '../../src/control-contract/status.js';
import type { Language } from '../../src/messages/language.js';
import { createKeyReader, type Key } from '../../src/terminal/keys/key-reader.js';
import type { WindowSize } from '../../src/terminal/layout/fit-screen.js';
import type { UiPorts } from '../../src/tui/ports.js';
import type { Screen, Ui } from '../../src/tui/screen.js';
import { RowScreen } from '../../src/tui/screens/row-screen.js';
import type { ScriptedDaemon } from './scripted-daemon.js';

/** What a hand finds at the ports. */
export interface HandPorts {
  readonly language?: Language;
  readonly size?: WindowSize;
  /** One for each connection that a screen opens of its own; without one, none is reached. */
  readonly own?: readonly ScriptedDaemon[];
  readonly examine?: UiPorts['examine'];
  readonly writeReport?: (report: DoctorReport) => Promise<string>;
}

/** The shell as a screen sees it, and a person's hand on its keys. */
export class ScreenHand implements Ui {
  readonly look;
  readonly ports: UiPorts;
  readonly said: string[] = [];
  client: ControlClient | undefined;
  status: StatusReport | undefined;
  size: WindowSize;
  readonly #listeners = new Set<() => void>();
  readonly #own: ScriptedDaemon[];
  readonly #keys = createKeyReader((key, byte) => this.press(key, byte), 1);
  #stack: Screen[] = [];

  constructor(shared: ScriptedDaemon | undefined, ports: HandPorts = {}) {
    this.look = { language: ports.language ?? 'en', color: false, instance: undefined, sandbox: false } as const;
    this.size = ports.size ?? { columns: 80, rows: 20 };
    this.client = shared?.client;
    this.#own = [...(ports.own ?? [])];
    const unexpected = (): never => {
      throw new Error('Nobody expected that');
    };
    this.ports = {
      version: '0.0.0',
      connect: () => {
        const daemon = this.#own.shift();
        return daemon === undefined ? Promise.reject(unreachable()) : Promise.resolve(daemon.client);
      },
      startDaemon: unexpected,
      openTerminal: unexpected,
      suspend: unexpected,
      interrupted: new AbortController().signal,
      examine: ports.examine ?? unexpected,
      writeReport: ports.writeReport ?? unexpected,
    };
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  open(screen: Screen): void {
    this.#stack.push(screen);
  }

  back(): void {
    this.#stack.pop()?.close();
  }

  say(sentence: string): void {
    this.said.push(sentence);
  }

  /** Another daemon answers, or none. */
  connected(daemon: ScriptedDaemon | undefined): void {
    this.client = daemon?.client;
    for (const listener of [...this.#listeners]) listener();
  }

  get screen(): Screen {
    const screen = this.#stack.at(-1);
    if (screen === undefined) throw new Error('No screen is left');
    return screen;
  }

  get depth(): number {
    return this.#stack.length;
  }

  /** Bytes as a terminal sends them; they are wiped afterwards. */
  type(text: string): void {
    const bytes = new Uint8Array(Buffer.from(text, 'latin1'));
    this.#keys.feed(bytes);
    bytes.fill(0);
  }

  /** A key as the shell gives it: Escape that the screen leaves to it goes back. */
  press(key: Key, byte = 0): void {
    if (!this.screen.key(key, byte) && key === 'escape') this.back();
  }

  /** The rows that the front screen shows. */
  get text(): string {
    const { screen } = this;
    if (!(screen instanceof RowScreen)) throw new TypeError('Not rows');
    return screen.rows(this.size).join('\n');
  }

  get keys(): string {
    return this.screen.keys.map(({ key, does }) => `${key} ${does}`).join(' · ');
  }

  /** The text once it stands there; rejects after a while with what does. */
  async until(fits: RegExp): Promise<string> {
    for (let tries = 0; tries < 4000; tries += 1) {
      if (fits.test(this.text)) return this.text;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`The screen never showed ${String(fits)} but:\n${this.text}`);
  }
}

/** A result of a check of the doctor. */
export const checkResult = (change: Partial<DoctorCheckResult>): DoctorCheckResult => ({
  check: 'versions',
  state: 'ok',
  findings: [],
  durationMs: 1,
  ...change,
});

const unreachable = (): Error => new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'TEST');
