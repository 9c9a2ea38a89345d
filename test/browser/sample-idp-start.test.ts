import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProcess } from '../support/run-process.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `npm start` of the examples, where it must end by itself: nothing of kort's may be started here. */
const start = (program: string, ...args: string[]): ReturnType<typeof runProcess> =>
  runProcess(process.execPath, [program, ...args], {
    env: { HOME: folder, XDG_STATE_HOME: folder, XDG_RUNTIME_DIR: folder },
  });

describe('npm start of the examples', () => {
  it.each(['schema', 'page redirect'])('tells its usage for what is no launcher: %s', async (args) => {
    const { code, stderr } = await start('examples/start.mjs', ...args.split(' '));
    expect(code).toBe(2);
    expect(stderr).toBe(
      'usage: npm start [-- page | redirect | scheme]   (the only launcher; none: all, in that order)\n',
    );
  });

  it('tells in one sentence that a port is taken', async () => {
    const squatter = createServer().listen(4001, '127.0.0.1');
    // If somebody has it already, it is taken all the same.
    await once(squatter, 'listening').catch(() => undefined);
    const { code, stderr } = await start('examples/start.mjs');
    squatter.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Port 400[012] is taken by another program.*\n$/m);
    expect(stderr).not.toContain('    at ');
  });

  it('tells in one sentence that kort has not been built', async () => {
    mkdirSync(join(folder, 'examples'));
    const program = join(folder, 'examples', 'start.mjs');
    copyFileSync('examples/start.mjs', program);
    const { code, stderr } = await start(program);
    expect(code).toBe(1);
    expect(stderr).toBe('kort has not been built yet: run ./scripts/prepare in the folder above this one.\n');
  });
});
