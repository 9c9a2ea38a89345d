// Starts the built programs in folders of their own, and ends them.
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'kort/client';

export const program = (name) => resolve(import.meta.dirname, `../../dist/bin/${name}`);

/** Private folders and the processes that use them; `close()` ends all and removes the folders. */
export function createStage() {
  const folder = mkdtempSync(join(tmpdir(), 'kort-bench-'));
  const env = {
    ...process.env,
    HOME: folder,
    LC_ALL: 'C',
    XDG_RUNTIME_DIR: join(folder, 'run'),
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
  };
  const children = [];

  async function startDaemon(instance, args, { extraEnv = {}, nodeArgs = [] } = {}) {
    const child = spawn(process.execPath, [...nodeArgs, program('kortd.cjs'), '--instance', instance, ...args], {
      env: { ...env, ...extraEnv },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    let log = '';
    child.stderr.on('data', (chunk) => (log += chunk));
    const socketPath = join(folder, 'run', 'kort', instance, 'control.sock');
    for (let tries = 0; tries < 400 && child.exitCode === null; tries += 1) {
      const client = await connect({ socketPath }).catch(() => undefined);
      if (client !== undefined) return { child, client, stop: async () => await end(child) };
      await delay(25);
    }
    throw new Error(`kortd did not start:\n${log}`);
  }

  /** Makes an instance trust the CA of a sandbox. */
  function trustSandbox(instance, sandboxInstance) {
    const pem = readFileSync(join(folder, 'state', 'kort', sandboxInstance, 'sandbox', 'ca.pem'), 'utf8');
    const trust = join(folder, 'config', 'kort', instance, 'trust.d');
    mkdirSync(trust, { recursive: true, mode: 0o700 });
    writeFileSync(join(trust, 'sandbox.pem'), pem);
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
    return blocks.map((block) => new Uint8Array(new X509Certificate(block).raw));
  }

  async function close() {
    for (const child of children) await end(child);
    rmSync(folder, { recursive: true, force: true });
  }

  return {
    folder,
    env,
    startDaemon,
    trustSandbox,
    close,
    pcscSocket: (instance) => join(folder, 'run', 'kort', instance, 'pcscd.comm'),
  };
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
