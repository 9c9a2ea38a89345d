// Measures what the product promises: `npm run bench`, `-- --short` for a quick run, `-- --json` for programs.
// Ratios are against a peer measured in the same run; absolute times stand beside the machine's own noise.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createHands } from './card-hands.mjs';
import { measureDownloads } from './download.mjs';
import { compareWithOpenSc, countCommands, countExtended } from './economy.mjs';
import { createLoginRunner } from './login.mjs';
import { compareWithModules } from './modules.mjs';
import { createOpenSc } from './opensc.mjs';
import { createStage, program } from './stage.mjs';
import { median, ms, printTable, times } from './table.mjs';
import { measureUi } from './ui.mjs';

const { values: flags } = parseArgs({ options: { short: { type: 'boolean' }, json: { type: 'boolean' } } });
const pin = '123456'; // of every sandbox card
const reader = 'Sandbox Reader 1';
const rows = [];
const row = (what, ours, peer, budget, ok) => rows.push({ what, ours, peer, budget, ok });
const note = (text) => process.stderr.write(`${text}\n`);

/** A process whose event loop has nothing to do. */
function startIdle({ folder, env }) {
  const file = join(folder, 'idle.json');
  const nothing = "setInterval(()=>{},1e6);process.on('SIGTERM',()=>process.exit())";
  const preload = resolve(import.meta.dirname, 'measure-loop.mjs');
  const child = spawn(process.execPath, ['--import', preload, '-e', nothing], {
    env: { ...env, KORT_BENCH_FIGURES: file },
    stdio: 'ignore',
  });
  const ended = new Promise((done) => child.once('exit', done));
  return {
    begin: () => process.kill(child.pid, 'SIGUSR2'),
    end: async () => {
      child.kill('SIGTERM');
      await ended;
      return JSON.parse(readFileSync(file, 'utf8'));
    },
  };
}

const stage = createStage();
try {
  const hardware = await stage.startDaemon('hw', ['--hardware-only']);
  const certificates = stage.trustSandbox('bench', 'hw');
  const pcsc = { PCSCLITE_CSOCK_NAME: stage.pcscSocket('hw') };
  const loopFile = join(stage.folder, 'loop.json');
  note('commands in a reader that takes extended length ...');
  const extended = await countExtended({
    hardware,
    reader,
    pin,
    startDaemon: async (instance) => ({
      certificates: stage.trustSandbox(instance, 'hw'),
      daemon: await stage.startDaemon(instance, ['--port', '0'], { extraEnv: pcsc }),
    }),
  });

  const daemon = await stage.startDaemon('bench', ['--port', '0'], {
    extraEnv: { ...pcsc, KORT_BENCH_FIGURES: loopFile },
    nodeArgs: ['--import', resolve(import.meta.dirname, 'measure-loop.mjs')],
  });
  const hands = createHands(hardware, daemon);
  await hands.insert('tretton', reader);

  note('idle daemon ...');
  await delay(flags.short ? 500 : 5000);
  process.kill(daemon.child.pid, 'SIGUSR2');
  while (!existsSync(loopFile)) await delay(20);
  await delay(50);
  const rss = JSON.parse(readFileSync(loopFile, 'utf8')).rss / 2 ** 20;
  row('resident memory of an idle daemon', `${rss.toFixed(0)} MB`, '', '110 MB', rss <= 110);

  note('kort status ...');
  const timed = (args) => {
    const begun = performance.now();
    const { status } = spawnSync(process.execPath, args, { env: stage.env, stdio: 'ignore' });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
    return performance.now() - begun;
  };
  const cold = { status: [], node: [], ratio: [] };
  for (let n = 0; n < (flags.short ? 3 : 25); n += 1) {
    const node = timed(['-e', '0']);
    const status = timed([program('kort.js'), '--instance', 'bench', 'status']);
    cold.node.push(node);
    cold.status.push(status);
    cold.ratio.push(status / node);
  }
  row(
    '`kort status` cold, against `node -e 0`',
    `${ms(median(cold.status))}, ${times(median(cold.ratio))}`,
    ms(median(cold.node)),
    '2.2 ×',
    median(cold.ratio) <= 2.2,
  );

  note('kort --help ...');
  const help = [];
  for (let n = 0; n < (flags.short ? 3 : 25); n += 1) {
    const node = timed(['-e', '0']);
    help.push(timed([program('kort.js'), '--help']) / node);
  }
  row('`kort --help`, against `node -e 0`', times(median(help)), '', '2 ×', median(help) <= 2);

  note('commands to cards of every kind ...');
  const login = await createLoginRunner(daemon, certificates, pin);
  await countCommands({ hands, reader, login, extended, row });

  note(`list and login against OpenSC${flags.short ? '' : ' on cards as slow as real ones'} ...`);
  const rounds = flags.short ? 1 : 5;
  const { folder, env } = stage;
  const opensc = createOpenSc({ folder, env: { ...env, ...pcsc }, pin, commands: hands.commands });
  await compareWithOpenSc({ hands, reader, login, opensc, rounds, slow: !flags.short, row });

  note('downloads ...');
  await hands.pull(reader);
  await hands.insert('tolvan-pkcs15', reader);
  const beside = startIdle(stage);
  await delay(500);
  beside.begin();
  const downloads = { card: 'tolvan-pkcs15', pin, rounds: flags.short ? 2 : 10, row };
  await measureDownloads({ stage, hardware, daemon, ...downloads, noise: async () => (await beside.end()).max });

  const signatures = flags.short ? 2 : 20;
  note(`event loop during ${signatures} signatures of 2 s ...`);
  await hands.pull(reader);
  await hands.insert('tolvan', reader);
  await hardware.client.request('sandbox.fault', {
    card: 'tolvan',
    fault: { kind: 'delay', milliseconds: 0, signatureMilliseconds: 2000 },
  });
  const idle = startIdle(stage);
  await delay(500);
  process.kill(daemon.child.pid, 'SIGUSR2');
  idle.begin();
  for (let n = 0; n < signatures; n += 1) await login();
  const noise = await idle.end();
  await daemon.stop();
  const ours = JSON.parse(readFileSync(loopFile, 'utf8'));
  row('event-loop delay, p99.9', ms(ours.p999), `${ms(noise.p999)} idle`, '10 ms', ours.p999 < 10);
  row('event-loop delay, longest', ms(ours.max), `${ms(noise.max)} idle`, '50 ms', ours.max < 50);

  note('terminal UI ...');
  const noiseOfIdle = async () => {
    const watched = startIdle(stage);
    await delay(500);
    watched.begin();
    return async () => (await watched.end()).max;
  };
  await measureUi({ stage, short: flags.short, noise: noiseOfIdle, row });

  if (!flags.short) {
    note('control calls while a vendor module misbehaves ...');
    await compareWithModules({ stage, row });
  }
} finally {
  await stage.close();
}

if (flags.json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
else printTable(rows);
process.exitCode = rows.every(({ ok }) => ok) || flags.short ? 0 : 1;
