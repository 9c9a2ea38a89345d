import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxMethods } from '../../../src/app/sandbox-methods.js';
import type { CliPorts } from '../../../src/cli/ports.js';
import { connect } from '../../../src/client/client.js';
import { RevocationBook } from '../../../src/sandbox/ca/revocation-book.js';
import { VirtualHardware } from '../../../src/sandbox/hardware/virtual-hardware.js';
import { trustPolicyOf } from '../../../src/sandbox/ca/sandbox-ca.js';
import { createSandboxRelyingParty } from '../../../src/sandbox/relying-party.js';
import { openControlStage } from '../control-stage.js';
import { startPlain } from '../remote-server.js';
import { downloadPeople } from './download-scene.js';
import { runScripted, scriptedClient } from '../scripted-cli.js';
import { testCaller } from '../test-caller.js';
import { createStrictCard } from '../strict-card.js';
import type { Provocation, Provocations } from './provocation.js';
import { startDaemonProcess } from '../../../src/platform/daemon-process.js';

const hands = (hardware = new VirtualHardware()) =>
  sandboxMethods({
    hardware,
    reset: () => undefined,
    revocation: { revocationOf: () => undefined, revoke: () => undefined, restore: () => undefined },
    issuer: undefined,
    files: {},
  });

/** What a command line answers to programs instead of what it was asked for. */
const command =
  (argv: readonly string[], ports: Partial<CliPorts>): Provocation =>
  async () => {
    const { out } = await runScripted([...argv, '--json'], ports);
    return (JSON.parse(out) as { error: unknown }).error;
  };

const noSandbox = () => connect({ socketPath: join(tmpdir(), 'kort-no-such-folder', 'control.sock') });

export const sandboxProvocations: Provocations<'SANDBOX'> = {
  ERR_SANDBOX_INSTANCE: command(['--instance', 'sandbox', 'daemon', 'start'], {}),
  ERR_SANDBOX_NOT_RUNNING: command(['sandbox', 'list'], { connect: noSandbox }),
  ERR_SANDBOX_RUNNING: async () => {
    const stage = await openControlStage();
    try {
      return await command(['sandbox', 'start'], {
        startDaemon: () => startDaemonProcess({ program: '', arguments: [], log: '', socket: stage.socketPath }),
        connect: () => Promise.resolve(scriptedClient({ 'daemon.status': { sandbox: true } })),
      })();
    } finally {
      await stage.close();
    }
  },
  ERR_SANDBOX_UNKNOWN: () => hands()['sandbox.insert']!({ card: 'nobody', reader: 'TEST Reader' }, testCaller()),
  ERR_SANDBOX_NO_EMPTY_READER: () => {
    const hardware = new VirtualHardware();
    hardware.addReader('TEST Reader');
    hardware.addCard('one', createStrictCard());
    hardware.addCard('two', createStrictCard());
    hardware.insert('TEST Reader', 'one');
    return hands(hardware)['sandbox.insert']!({ card: 'two' }, testCaller());
  },
  ERR_SANDBOX_NO_KEYPAD: () => hands()['sandbox.press']!({ keys: [{ kind: 'ok' }] }, testCaller()),
  ERR_SANDBOX_LOGIN: async () => {
    const server = await startPlain((_request, response) => {
      response.statusCode = 401;
      response.end(JSON.stringify({ errorCode: 'unauthorized', details: '' }));
    });
    try {
      const { ca } = await downloadPeople();
      await createSandboxRelyingParty().login({ port: server.port, level: 3, trust: trustPolicyOf(ca) });
    } finally {
      await server.close();
    }
  },
  ERR_SANDBOX_NOT_RECORDED: () => {
    const folder = mkdtempSync(join(tmpdir(), 'kort-book-'));
    try {
      new RevocationBook(join(folder, 'revocation.json')).setRevocation('older', { at: 0, reason: 'keyCompromise' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
