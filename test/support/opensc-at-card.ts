import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { startVirtualPcscService } from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import type { VirtualCard } from '../../src/sandbox/virtual-card/virtual-card.js';
import { openScModule } from './judge-with-opensc.js';
import { runProcess } from './run-process.js';

/** Unmodified programs in a folder of their own, with one virtual card in the only reader. */
export interface OpenScAtCard {
  /** For files by name: every program starts here. */
  readonly folder: string;
  /** What a program printed, on both channels; rejects with it when the program fails. */
  readonly run: (program: string, ...args: string[]) => Promise<string>;
  /** As `run`, but the program must fail. */
  readonly refused: (program: string, ...args: string[]) => Promise<string>;
  /** `run` for pkcs11-tool with OpenSC's module. */
  readonly pkcs11: (...args: string[]) => Promise<string>;
}

/** Puts the card behind a virtual PC/SC service for the duration of the work. */
export async function withOpenSc(card: VirtualCard, work: (opensc: OpenScAtCard) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kort-opensc-'));
  const socketPath = join(folder, 'pcscd.comm');
  const hardware = new VirtualHardware();
  hardware.addReader('TEST Reader 1 00 00').insert(card);
  const service = await startVirtualPcscService({ socketPath, readers: hardware });
  // OpenSC keeps caches of card files in the home folder.
  const env = { PCSCLITE_CSOCK_NAME: socketPath, HOME: folder, XDG_CACHE_HOME: folder };
  const end = async (expected: 'success' | 'failure', program: string, args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runProcess(program, args, { env, cwd: folder });
    const said = `${stdout}\n${stderr}`;
    if ((code === 0) === (expected === 'success')) return said;
    throw new Error(`${expected} expected\n$ ${program} ${args.join(' ')}\nexit ${String(code)}\n${said}`);
  };
  const run = (program: string, ...args: string[]): Promise<string> => end('success', program, args);
  try {
    await work({
      folder,
      run,
      refused: (program, ...args) => end('failure', program, args),
      pkcs11: (...args) => run('pkcs11-tool', '--module', openScModule(), ...args),
    });
  } finally {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
