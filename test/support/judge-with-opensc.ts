import type { KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessResult, RunProcess } from './run-process.js';

export interface OpenScJudgement {
  /** Runs a program where it sees the reader. */
  readonly run: RunProcess;
  readonly env?: Readonly<Record<string, string>>;
  /** The card must be the only one there, in the first reader; its RSA key belongs to its first certificate. */
  readonly card: JudgedCard;
}

export interface JudgedCard {
  /** Token label. */
  readonly label: string;
  readonly certificates: number;
  readonly rsaPublicKey: KeyObject;
  readonly pin: string;
  /** Reads the retry counter of the user PIN behind OpenSC's back. */
  readonly attemptsRemaining: () => number | Promise<number>;
}

/** Debian's multiarch folder of OpenSC's PKCS #11 module. */
export function openScModule(): string {
  const folders = readdirSync('/usr/lib').map((name) => `/usr/lib/${name}/opensc-pkcs11.so`);
  const module = folders.find((candidate) => existsSync(candidate));
  if (module === undefined) throw new Error('opensc-pkcs11.so not found: install opensc');
  return module;
}

/**
 * Lets unmodified OpenSC read, verify, sign and change the PIN on a virtual 940 card, and openssl check the signatures.
 * Rejects with what the tool said at the first thing that is wrong. The PIN is the old one again afterwards.
 */
export async function judgeWithOpenSc({ run, env, card }: OpenScJudgement): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kort-judge-'));
  // OpenSC keeps caches of card files in the home folder.
  const surroundings = { HOME: folder, XDG_CACHE_HOME: folder, ...env };
  const tool: Tool = async (program, ...args) => ({
    ...(await run(program, args, { env: surroundings, cwd: folder })),
    called: `${program} ${args.join(' ')}`,
  });
  try {
    await waitForCard((...args) => tool('opensc-tool', ...args));
    await judgeListing(tool, card);
    await judgeSignatures(tool, card, folder);
    await judgePins(tool, card);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type OpenScTool = (...args: string[]) => Promise<ProcessResult>;

/**
 * Until a reader shows its card, which pcscd notices by polling. OpenSC's own `--wait` waits for the next insertion,
 * for ever when the card was quicker.
 */
export const waitForCard = (openScTool: OpenScTool, reader = 0): Promise<void> => waitFor(openScTool, reader, true);

/** Until a reader shows that its card is gone; a card that is inserted earlier is taken for the old one at first. */
export const waitForNoCard = (openScTool: OpenScTool, reader = 0): Promise<void> => waitFor(openScTool, reader, false);

async function waitFor(openScTool: OpenScTool, reader: number, present: boolean): Promise<void> {
  for (let attempts = 100; attempts > 0; attempts -= 1) {
    const { code } = await openScTool('--reader', String(reader), '--atr');
    if ((code === 0) === present) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`reader ${reader} still shows ${present ? 'no' : 'its'} card`);
}

type ToolResult = ProcessResult & { readonly called: string };
type Tool = (program: string, ...args: string[]) => Promise<ToolResult>;

function failure(result: ToolResult, what: string): Error {
  return new Error(`${what}\n$ ${result.called}\nexit ${String(result.code)}\n${result.stdout}\n${result.stderr}`);
}

function expectSuccess(result: ToolResult): string {
  if (result.code !== 0) throw failure(result, 'should succeed');
  return result.stdout;
}

function expectText(result: ToolResult, pattern: RegExp, times = 1): void {
  const found = expectSuccess(result).match(new RegExp(pattern, 'gm'))?.length ?? 0;
  if (found !== times) throw failure(result, `should say ${String(pattern)} ${times} times, not ${found}`);
}

async function judgeListing(tool: Tool, card: JudgedCard): Promise<void> {
  const dump = await tool('pkcs15-tool', '--reader', '0', '-D');
  expectText(dump, /^X\.509 Certificate \[/, card.certificates);
  expectText(dump, new RegExp(`^PKCS#15 Card \\[${card.label}\\]`));
  expectText(dump, /^Private RSA Key \[/, 1);
  expectText(await tool('pkcs11-tool', '--module', openScModule(), '-L'), new RegExp(`token label +: ${card.label}`));
  const objects = await tool('pkcs11-tool', '--module', openScModule(), '-O');
  expectText(objects, /^Certificate Object/, card.certificates);
}

async function judgeSignatures(tool: Tool, card: JudgedCard, folder: string): Promise<void> {
  writeFileSync(join(folder, 'message'), 'What OpenSC signs with a virtual card.\n');
  writeFileSync(join(folder, 'public.pem'), card.rsaPublicKey.export({ format: 'pem', type: 'spki' }));
  await judgeSignature(tool, card, 'SHA256-RSA-PKCS', []);
  await judgeSignature(tool, card, 'SHA256-RSA-PKCS-PSS', [
    ...['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'],
  ]);
}

async function judgeSignature(tool: Tool, card: JudgedCard, mechanism: string, options: string[]): Promise<void> {
  const files = ['-i', 'message', '-o', `${mechanism}.sig`];
  const login = ['--module', openScModule(), '-l', '-p', card.pin];
  expectSuccess(await tool('pkcs11-tool', ...login, '-s', '-m', mechanism, '-d', '0001', ...files));
  const check = ['-verify', 'public.pem', '-signature', `${mechanism}.sig`, ...options, 'message'];
  expectText(await tool('openssl', 'dgst', '-sha256', ...check), /^Verified OK$/);
}

async function judgePins(tool: Tool, card: JudgedCard): Promise<void> {
  const pkcs15 = (...args: string[]): Promise<ToolResult> => tool('pkcs15-tool', '--reader', '0', ...args);
  const other = '97531';
  const before = await card.attemptsRemaining();
  expectSuccess(await pkcs15('--verify-pin', '--pin', card.pin));
  await expectWrongPin(card, await pkcs15('--verify-pin', '--pin', other), before - 1);
  expectSuccess(await pkcs15('--verify-pin', '--pin', card.pin));
  await expectAttempts(card, before);
  expectSuccess(await pkcs15('--change-pin', '--pin', card.pin, '--new-pin', other));
  await expectWrongPin(card, await pkcs15('--verify-pin', '--pin', card.pin), before - 1);
  expectSuccess(await pkcs15('--verify-pin', '--pin', other));
  expectSuccess(await pkcs15('--change-pin', '--pin', other, '--new-pin', card.pin));
  await expectAttempts(card, before);
}

async function expectWrongPin(card: JudgedCard, result: ToolResult, left: number): Promise<void> {
  if (result.code === 0) throw failure(result, 'should refuse the wrong PIN');
  await expectAttempts(card, left);
}

async function expectAttempts(card: JudgedCard, expected: number): Promise<void> {
  const actual = await card.attemptsRemaining();
  if (actual !== expected) throw new Error(`${expected} tries should be left, not ${actual}`);
}
