import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AutomaticSurface } from '../support/automatic-surface.js';
import { filesWith } from '../support/planted-code.js';
import { startSandboxBench, type SandboxBench } from '../support/sandbox-bench.js';

const phrase = 'Blaa elefanter sjunger';
let bench: SandboxBench;
let port: number;
beforeAll(async () => {
  bench = await startSandboxBench();
  await bench.daemon.client.request('phrase.set', { phrase });
  await bench.daemon.client.request('sandbox.insert', { card: 'tolvan', reader: 'Sandbox Reader 1' });
  await bench.settled();
  ({ port } = (await bench.daemon.client.request('daemon.status', {})).loopback);
});
afterAll(() => bench.close());

const paths = [
  '/',
  '/.well-known/kort',
  '/oob/v1/auth',
  '/oob/v1/sign',
  '/oob/v1/collect',
  '/oob/v1/cancel',
  '/start',
  '/phrase',
];
const bodies = ['{}', '{"phrase":"x"}', '{"jsonrpc":"2.0","id":1,"method":"phrase.set","params":{"phrase":"x"}}'];

it('no address of the loopback endpoint tells or changes the phrase, whoever asks', async () => {
  const answers: string[] = [];
  for (const path of paths) {
    for (const method of ['GET', 'POST', 'PUT'] as const) {
      for (const body of method === 'GET' ? [undefined] : bodies) {
        for (const origin of ['https://evil.example', 'null', undefined]) {
          const response = await fetch(`http://127.0.0.1:${port}${path}?phrase=x`, {
            method,
            headers: { 'content-type': 'application/json', ...(origin === undefined ? {} : { origin }) },
            ...(body === undefined ? {} : { body }),
            redirect: 'manual',
          });
          answers.push(JSON.stringify([...response.headers]) + (await response.text()));
        }
      }
    }
  }
  expect(answers.length).toBeGreaterThan(100);
  expect(answers.some((answer) => answer.includes('elefanter'))).toBe(false);
  expect(await bench.daemon.client.request('phrase.get', {})).toEqual({ phrase });
});

it('a relying party gets nothing of it with a login, and neither history nor log has it', async () => {
  const surface = await AutomaticSurface.attach(bench.daemon.client, '123456');
  const outcome = await bench.login();
  expect(outcome).toMatchObject({ subject: 'TSTNMT2321000156-1024' });
  // The prompt itself does not have it either: what a relying party says stands in it.
  expect(JSON.stringify([outcome, surface.shown, surface.closed])).not.toContain('elefanter');
  const holders = filesWith(bench.home.folder, 'elefanter');
  expect(holders).toEqual([join('state', 'kort', 'sandbox', 'phrase.json')]);
  const { mode } = statSync(join(bench.home.folder, holders[0] ?? ''));
  expect(mode & 0o777).toBe(0o600);
  await bench.daemon.client.request('prompt.detach', {});
});

it.each([
  ['longer than it may be', 'x'.repeat(65)],
  ['of nothing that can be seen', '\u202e\u200b'],
])('a phrase %s is refused, and the one that counted stays', async (_what, text) => {
  await expect(bench.daemon.client.request('phrase.set', { phrase: text })).rejects.toMatchObject({
    code: 'ERR_IPC_INVALID_PARAMETERS',
  });
  expect(await bench.daemon.client.request('phrase.get', {})).toEqual({ phrase });
});
