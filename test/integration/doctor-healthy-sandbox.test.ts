import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { doctorCheckNames } from '../../src/model/doctor.js';
import { PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { runDoctor, runKort } from '../support/run-doctor.js';

const instance = 'doctor-healthy';

describe('kort doctor at a healthy sandbox', () => {
  const home = new PrivateHome();
  let daemon: RunningDaemon;

  beforeAll(async () => {
    daemon = await startDaemon(home, instance, ['--sandbox', '--port', '0']);
    const { client } = daemon;
    await client.request('sandbox.insert', { card: 'tolvan' });
    await vi.waitFor(
      async () => {
        const { readers } = await client.request('status.get', {});
        const states = readers.flatMap(({ token }) => token?.certificates.map(({ revocation }) => revocation?.status));
        if (!states.includes('good')) throw new Error('The card is not looked at yet');
      },
      { timeout: 30_000 },
    );
  });
  afterAll(async () => {
    await daemon.stop();
    home.remove();
  });

  it('reports nothing but facts, carries out every check and ends with 0', async () => {
    const { code, report, findings } = await runDoctor({ home, instance });
    expect(findings.filter(({ severity }) => severity !== 'fact')).toEqual([]);
    expect(report.checks.map(({ check }) => check)).toEqual([...doctorCheckNames]);
    expect(report.checks.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(code).toBe(0);
  });

  it.each(['sv', 'en'])('says so in sentences (%s), each check in its order', async (language) => {
    const { code, out, error } = await runKort(
      ['doctor', '--instance', instance, '--lang', language],
      home.env,
      home.folder,
    );
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const heads = out.split('\n').filter((line) => /^[✓!✗-] /.test(line));
    expect(heads).toHaveLength(doctorCheckNames.length);
    expect(heads[0]).toMatch(/^✓ Version(er|s):/);
    expect(out).toMatch(language === 'sv' ? /Inga fel hittades\.\n$/ : /No faults were found\.\n$/);
    expect(out).not.toMatch(/[{}]|undefined/);
  });

  it('refuses a check that there is none of', async () => {
    const { code, error } = await runKort(['doctor', '--check', 'nothing'], home.env, home.folder);
    expect(code).toBe(2);
    expect(error).toContain('--check');
  });
});
