// The slowest of many control calls while a vendor module misbehaves, against the slowest without a module:
// `node scripts/bench/modules.mjs`, `-- --short` for a quick run, `-- --json` for programs. Needs gcc and p11-kit's
// header (libp11-kit-dev).
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createStage } from './stage.mjs';

const { values: flags } = parseArgs({ options: { short: { type: 'boolean' }, json: { type: 'boolean' } } });
const calls = flags.short ? 100 : 1000;
const budget = 5;
const stage = createStage();
const rows = [];
try {
  const library = buildFaultModule();
  const without = await slowestOf(await startDaemon('bench-none'), async () => undefined);
  let disturbances = 0;
  for (const [what, rules, disturb] of [
    ['killed repeatedly', '', (pid) => process.kill(pid, 'SIGKILL')],
    ['stopped', '', (pid) => process.kill(pid, 'SIGSTOP')],
    ['flooding', 'C_GetTokenInfo flood', () => undefined],
  ]) {
    const instance = `bench-${what.split(' ')[0]}`;
    configure(instance, library, rules);
    const daemon = await startDaemon(instance);
    const slowest = await slowestOf(daemon, async () => {
      const pid = modulePid(daemon.child.pid);
      if (pid === undefined) return;
      disturbances += 1;
      try {
        disturb(pid);
      } catch {
        // It has ended since.
      }
    });
    if (disturbances === 0) throw new Error(`no module process was there to be ${String(what)}`);
    disturbances = 0;
    rows.push({ what, slowest, without, ratio: slowest / without, ok: slowest / without <= budget });
    await daemon.stop();
  }
} finally {
  await stage.close();
}
if (flags.json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
else for (const { what, slowest, without, ratio } of rows) print(what, slowest, without, ratio);
process.exitCode = rows.every(({ ok }) => ok) || flags.short ? 0 : 1;

function print(what, slowest, without, ratio) {
  const ms = (value) => `${value.toFixed(2)} ms`;
  const figures = `${ms(slowest)} against ${ms(without)}, ${ratio.toFixed(2)} ×`;
  process.stdout.write(`slowest of ${calls} control calls, module ${what}: ${figures} (at most ${budget} ×)\n`);
}

async function startDaemon(instance) {
  return await stage.startDaemon(instance, ['--sandbox', '--port', '0']);
}

async function slowestOf({ client }, disturb) {
  // Until it has started in full: its virtual cards are made and read meanwhile.
  await delay(2000);
  for (let n = 0; n < 200; n += 1) await client.request('daemon.status', {});
  let slowest = 0;
  for (let n = 0; n < calls; n += 1) {
    if (n % 20 === 0) await disturb();
    const begun = performance.now();
    await client.request('daemon.status', {});
    slowest = Math.max(slowest, performance.now() - begun);
    await delay(5);
  }
  return slowest;
}

function configure(instance, path, rules) {
  const folder = join(stage.folder, 'config', 'kort', instance, 'modules.d');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(stage.folder, `${instance}.rules`);
  writeFileSync(file, `${rules}\n`);
  const config = { path, name: 'fault', environment: { KORT_FAULT: file } };
  writeFileSync(join(folder, 'fault.json'), JSON.stringify(config), { mode: 0o600 });
}

function buildFaultModule() {
  const path = join(stage.folder, 'fault.so');
  const source = resolve(import.meta.dirname, '../../native-fixtures/fault-module/fault-module.c');
  execFileSync('gcc', ['-shared', '-fPIC', '-I/usr/include/p11-kit-1', '-o', path, source]);
  return path;
}

/** The daemon's child that runs a module. */
function modulePid(parent) {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const isChild = readFileSync(`/proc/${name}/status`, 'utf8').includes(`\nPPid:\t${parent}\n`);
      if (isChild && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('module-host')) return Number(name);
    } catch {
      // It has ended since.
    }
  }
  return undefined;
}
