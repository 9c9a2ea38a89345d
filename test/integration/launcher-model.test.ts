import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runProcess } from '../support/run-process.js';

const model = resolve('test/model/launchers.pml');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What SPIN's verifier found. */
interface Verdict {
  readonly errors: number;
  readonly states: number;
  /** The assertion that does not hold. */
  readonly violated: string | undefined;
  /** Whether every reachable state was looked at. */
  readonly exhaustive: boolean;
  /** Steps that no state ever takes, the ends of processes that never end aside. */
  readonly unreached: readonly string[];
}

/** Verifies the model with these names defined: spin writes a verifier in C, which looks at all states. */
async function verify(...names: readonly string[]): Promise<Verdict> {
  const cwd = mkdtempSync(join(tmpdir(), 'kort-model-'));
  folders.push(cwd);
  copyFileSync(model, join(cwd, 'launchers.pml'));
  const run = async (program: string, ...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runProcess(program, args, { cwd });
    if (code !== 0) throw new Error(`${program} ended with ${String(code)}:\n${stdout}${stderr}`);
    return stdout;
  };
  await run('spin', ...names.map((name) => `-D${name}`), '-a', 'launchers.pml');
  await run('gcc', '-O1', '-w', '-DSAFETY', '-o', 'pan', 'pan.c');
  const output = await run(join(cwd, 'pan'), '-m2000000');
  const count = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? Number.NaN);
  return {
    errors: count(/errors: (\d+)/),
    states: count(/(\d+) states, stored/),
    violated: /assertion violated (.*) \(at depth/.exec(output)?.[1],
    exhaustive: !/max search depth too small|Search not completed|hash conflicts.*exceeded|out of memory/.test(output),
    unreached: [...output.matchAll(/^\t\S+:\d+, state \d+, "(.*)"$/gm)]
      .map((match) => match[1] ?? '')
      .filter((step) => step !== '-end-'),
  };
}

describe('the model of the launchers', () => {
  it('has no state in which B is signed in with the card of A, or A by an order of B', async () => {
    const verdict = await verify();
    expect(verdict).toMatchObject({ errors: 0, violated: undefined, exhaustive: true, unreached: [] });
    expect(verdict.states).toBeGreaterThan(10_000);
  });

  // P1 speaks of the card, P2 of who began the order: see the head of the model.
  it.each([
    ['the response code', 'NO_RESPONSE_CODE', /card/],
    ['the session cookie', 'NO_COOKIE', /owner/],
    ['the Referer', 'NO_REFERER', /owner/],
    ['the Origin', 'NO_ORIGIN', /card/],
    ['the look at whose connection it is', 'NO_PEER', /card/],
  ])('has a counterexample without %s', async (_what, name, property) => {
    const { errors, violated } = await verify(name);
    expect(errors).toBe(1);
    expect(violated).toMatch(property);
  });

  it.each(['NO_REFERER_GATE', 'NO_ORIGIN_GATE'])(
    'holds without the half of a check that the daemon does, since the answer says where it was begun: %s',
    async (name) => {
      expect(await verify(name)).toMatchObject({ errors: 0, exhaustive: true });
    },
  );

  it.each(['SANE=page', 'SANE=redirect', 'SANE=scheme', 'SANE_B'])(
    'is not empty: an honest login completes (%s)',
    async (name) => {
      const { errors, violated } = await verify(name);
      expect(errors).toBe(1);
      expect(violated).toMatch(/card==/);
    },
  );
});
