import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../../src/core/bytes.js';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { startVirtualPcscService } from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import type { VirtualCard } from '../../src/sandbox/virtual-card/virtual-card.js';
import { openScModule } from './judge-with-opensc.js';
import { runProcess, type ProcessResult } from './run-process.js';

/** A folder, one reader behind a virtual PC/SC service, and unmodified programs that see it. */
export interface PivJudges {
  readonly folder: string;
  insert(card: VirtualCard): void;
  /** Runs a program in the folder; rejects with what it said unless it succeeds. */
  run(program: string, ...args: string[]): Promise<string>;
  /** As `run`, but it must fail. */
  fails(program: string, ...args: string[]): Promise<string>;
  /** As `run`, whatever the program ends with: some end a success with a number. */
  tries(program: string, ...args: string[]): Promise<string>;
  yubico(...args: string[]): Promise<string>;
  pkcs11(...args: string[]): Promise<string>;
  /** Writes a file into the folder and answers its name. */
  write(name: string, content: string | Uint8Array): string;
  read(name: string): Buffer;
  stop(): Promise<void>;
}

const READER = 'TEST Reader 1 00 00';

export async function startPivJudges(): Promise<PivJudges> {
  const folder = mkdtempSync(join(tmpdir(), 'kort-piv-'));
  const socketPath = join(folder, 'pcscd.comm');
  const hardware = new VirtualHardware();
  hardware.addReader(READER);
  const service = await startVirtualPcscService({ socketPath, readers: hardware });
  const env: Record<string, string> = { PCSCLITE_CSOCK_NAME: socketPath, HOME: folder, XDG_CACHE_HOME: folder };
  let cards = 0;
  const call = async (succeeds: boolean | undefined, program: string, args: readonly string[]): Promise<string> => {
    const result = await runProcess(program, args, { env, cwd: folder });
    if (succeeds !== undefined && (result.code === 0) !== succeeds)
      throw new Error(described(result, `${program} ${args.join(' ')}`));
    return result.stdout + result.stderr;
  };
  const run = (program: string, ...args: string[]): Promise<string> => call(true, program, args);
  return {
    folder,
    run,
    insert: (card) => {
      cards += 1;
      hardware.addCard(`card ${cards}`, card);
      hardware.insert(READER, `card ${cards}`);
    },
    fails: (program, ...args) => call(false, program, args),
    tries: (program, ...args) => call(undefined, program, args),
    yubico: (...args) => run('yubico-piv-tool', '-r', READER, ...args),
    pkcs11: (...args) => run('pkcs11-tool', '--module', openScModule(), ...args),
    write: (name, content) => {
      writeFileSync(join(folder, name), content);
      return name;
    },
    read: (name) => readFileSync(join(folder, name)),
    stop: async () => {
      await service.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const described = ({ code, stdout, stderr }: ProcessResult, called: string): string =>
  `$ ${called}\nexit ${String(code)}\n${stdout}\n${stderr}`;

/** The option by which yubico-piv-tool takes a management key. */
export const keyOption = (key: Uint8Array): string => `--key=${toHex(key)}`;
