// How soon `kort ui` shows something, and how soon a key does something while cards come and go in 16 readers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { program } from './stage.mjs';
import { median, ms } from './table.mjs';

const readers = 16;
const window = { columns: 200, rows: 60 };
const p95 = (values) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1];

/** A program on a pseudo-terminal of its own (`script` of util-linux), whose every byte is seen when it is written. */
function openTerminal(command, env) {
  const sized = `stty rows ${window.rows} cols ${window.columns}; exec ${command}`;
  const begun = performance.now();
  const child = spawn('script', ['-qefc', sized, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  let changed = () => undefined;
  child.stdout.on('data', (chunk) => {
    text += chunk.toString('latin1');
    changed(true);
  });
  return {
    begun,
    press: (keys) => child.stdin.write(keys),
    forget: () => (text = ''),
    /** When the text has come: the time from `since`. */
    async until(wanted, since) {
      const timer = setTimeout(() => changed(false), 20_000);
      while (!wanted.test(text)) {
        if (!(await new Promise((resolve) => (changed = resolve)))) throw new Error(`No ${String(wanted)} came`);
      }
      clearTimeout(timer);
      return performance.now() - since;
    },
    async end(keys) {
      const exited = once(child, 'exit');
      child.stdin.write(keys);
      await exited;
    },
  };
}

/** Until the first frame, and until readers stand there. */
async function measureStart(ui, env, rounds) {
  const first = [];
  const full = [];
  for (let n = 0; n < rounds; n += 1) {
    const terminal = openTerminal(ui, env);
    first.push(await terminal.until(/Cards and readers/, terminal.begun));
    full.push(await terminal.until(/> 1 /, terminal.begun));
    await terminal.end('q');
  }
  return { first, full };
}

/** From the byte of a key to the row that it changes. */
async function measureKeys(terminal, count) {
  const taken = [];
  for (let n = 0; n < count; n += 1) {
    const digit = 1 + ((n * 5) % 9);
    await delay(20 + ((n * 37) % 60));
    terminal.forget();
    const since = performance.now();
    terminal.press(String(digit));
    taken.push(await terminal.until(new RegExp(`> ${digit} `), since));
  }
  return taken;
}

/** What the terminal itself and this process add: a key that a terminal echoes with nothing behind it but `cat`. */
async function measureEcho(env, count) {
  const terminal = openTerminal('cat', env);
  await delay(300);
  const taken = await measureKeys({ ...terminal, press: (key) => terminal.press(`> ${key} `) }, count);
  await terminal.end('\n\u0004');
  return taken;
}

/** Cards of every kind come and go in all readers, one every 50 ms, until it is stopped. */
function flap({ client }, cards) {
  const over = new AbortController();
  const inserted = new Array(readers).fill(false);
  const loop = (async () => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      const at = (n * 7) % readers;
      const reader = `Sandbox Reader ${at + 1}`;
      const change = inserted[at]
        ? client.request('sandbox.remove', { reader })
        : client.request('sandbox.insert', { card: cards[at % cards.length], reader });
      // A card can be in one reader only.
      await change.then(
        () => (inserted[at] = !inserted[at]),
        () => undefined,
      );
      await delay(50);
    }
  })();
  return async () => {
    over.abort();
    await loop;
  };
}

/** `noise` begins to watch an idle event loop, and gives how to end that, with its longest delay. */
export async function measureUi({ stage, short, noise, row }) {
  const daemon = await stage.startDaemon('ui', ['--sandbox', '--port', '0']);
  const report = await daemon.client.request('sandbox.list', {});
  for (let n = report.readers.length; n < readers; n += 1) await daemon.client.request('sandbox.addReader', {});
  const env = { ...stage.env, TERM: 'xterm-256color' };
  const ui = `${process.execPath} ${program('kort.js')} ui --instance ui --lang en`;

  const endStart = await noise();
  const { first, full } = await measureStart(ui, env, short ? 2 : 10);
  const startNoise = await endStart();
  row('first frame of `kort ui`', ms(median(first)), `${ms(startNoise)} idle`, '900 ms', median(first) <= 900);
  row('readers and cards in `kort ui`', ms(median(full)), `${ms(startNoise)} idle`, '', '');

  const count = short ? 40 : 300;
  const echo = p95(await measureEcho(env, short ? 20 : 100));
  const terminal = openTerminal(ui, env);
  await terminal.until(/> 1 /, terminal.begun);
  const stop = flap(
    daemon,
    report.cards.map(({ id }) => id),
  );
  await delay(1000);
  const endKeys = await noise();
  const taken = p95(await measureKeys(terminal, count));
  const keyNoise = await endKeys();
  await stop();
  await terminal.end('q');
  await daemon.stop();
  row('key to screen, p95, cards flapping', ms(taken), `${ms(keyNoise)} idle, ${ms(echo)} echo`, '30 ms', taken <= 30);
}
