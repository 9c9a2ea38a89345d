import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { StatusReport } from '../../src/control-contract/status.js';
import type { AssuranceLevel, LevelUri } from '../../src/model/certificate.js';
import { readTrustFolders } from '../../src/app/trust-folder.js';
import { createSandboxRelyingParty } from '../../src/sandbox/relying-party.js';
import { dirname } from 'node:path';
import { kortProgram, PrivateHome, startDaemon, type RunningDaemon } from './daemon.js';
import { openTmux, type TmuxTerminal } from './tmux.js';

const run = promisify(execFile);

/** How a login ended: as whom and at which level, or with which hint. */
export type BenchOutcome = { readonly subject: string; readonly level: LevelUri } | { readonly hintCode: unknown };

/** The built programs over a sandbox: a daemon, a relying party, and `kort` on terminals. */
export interface SandboxBench {
  readonly daemon: RunningDaemon;
  readonly home: PrivateHome;
  /** Runs `kort sandbox …`; resolves with what it wrote. */
  sandbox(...args: readonly string[]): Promise<string>;
  /** Waits until no card is being read, and tells what there is. */
  settled(): Promise<StatusReport>;
  /** A terminal that the caller closes. */
  prompt(language: 'sv' | 'en', size?: { readonly columns: number; readonly rows: number }): Promise<TmuxTerminal>;
  login(levels?: readonly [AssuranceLevel, ...AssuranceLevel[]]): Promise<BenchOutcome>;
  /** Tries left of the card in a reader. */
  tries(reader: string): Promise<number | undefined>;
  close(): Promise<void>;
}

const instance = 'sandbox';

export async function startSandboxBench(env: NodeJS.ProcessEnv = {}): Promise<SandboxBench> {
  const home = new PrivateHome(env);
  const daemon = await startDaemon(home, instance, ['--sandbox', '--port', '0']);
  const party = createSandboxRelyingParty();
  await daemon.client.request('rp.add', { entry: party.entry });
  const { caFile = '' } = await daemon.client.request('sandbox.list', {});
  const trust = readTrustFolders([{ path: dirname(caFile), source: 'system' }], (problem) => {
    throw new Error(JSON.stringify(problem));
  });
  const status = () => daemon.client.request('status.get', {});
  return {
    daemon,
    home,
    async sandbox(...args) {
      const { stdout } = await run(process.execPath, [kortProgram, '--lang', 'en', 'sandbox', ...args], {
        env: home.env,
      });
      return stdout;
    },
    async settled() {
      for (;;) {
        const report = await status();
        const isReading = report.readers.some(
          ({ card, token, problem, skipped, sameAs }) =>
            card === 'present' && token === undefined && !problem && !skipped && !sameAs,
        );
        if (!isReading) return report;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async prompt(language, size) {
      const { surfaces } = await daemon.client.request('daemon.status', {});
      const command = `${process.execPath} ${kortProgram} --lang ${language} --instance ${instance} prompt`;
      const terminal = openTmux(command, home.env, size);
      while ((await daemon.client.request('daemon.status', {})).surfaces === surfaces) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return terminal;
    },
    async login([level, ...otherLevels] = [3]) {
      const { loopback } = await daemon.client.request('daemon.status', {});
      try {
        const { login } = await party.login({ port: loopback.port, level, otherLevels, trust });
        return { subject: login.subject, level: login.level };
      } catch (error) {
        return { hintCode: (error as { fields?: { hintCode?: unknown } }).fields?.hintCode ?? error };
      }
    },
    async tries(reader) {
      const { readers } = await status();
      return readers.find(({ name }) => name === reader)?.token?.pins[0]?.attemptsRemaining;
    },
    async close() {
      await daemon.stop();
      home.remove();
    },
  };
}
