import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StatusReport } from '../../src/control-contract/status.js';
import { openControlStage, type ControlStage } from '../support/control-stage.js';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { openTmux } from '../support/tmux.js';

let home: PrivateHome;
let stage: ControlStage;
let readers: StatusReport['readers'];

beforeEach(async () => {
  home = new PrivateHome();
  readers = [];
  mkdirSync(join(home.folder, 'run', 'kort'), { recursive: true, mode: 0o700 });
  stage = await openControlStage({
    socketPath: join(home.folder, 'run', 'kort', 'control.sock'),
    handlers: {
      'status.get': () => ({
        daemon: {
          version: '0.0.0',
          pid: 1,
          instance: 'default',
          sandbox: false,
          startedAt: '2026-01-01T00:00:00.000Z',
          loopback: { port: 14940, listening: true },
          surfaces: 1,
          openOrders: 0,
        },
        service: 'available',
        readers,
      }),
    },
  });
});
afterEach(async () => {
  await stage.close();
  home.remove();
});

it('kort status --watch follows what changes, and ends with 0 on Ctrl-C', async () => {
  const terminal = openTmux(`${process.execPath} ${kortProgram} --lang sv status --watch; echo "slut $?"`, home.env);
  try {
    await terminal.until(/Ingen kortläsare är ansluten/);
    readers = [{ name: 'Läsare 1', card: 'absent', sharing: 'unused' }];
    stage.server.notify('status.changed', {});
    expect(await terminal.until(/Läsare: Läsare 1\s+inget kort/)).not.toContain('Ingen kortläsare');
    terminal.keys('C-c');
    await terminal.until(/slut 0$/m);
  } finally {
    terminal.close();
  }
});

it('kort status --watch ends with 7 when the daemon goes', async () => {
  const terminal = openTmux(`${process.execPath} ${kortProgram} status --watch; echo "end $?"`, home.env);
  try {
    await terminal.until(/No card reader is connected/);
    await stage.server.close();
    await terminal.until(/ERR_IPC_DAEMON_UNREACHABLE[^]*end 7/);
  } finally {
    terminal.close();
  }
});
