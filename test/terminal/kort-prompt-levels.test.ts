import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { afterDeafMs } from '../support/deaf-prompt.js';
import { startSandboxBench, type SandboxBench } from '../support/sandbox-bench.js';
import type { TmuxTerminal } from '../support/tmux.js';

const [one, two] = ['Sandbox Reader 1', 'Sandbox Reader 2'];

let bench: SandboxBench;
let terminal: TmuxTerminal | undefined;
beforeAll(async () => {
  bench = await startSandboxBench();
});
afterAll(() => bench.close());
afterEach(() => terminal?.close());

describe('kort prompt for another level', () => {
  it('explains before any PIN which certificate has which level, and goes on with a card that fits', async () => {
    await bench.daemon.client.request('sandbox.insert', { card: 'tolvan', reader: one });
    await bench.settled();
    const prompt = await bench.prompt('sv', { columns: 80, rows: 24 });
    terminal = prompt;
    const login = bench.login([2]);
    const explained = await prompt.until(/Kortets tillitsnivå är inte den som tjänsten kräver\./);
    expect(explained).toContain('Tjänsten kräver tillitsnivå 2');
    expect(explained).toContain('Sätt i ett annat kort med tillitsnivå 2, eller stäng.');
    expect(explained).toMatch(/Passar inte:\n {2}· Tolvan Tolvansson: Tolvan 940 \(Sandbox Reader 1\)/);
    expect(explained.replaceAll(/\n\s*/g, ' ')).toMatch(/tjänsten kräver \(.*tillitsnivå 3 · giltigt till \d{4}-/);
    expect(explained).not.toContain('PIN-kod:');
    await bench.daemon.client.request('sandbox.insert', { card: 'tretton', reader: two });
    const asked = await prompt.until(/PIN-kod: *$/m);
    expect(asked).toContain('Valt för att det var det enda som passade.');
    await delay(afterDeafMs);
    prompt.keys('Tab');
    const list = await prompt.until(/Passar inte:\n {2}· Tolvan Tolvansson/);
    expect(list).toContain('1  Tretton Trettonsson: Tretton reserve');
    prompt.keys('Escape');
    await prompt.until(/PIN-kod: *$/m);
    prompt.keys('123456', 'Enter');
    expect(await login).toMatchObject({ level: 'http://id.sambi.se/loa/loa2' });
    expect(await bench.tries(one)).toBe(5);
  });
});
