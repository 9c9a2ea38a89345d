import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProcess } from '../support/run-process.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-pad-'));
  const driver = join(folder, 'libpinpad.so');
  const source = path('../../native-fixtures/pin-pad-reader/pin-pad-reader.c');
  const options = ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-D_GNU_SOURCE'];
  expect(await runProcess('gcc', [...options, '-o', driver, source])).toMatchObject({ code: 0, stderr: '' });
  env = { KORT_VPCD_DRIVER: driver, KORT_PAD_FOLDER: folder };
});
afterAll(() => rmSync(folder, { recursive: true }));

it('a keypad behind a real pcscd takes PINs, and says what became of each', async () => {
  const program = ['--import', path('../support/typescript-loader.mjs'), path('../support/pin-pad-inside.ts')];
  const command = ['--', process.execPath, ...program];
  const { code, stdout, stderr } = await runProcess(path('../../scripts/isolated-pcscd'), command, { env });
  expect(code, stdout + stderr).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual([
    {
      pinPad: { verify: 0x42330006, modify: 0x42330007, minPinLength: 4, maxPinLength: 16 },
      maxApduDataSize: 0x10000,
    },
    { what: '1234', result: '9000', after: '63c5' },
    { what: '9999', result: 'ERR_PIN_WRONG', after: '63c4' },
    { what: 'cancel', result: 'ERR_PIN_PAD_CANCELLED', after: '63c4' },
    { what: 'timeout', result: 'ERR_PIN_PAD_TIMEOUT', after: '63c4' },
    { what: 'garbage', result: 'ERR_PIN_PAD_FAILED', after: '63c4' },
    { what: '1234', result: '9000', after: '63c5' },
    { what: '1234 567890 567891', result: 'ERR_PIN_PAD_MISMATCH', after: '63c5' },
    { what: '1234 567890 567890', result: '9000', after: '63c5' },
    { what: '567890', result: '9000', after: '63c5' },
    { what: 'structure', result: 'ERR_PIN_PAD_REFUSED', after: '63c5' },
    { what: 'pulled', result: 'ERR_CARD_REMOVED', after: 'gone' },
  ]);
});

it('OpenSC sees the keypad there too', async () => {
  const { stdout } = await runProcess(path('../../scripts/isolated-pcscd'), ['--', 'opensc-tool', '--list-readers'], {
    env,
  });
  expect(stdout).toMatch(/PIN pad +Virtual PCD 0 00 00/);
});
