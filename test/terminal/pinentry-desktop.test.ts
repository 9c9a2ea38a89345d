import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSettings } from '../support/pinentry-terminal.js';
import { startSandboxBench, type SandboxBench } from '../support/sandbox-bench.js';
import { startVirtualDesktop, type VirtualDesktop } from '../support/virtual-desktop.js';

let desktop: VirtualDesktop;
let bench: SandboxBench;
beforeAll(async () => {
  desktop = await startVirtualDesktop();
  bench = await startSandboxBench(desktop.env);
  await bench.daemon.client.request('sandbox.insert', { card: 'tolvan', reader: 'Sandbox Reader 1' });
  await bench.settled();
});
afterAll(async () => {
  await bench.close();
  desktop.close();
});

const surfaces = async (): Promise<number> => (await bench.daemon.client.request('daemon.status', {})).surfaces;

it('a sandbox shows nothing on the desktop unless the user has said so', async () => {
  expect(await surfaces()).toBe(0);
  expect(await bench.login()).toEqual({ hintCode: 'startFailed' });
});

it('a login goes through the window of the real pinentry on a desktop', async () => {
  writeSettings(bench.home, { pinentry: 'on', 'pinentry-program': '/usr/bin/pinentry-gtk-2', language: 'sv' });
  expect(await surfaces()).toBe(1);
  const login = bench.login();
  await expect.poll(() => desktop.windows()).toContain('kort');
  await delay(1000);
  await desktop.type('123456');
  await desktop.key('Return');
  expect(await login).toMatchObject({ subject: 'TSTNMT2321000156-1024' });
  await expect.poll(() => desktop.windows()).not.toContain('kort');
});

it('a key that was pressed for another program before the window came answers nothing', async () => {
  const pressAtOnce = async () => {
    const login = bench.login();
    const first = await desktop.next('kort');
    await desktop.key('Escape');
    const ended = login.then(() => false);
    const isAskedAgain = await Promise.race([
      desktop.next('kort', first).then(
        () => true,
        () => false,
      ),
      ended,
    ]);
    return { login, isAskedAgain };
  };
  let pressed = await pressAtOnce();
  // A machine that is busy presses so late that the key may well be the user's.
  for (let tries = 1; !pressed.isAskedAgain && tries < 5; tries += 1) pressed = await pressAtOnce();
  expect(pressed.isAskedAgain).toBe(true);
  await delay(1000);
  await desktop.key('Escape');
  expect(await pressed.login).toEqual({ hintCode: 'userCancel' });
  expect(await bench.tries('Sandbox Reader 1')).toBe(5);
});
