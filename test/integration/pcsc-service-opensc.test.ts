import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import {
  startVirtualPcscService,
  type VirtualPcscService,
} from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import { memoryCardStore } from '../../src/sandbox/virtual-card/memory-card-store.js';
import { personalize } from '../../src/sandbox/virtual-card/personalize.js';
import { VirtualIdPrimeCard } from '../../src/sandbox/virtual-card/virtual-idprime-card.js';
import { judgeWithOpenSc } from '../support/judge-with-opensc.js';
import { runProcess, type ProcessResult } from '../support/run-process.js';
import { testPeople, testPersonalization } from '../support/virtual-card-fixture.js';

let folder: string;
let env: Record<string, string>;
let hardware: VirtualHardware;
let service: VirtualPcscService;
const first = 'TEST Reader 1 00 00';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-pcsc-'));
  const socketPath = join(folder, 'pcscd.comm');
  env = { PCSCLITE_CSOCK_NAME: socketPath, HOME: folder, XDG_CACHE_HOME: folder };
  hardware = new VirtualHardware();
  hardware.addReader(first);
  service = await startVirtualPcscService({ socketPath, readers: hardware });
});
afterEach(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (program: string, ...args: string[]): Promise<ProcessResult> => runProcess(program, args, { env });

describe('unmodified OpenSC at the virtual PC/SC service', () => {
  it('reads, verifies, signs and changes the PIN', async () => {
    const store = memoryCardStore(personalize(testPersonalization()));
    hardware.addCard('tolvan', new VirtualIdPrimeCard({ store }));
    hardware.insert(first, 'tolvan');
    await judgeWithOpenSc({
      run: runProcess,
      env,
      card: {
        label: 'Virtual IDPrime',
        certificates: 3,
        rsaPublicKey: createPublicKey(testPeople().rsa.privateKey),
        pin: '1234',
        attemptsRemaining: () => store.load().pins[0]!.triesLeft,
      },
    });
  });

  it('lists 16 readers, with and without a card', async () => {
    const store = memoryCardStore(personalize(testPersonalization()));
    hardware.addCard('tolvan', new VirtualIdPrimeCard({ store }));
    for (let n = 2; n <= 16; n += 1) hardware.addReader(`TEST Reader ${n} 00 00`);
    hardware.insert('TEST Reader 16 00 00', 'tolvan');
    const { code, stdout } = await run('opensc-tool', '--list-readers');
    expect(code).toBe(0);
    const lines = stdout.split('\n').filter((line) => line.includes('TEST Reader'));
    expect(lines).toHaveLength(16);
    expect(lines.filter((line) => line.includes('Yes'))).toEqual([expect.stringContaining('TEST Reader 16 00 00')]);
  });

  it('waits for a card, and sees it pulled in the middle of a command', async () => {
    hardware.addCard('tolvan', new VirtualIdPrimeCard({ store: memoryCardStore(personalize(testPersonalization())) }));
    const waiting = run('opensc-tool', '--wait', '--atr');
    setTimeout(() => hardware.insert(first, 'tolvan'), 300);
    await expect(waiting).resolves.toMatchObject({ code: 0 });
    hardware.armFault(first, { kind: 'remove-during', apdu: 6 });
    expect((await run('pkcs15-tool', '--reader', '0', '-D')).code).not.toBe(0);
    hardware.insert(first, 'tolvan');
    expect((await run('pkcs15-tool', '--reader', '0', '-D')).code).toBe(0);
  });

  it('that is killed in the middle of a silent command leaves the reader to others once the card is pulled', async () => {
    hardware.addCard('tolvan', new VirtualIdPrimeCard({ store: memoryCardStore(personalize(testPersonalization())) }));
    hardware.insert(first, 'tolvan');
    hardware.armFault(first, { kind: 'silence', apdu: 3 });
    const killed = await runProcess('pkcs15-tool', ['--reader', '0', '-D'], { env, timeoutMs: 1500 });
    expect(killed.code).toBeNull();
    hardware.remove(first);
    hardware.insert(first, 'tolvan');
    expect((await run('pkcs15-tool', '--reader', '0', '-D')).code).toBe(0);
  });
});
