import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trustPolicyOf } from '../../src/sandbox/ca/sandbox-ca.js';
import { createSandboxRelyingParty } from '../../src/sandbox/relying-party.js';
import { PrivateHome } from '../support/daemon.js';
import { openPinentryTerminal } from '../support/pinentry-terminal.js';
import { filesWith, formsOf, startPlantedStage, type PlantedStage } from '../support/planted-code.js';
import { scanCore } from '../support/scan-core.js';
import type { TmuxTerminal } from '../support/tmux.js';

/* A PIN is planted, typed into a real pinentry, and used by `kortd` with a card in this process. */
const pin = '83917462';
const wrong = '70264915';
const instance = 'planted';
const home = new PrivateHome();
let stage: PlantedStage;
let terminal: TmuxTerminal;

beforeAll(async () => {
  stage = await startPlantedStage(home, instance, pin, async () => {
    terminal = await openPinentryTerminal(home, '/usr/bin/pinentry-curses', 'en');
  });
});

afterAll(async () => {
  terminal.close();
  await stage.close();
});

it('a PIN typed into pinentry is in no memory, file or log of kortd after the login, nor one that was wrong', async () => {
  const { daemon, ca, card } = stage;
  const party = createSandboxRelyingParty();
  await daemon.client.request('rp.add', { entry: party.entry });
  const { loopback, surfaces } = await daemon.client.request('daemon.status', {});
  expect(surfaces).toBe(1);
  const login = party.login({ port: loopback.port, level: 3, trust: trustPolicyOf(ca) });
  await terminal.until(/Tries left: 5[^]*PIN:/);
  await delay(900);
  terminal.keys(wrong, 'Enter');
  await terminal.until(/Tries left: 4[^]*PIN:/);
  await delay(900);
  terminal.keys(pin, 'Enter');
  expect((await login).login.subject).toBe('TSTNMT2321000156-1024');

  const found = scanCore(daemon.process.pid ?? 0, join(home.folder, 'core'), {
    ...formsOf(pin, wrong),
    // Shows that the search can find: what the daemon does have in memory.
    control: Buffer.from('Tolvan Tolvansson', 'latin1'),
  });
  expect(found).toEqual(['control']);
  for (const code of [pin, wrong]) expect(filesWith(home.folder, code)).toEqual([]);
  expect(terminal.screen()).not.toContain(pin);
  expect(card.attemptsRemaining()).toBe(5);
});
