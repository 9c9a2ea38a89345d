import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureDocument } from '../../src/reference/json/every-command.js';
import { jsonOutputs } from '../../src/reference/json-outputs.js';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { runProcess, type ProcessResult } from '../support/run-process.js';

let home: PrivateHome;

const kort = (args: readonly string[], input = ''): Promise<ProcessResult> => {
  const env = Object.entries(home.env).map(([name, value]) => `${name}=${value ?? ''}`);
  const line = ['env', '-i', ...env, process.execPath, kortProgram, ...args, '--json'];
  return runProcess('sh', ['-c', 'printf %s "$0" | "$@"', input, ...line]);
};

/** What a command wrote, each document as its schema has it: nothing that is not documented, nothing that is missing. */
async function documented(path: string, args: readonly string[], input?: string): Promise<readonly unknown[]> {
  const output = jsonOutputs[path];
  if (output === undefined || output.kind === 'none') throw new Error(`No schema of ${path}`);
  const { stdout } = await kort(args, input);
  const documents = stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
  for (const one of documents) expect(output.schema.parse(one), args.join(' ')).toEqual(one);
  if (output.kind === 'document') expect(documents, args.join(' ')).toHaveLength(1);
  return documents;
}

beforeAll(async () => {
  home = new PrivateHome();
  await documented('sandbox start', ['sandbox', 'start', '--port', '0']);
});
afterAll(async () => {
  await kort(['sandbox', 'stop']);
  home.remove();
});

const here = ['--instance', 'sandbox'];

describe('--json', () => {
  it.each([
    ['status', ['status', ...here]],
    ['pin status', ['pin', 'status', ...here]],
    ['certificate list', ['certificate', 'list', ...here]],
    ['certificate inventory', ['certificate', 'inventory', ...here]],
    ['certificate backups', ['certificate', 'backups', ...here]],
    ['certificate unprefer', ['certificate', 'unprefer', ...here]],
    ['certificate why', ['certificate', 'why', '--for', 'urn:kort:sandbox:issuer', ...here]],
    ['expiry', ['expiry', ...here]],
    ['expiry note', ['expiry', 'note', '2031-05', ...here]],
    ['daemon status', ['daemon', 'status', ...here]],
    ['rp list', ['rp', 'list', ...here]],
    ['rp show', ['rp', 'show', 'urn:kort:sandbox:issuer', ...here]],
    ['rp check', ['rp', 'check', 'urn:kort:sandbox:issuer', ...here]],
    ['link status', ['link', 'status']],
    ['link register', ['link', 'register']],
    ['link unregister', ['link', 'unregister']],
    ['setting list', ['setting', 'list']],
    ['setting get', ['setting', 'get', 'language']],
    ['setting set', ['setting', 'set', 'language', 'en']],
    ['setting unset', ['setting', 'unset', 'language']],
    ['phrase show', ['phrase', 'show', ...here]],
    ['phrase remove', ['phrase', 'remove', ...here]],
    ['history list', ['history', ...here]],
    ['history verify', ['history', 'verify', ...here]],
    ['doctor', ['doctor', '--check', 'versions', '--check', 'daemon', ...here]],
    ['sandbox list', ['sandbox', 'list']],
    ['sandbox insert', ['sandbox', 'insert', 'tretton', 'Sandbox Reader 2']],
    ['sandbox remove', ['sandbox', 'remove', 'tretton']],
    ['sandbox fault', ['sandbox', 'fault', 'tolvan', 'delay', '1']],
    ['sandbox reset', ['sandbox', 'reset']],
    ['sandbox add-reader', ['sandbox', 'add-reader', 'Third']],
    ['sandbox remove-reader', ['sandbox', 'remove-reader', 'Third']],
    ['sandbox revoke', ['sandbox', 'revoke', 'tolvan']],
    ['sandbox unrevoke', ['sandbox', 'unrevoke', 'tolvan']],
    ['sandbox order', ['sandbox', 'order', 'tolvan']],
    ['sandbox issuer', ['sandbox', 'issuer']],
  ])('of kort %s is as documented', async (path, args) => {
    await documented(path, args);
  });

  it('of what uses a PIN is as documented', async () => {
    await documented('pin verify', ['pin', 'verify', '--pin-stdin', ...here], '123456\n');
    await documented('pin change', ['pin', 'change', '--pin-stdin', ...here], '123456\n654321\n');
    await documented('unlock', ['unlock', '--puk', '--pin-stdin', ...here], '12345678\n123456\n');
    await documented('sandbox demo', ['sandbox', 'demo']);
    expect(await documented('history list', ['history', 'list', '--limit', '3', ...here])).toHaveLength(3);
  });

  it('of one certificate is as documented, from reading to removing and restoring', async () => {
    const [list] = (await documented('certificate list', ['certificate', 'list', ...here])) as [
      { certificates: { fingerprint: string }[] },
    ];
    const fingerprint = list.certificates[0]?.fingerprint ?? '';
    await documented('certificate show', ['certificate', 'show', fingerprint, ...here]);
    await documented('certificate export', ['certificate', 'export', fingerprint, ...here]);
    await documented('certificate prefer', ['certificate', 'prefer', fingerprint, ...here]);
    const codes = ['--pin-stdin', '--yes', ...here];
    await documented('certificate remove', ['certificate', 'remove', fingerprint, ...codes], '123456\n');
    const restore = ['certificate', 'restore', fingerprint, '--pin-stdin', ...here];
    await documented('certificate restore', restore, '123456\n');
  });

  it('of a failure is as documented, and names the help of the command', async () => {
    writeFileSync(join(home.folder, 'empty.json'), '{}');
    for (const args of [
      ['nonsense'],
      ['status', '--instance', 'absent'],
      ['rp', 'add', join(home.folder, 'empty.json'), ...here],
      ['rp', 'remove', 'urn:kort:sandbox:issuer', ...here],
      ['sandbox', 'insert', 'nobody'],
      ['pin', 'verify', ...here],
      ['ui', ...here],
      ['certificate', 'show', 'ffff', ...here],
    ]) {
      const { code, stdout, stderr } = await kort(args);
      expect(code, args.join(' ')).not.toBe(0);
      expect(stderr).toBe('');
      const failure: unknown = JSON.parse(stdout);
      expect(failureDocument.parse(failure)).toEqual(failure);
    }
    const { stdout } = await kort(['rp', 'remove', 'urn:kort:sandbox:issuer', ...here]);
    expect(stdout).toContain('kort help rp remove');
  });
});
