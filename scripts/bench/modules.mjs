// The slowest of many control calls while a vendor module misbehaves, against the slowest without a module. Needs gcc and
// p11-kit's header (libp11-kit-dev).
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const calls = 1000;
const budget = 5;
const faults = [
  { what: 'killed repeatedly', rules: '', disturb: (pid) => void process.kill(pid, 'SIGKILL') },
  { what: 'stopped', rules: '', disturb: (pid) => void process.kill(pid, 'SIGSTOP') },
  { what: 'flooding', rules: 'C_GetTokenInfo flood', disturb: () => undefined },
];

/** A row for each way to misbehave. */
export async function compareWithModules({ stage, row }) {
  const library = buildFaultModule(stage);
  const alone = await startDaemon(stage, 'bench-none');
  const without = await slowestOf(alone, () => undefined);
  await alone.stop();
  for (const { what, rules, disturb } of faults) {
    const instance = `bench-${what.split(' ')[0]}`;
    configure(stage, instance, library, rules);
    const daemon = await startDaemon(stage, instance);
    let disturbances = 0;
    const slowest = await slowestOf(daemon, () => {
      const pid = modulePid(daemon.child.pid);
      if (pid === undefined) return;
      disturbances += 1;
      try {
        disturb(pid);
      } catch {
        // It has ended since.
      }
    });
    await daemon.stop();
    if (disturbances === 0) throw new Error(`no module process was there to be ${what}`);
    const ratio = slowest / without;
    const figures = `${slowest.toFixed(2)} ms, ${ratio.toFixed(2)} ×`;
    const name = `slowest of ${calls} control calls, vendor module ${what}`;
    row(name, figures, `${without.toFixed(2)} ms without`, `${budget} ×`, ratio <= budget);
  }
}

async function startDaemon(stage, instance) {
  return await stage.startDaemon(instance, ['--sandbox', '--port', '0']);
}

async function slowestOf({ client }, disturb) {
  // Until it has started in full: its virtual cards are made and read meanwhile.
  await delay(2000);
  for (let n = 0; n < 200; n += 1) await client.request('daemon.status', {});
  let slowest = 0;
  for (let n = 0; n < calls; n += 1) {
    if (n % 20 === 0) disturb();
    const begun = performance.now();
    await client.request('daemon.status', {});
    slowest = Math.max(slowest, performance.now() - begun);
    await delay(5);
  }
  return slowest;
}

function configure(stage, instance, path, rules) {
  const folder = join(stage.folder, 'config', 'kort', instance, 'modules.d');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(stage.folder, `${instance}.rules`);
  writeFileSync(file, `${rules}\n`);
  const config = { path, name: 'fault', environment: { KORT_FAULT: file } };
  writeFileSync(join(folder, 'fault.json'), JSON.stringify(config), { mode: 0o600 });
}

function buildFaultModule(stage) {
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
