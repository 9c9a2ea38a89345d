import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bashCompletion } from '../../src/cli/completion/bash.js';
import { completionsOf } from '../../src/cli/completion/completions.js';
import { buildWholeTree } from '../../src/cli/whole-tree.js';

/** Names that a reader may have, since whoever makes one gives it its name. */
const hostile = [
  'ab$(touch MARK)',
  'ab`touch MARK`',
  "ab'; touch MARK; '",
  'ab"; touch MARK; "',
  'ab\\',
  'ab!!',
  'ab;touch MARK',
];

describe('the completion of bash', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kort-completion-'));
    const list = hostile.map((value) => `${value}\n`).join('');
    writeFileSync(join(folder, 'values'), list);
    writeFileSync(join(folder, 'kort'), `#!/bin/sh\ncat '${folder}/values'\n`);
    chmodSync(join(folder, 'kort'), 0o755);
    writeFileSync(join(folder, 'completion'), bashCompletion(completionsOf(await buildWholeTree('en'))));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What the shell would read when the word is finished with what is offered; one a line. */
  function offered(typed: string, end: string): readonly string[] {
    const script = `. '${folder}/completion'; COMP_WORDS=(kort certificate show "$1"); COMP_CWORD=3; _kort
for reply in "\${COMPREPLY[@]}"; do eval "printf '%s\\n' $2$reply$2"; done`;
    const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder };
    const args = ['--noprofile', '--norc', '-c', script, 'bash', typed, end];
    return execFileSync('bash', args, { encoding: 'utf8', env, cwd: folder }).split('\n').slice(0, -1);
  }

  it('offers values with what means something to the shell escaped', () => {
    expect(offered('ab', '')).toEqual(hostile);
  });

  it.each([
    ["'ab", "'", hostile.filter((value) => !value.includes("'"))],
    ['"ab', '"', ['ab;touch MARK', "ab'; touch MARK; '"].toSorted()],
  ])('offers within quotes, after %s, nothing that would end them or run in them', (typed, end, values) => {
    expect([...offered(typed, end)].toSorted()).toEqual([...values].toSorted());
  });
});
