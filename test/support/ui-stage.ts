import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { StatusReader, StatusReport } from '../../src/control-contract/status.js';
import type { BegunPinOperation } from '../../src/control-contract/pins.js';
import type { HistoryEntry, HistoryEvent } from '../../src/model/history.js';
import { openControlStage, type ControlStage } from './control-stage.js';
import { kortProgram, PrivateHome } from './daemon.js';
import { openTmux, type TmuxTerminal } from './tmux.js';

/** A daemon that tells what a test says, and `kort ui` on terminals of their own. */
export interface UiStage {
  readonly home: PrivateHome;
  readonly control: ControlStage;
  /** What the history tells, the newest first. */
  readonly past: HistoryEvent[];
  /** What the daemon tells from now on. */
  tell(readers: readonly StatusReader[], daemon?: Partial<StatusReport['daemon']>): void;
  /** Starts `kort ui`, and records every byte that it writes. */
  open(args?: string, options?: UiTerminalOptions): UiTerminal;
  close(): Promise<void>;
}

export interface UiTerminalOptions {
  readonly size?: { readonly columns: number; readonly rows: number };
  /** What the shell runs around the program. */
  readonly around?: (command: string) => string;
}

/** A terminal, and what came out of the program on it. */
export interface UiTerminal extends TmuxTerminal {
  written(): string;
  /** Keeps what the screen shows for people to look at, where `KORT_SCREENSHOTS` names a folder; fails on ragged rows. */
  keep(name: string): string;
}

export const uiSizes = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
] as const;

const format = { minLength: 4, maxLength: 8, characters: 'digits' } as const;

/** A reader with a card of one person. */
export function readerWithCard(number: number): StatusReader {
  const serial = String(number).padStart(4, '0');
  return {
    name: `Läsare ${number}`,
    card: 'present',
    sharing: 'unused',
    token: {
      id: `card:${serial}`,
      product: 'TEST card',
      serial,
      label: `TEST kort ${serial}`,
      pins: [
        { reference: 0x11, role: 'authentication', attemptsRemaining: 3, blocked: false },
        { reference: 0x83, role: 'signature', attemptsRemaining: 0, blocked: true },
      ],
      certificates: [
        {
          fingerprint: 'ab'.repeat(32),
          holder: 'Tolvan Tolvansson',
          organization: 'TEST Organisation',
          issuer: 'CN=TEST CA v1,O=TEST',
          level: 3,
          notBefore: '2025-11-21T00:00:00.000Z',
          notAfter: '2028-11-21T12:00:00.000Z',
          keyType: 'rsa',
          keyBits: 2048,
          purpose: 'auth',
          usable: true,
          revocation: {
            status: 'revoked',
            checkedAt: '2026-03-02T00:00:00.000Z',
            revokedAt: '2026-03-01T00:00:00.000Z',
            reason: 'keyCompromise',
            certificate: 'leaf',
          },
        },
      ],
    },
  };
}

/** What changing the PIN of such a card begins with. */
export const begunChange: BegunPinOperation = {
  operationId: 'op',
  operation: 'change',
  card: { id: 'card:0001', product: 'TEST card', serial: '0001', label: 'TEST kort 0001', reader: 'Läsare 1' },
  pin: { reference: 0x11, role: 'authentication', format, attemptsRemaining: 3, blocked: false, foreignTries: [] },
  atStake: 'PIN',
  lastTry: false,
  codes: ['current', 'next'],
  pinPad: false,
  tickets: { current: 'aa'.repeat(16), next: 'bb'.repeat(16) },
  waitMs: 60_000,
  codeMs: 60_000,
  openOrders: 0,
};

const firstDaemon: StatusReport['daemon'] = {
  version: '0.0.0',
  pid: 1,
  instance: 'default',
  sandbox: false,
  startedAt: '2026-01-01T00:00:00.000Z',
  loopback: { port: 14940, listening: true },
  surfaces: 1,
  openOrders: 0,
};

/** The daemon is in this process; only the terminal UI is a program. */
export async function openUiStage(): Promise<UiStage> {
  const home = new PrivateHome();
  const runtime = join(home.folder, 'run', 'kort');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const terminals: TmuxTerminal[] = [];
  let report: StatusReport = { daemon: firstDaemon, service: 'available', readers: [] };
  const past: HistoryEvent[] = [];
  const historyOf = (): HistoryEntry[] =>
    past.map((event, index) => ({
      sequence: past.length - index,
      time: new Date(Date.now() - index * 60_000).toISOString(),
      event,
      previous: '0'.repeat(64),
    }));
  const control = await openControlStage({
    socketPath: join(runtime, 'control.sock'),
    handlers: {
      'status.get': () => report,
      'expiry.get': () => ({ findings: [], urgency: 'fine' }),
      'events.subscribe': () => ({ time: '2026-01-01T00:00:00.000Z', readers: [] }),
      'history.list': () => ({ entries: historyOf(), more: false }),
      'pin.begin': () => begunChange,
      'pin.cancel': () => ({ accepted: true }),
    },
  });
  return {
    home,
    control,
    past,
    tell: (readers, daemon = {}) => {
      report = { ...report, readers, daemon: { ...report.daemon, ...daemon } };
      control.server.notify('status.changed', {});
    },
    open: (
      args = '',
      { size = { columns: 100, rows: 40 }, around = (command: string) => command }: UiTerminalOptions = {},
    ) => {
      const file = join(home.folder, `written-${terminals.length}`);
      writeFileSync(file, '');
      const ready = join(home.folder, `ready-${terminals.length}`);
      const command = around(`${process.execPath} ${kortProgram} ui ${args}`);
      const waiting = `until [ -e '${ready}' ]; do sleep 0.02; done`;
      const terminal = openTmux(`${waiting}; ${command}`, home.env, size);
      terminals.push(terminal);
      terminal.record(file);
      writeFileSync(ready, '');
      return {
        ...terminal,
        written: () => readFileSync(file, 'latin1'),
        keep: (name) => keepScreen(terminal.screen(), name, size.columns),
      };
    },
    close: async () => {
      for (const terminal of terminals) terminal.close();
      await control.close();
      home.remove();
    },
  };
}

function keepScreen(screen: string, name: string, columns: number): string {
  for (const row of screen.split('\n')) expect(row.length).toBeLessThan(columns);
  const folder = process.env['KORT_SCREENSHOTS'];
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.txt`), screen);
  }
  return screen;
}
