import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { testPeople } from '../../src/sandbox/ca/person.js';
import { createSandboxCa, issuePerson } from '../../src/sandbox/ca/sandbox-ca.js';
import { memoryCardStore } from '../../src/sandbox/virtual-card/memory-card-store.js';
import { personalize } from '../../src/sandbox/virtual-card/personalize.js';
import { VirtualIdPrimeCard } from '../../src/sandbox/virtual-card/virtual-idprime-card.js';
import { PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { JsonProgram } from '../support/json-program.js';
import { startVirtualReaders, type VirtualReaders } from '../support/virtual-readers.js';

/*
 * Names from outside with --json. Readers tell theirs and so do cards: letters that are not English stay what they are,
 * and nothing of them leaves its string, turns the row around or is a command to a terminal.
 */
const reader = 'Läsare "ett" \\ 読\u202egnp';
const label = 'Åsa "kort" \u001b[2J\u009b31m\u202e';
const pin = '583017';
const home = new PrivateHome();
let readers: VirtualReaders;
let daemon: RunningDaemon;
let kort: JsonProgram;

beforeAll(async () => {
  readers = await startVirtualReaders(home.folder);
  home.env['PCSCLITE_CSOCK_NAME'] = readers.socketPath;
  const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  const { certificate, privateKey } = await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
  const store = memoryCardStore(
    personalize({
      pin: Buffer.from(pin),
      puk: Buffer.from('87654321'),
      label,
      certificates: [{ der: certificate, privateKey }],
    }),
  );
  const { hardware } = readers;
  hardware.addCard('odd', new VirtualIdPrimeCard({ store }));
  hardware.addReader(reader);
  hardware.insert(reader, 'odd');
  daemon = await startDaemon(home, 'names', ['--port', '0']);
  kort = new JsonProgram(home, 'names');
  await vi.waitFor(async () => expect((await daemon.client.request('pin.list', {})).cards).toHaveLength(1), {
    timeout: 20_000,
    interval: 50,
  });
});
afterAll(async () => {
  await daemon.stop();
  await readers.service.close();
  home.remove();
});

it('names of readers and cards come through every command that tells them', async () => {
  const watch = kort.follow('watch');
  await expect.poll(watch.lines).not.toEqual([]);
  const answers = [
    await kort.documented({ path: 'pin verify', args: ['--pin-stdin'], input: `${pin}\n` }),
    await kort.documented({ path: 'status' }),
    await kort.documented({ path: 'pin status' }),
    await kort.documented({ path: 'certificate list' }),
    watch.lines(),
  ];
  expect(await watch.end()).toBe(0);
  const history = await kort.documented({ path: 'history list' });
  for (const documents of answers) {
    const text = JSON.stringify(documents);
    expect(text).toContain('Åsa \\"kort\\"');
    expect(text).toContain('Läsare \\"ett\\" \\\\ 読');
  }
  expect(JSON.stringify(history)).toContain('Läsare');
});

it('a failure names what was typed, and stays one line', async () => {
  const { code, error } = await kort.failing(['certificate', 'why', '--for', 'urn:\u202e"ö"\u001b[2J\n']);
  expect([code, error.code]).toEqual([2, expect.stringMatching(/^ERR_(CONFIG_NOT_FOUND|USAGE)$/)]);
  expect(JSON.stringify(error)).toContain('ö');
});
