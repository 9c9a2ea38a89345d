import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RelyingPartyStore } from '../../../src/app/relying-party-store.js';
import type { ControlClient } from '../../../src/client/client.js';
import { instancePaths } from '../../../src/platform/paths.js';
import { readJsonFile } from '../../../src/platform/json-file.js';
import { ensurePrivateFolder } from '../../../src/platform/private-folder.js';
import { clearStaleSocket } from '../../../src/platform/stale-socket.js';
import { connect } from '../../../src/client/client.js';
import { readRequest } from '../../../src/daemon/control/dispatch.js';
import { parseRelyingParty } from '../../../src/oob/relying-party-entry.js';
import { openControlStage, type ControlStage } from '../control-stage.js';
import { recordingLogger } from '../recording-logger.js';
import { createTestRelyingParty } from '../test-relying-party.js';
import type { Provocation, Provocations } from './provocation.js';

const inFolder =
  (work: (folder: string) => unknown): Provocation =>
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kort-provoked-'));
    try {
      await work(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

const { json } = createTestRelyingParty();

/** Relying parties of a user, `builtIn` those of the sandbox. */
const atStore = (work: (store: RelyingPartyStore) => unknown, builtIn: readonly unknown[] = []): Provocation =>
  inFolder((folder) => {
    const folders = { system: join(folder, 'system'), user: join(folder, 'user') };
    const parties = builtIn.map((one) => parseRelyingParty(one, 'user'));
    return work(new RelyingPartyStore(folders, recordingLogger(), parties));
  });

/** The control socket of a daemon, with a key where one is given. */
const atSocket =
  (work: (stage: ControlStage) => unknown, key?: Uint8Array): Provocation =>
  async () => {
    const stage = await openControlStage(key === undefined ? {} : { key });
    try {
      await work(stage);
    } finally {
      await stage.close();
    }
  };

const asking = (method: string, params: unknown): Provocation =>
  atSocket(async (stage) => {
    const client = await stage.connect();
    await (client.request as (name: string, given: unknown) => ReturnType<ControlClient['request']>)(method, params);
  });

export const settingProvocations: Provocations<'CONFIG' | 'IPC'> = {
  ERR_CONFIG_INVALID: inFolder(async (folder) => {
    const file = join(folder, 'clinic.json');
    writeFileSync(file, '{');
    await readJsonFile(file);
  }),
  ERR_CONFIG_CONFLICT: atStore((store) => {
    store.add(json);
    store.add(json);
  }),
  ERR_CONFIG_NOT_FOUND: atStore((store) => store.find('urn:test:nobody')),
  ERR_CONFIG_BUILT_IN: atStore((store) => store.remove(String(json['client_id'])), [json]),
  ERR_CONFIG_FOLDER_UNSAFE: inFolder((folder) => {
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'kort'));
    ensurePrivateFolder(join(folder, 'kort'));
  }),
  ERR_CONFIG_PATH_TOO_LONG: () =>
    instancePaths('default', {
      env: { XDG_RUNTIME_DIR: `/run/${'long'.repeat(40)}` },
      home: '/home/tolvan',
      uid: 1000,
      isOwnFolder: () => false,
    }),
  ERR_IPC_DAEMON_UNREACHABLE: inFolder((folder) => connect({ socketPath: join(folder, 'control.sock') })),
  ERR_IPC_DAEMON_RUNNING: atSocket(({ socketPath }) => clearStaleSocket(socketPath)),
  ERR_IPC_PROTOCOL: () => readRequest('{"jsonrpc": "1.0"}'),
  ERR_IPC_METHOD_NOT_FOUND: asking('sandbox.list', {}),
  ERR_IPC_INVALID_PARAMETERS: asking('prompt.pick', { promptId: 1 }),
  ERR_IPC_UNAUTHORIZED: atSocket(async (stage) => {
    const client = await stage.connect();
    await client.request('daemon.status', {}).catch(() => undefined);
    const refusal = stage.logger.lines.find(({ fields }) => fields['error'] !== undefined);
    throw refusal?.fields['error'];
  }, new Uint8Array(32)),
};
