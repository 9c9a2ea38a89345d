/*
 * Runs inside scripts/isolated-pcscd: one download by the built daemon over the real pcscd, judged by OpenSC, printed as
 * one line of JSON. Arguments: the cards that are tried, in their order.
 */
import { connectToVpcd } from '../../src/sandbox/hardware/vpcd-client.js';
import { sandboxPin } from '../../src/sandbox/sandbox-cards.js';
import { openDownloadWorld } from './download-world.js';
import { judgeDownload } from './judge-download.js';
import { runProcess } from './run-process.js';

const ports = (process.env['KORT_VPCD_PORTS'] ?? '').split(' ').map(Number);
const world = await openDownloadWorld('inside', 22_090, {
  plug: (hardware) => {
    const connections = hardware.readers.map((reader, index) =>
      connectToVpcd(reader, { host: '127.0.0.1', port: ports[index] ?? 0 }),
    );
    return Promise.resolve(() => {
      for (const connection of connections) connection.close();
    });
  },
});
try {
  const done: unknown[] = [];
  for (const card of process.argv.slice(2)) {
    await world.insert(card);
    const outcome = await world.download(card);
    await judgeDownload(outcome.stored?.fingerprint ?? '', { run: runProcess, env: {}, pin: sandboxPin });
    done.push({ card, stored: outcome.stored?.holder, problem: outcome.problem ?? null });
  }
  process.stdout.write(`${JSON.stringify(done)}\n`);
} finally {
  await world.close();
}
