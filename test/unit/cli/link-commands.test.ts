import { describe, expect, it } from 'vitest';
import { splitGlobals } from '../../../src/cli/globals.js';
import { MiddlewareError } from '../../../src/core/errors.js';
import type { LinkHandler, LinkRegistration } from '../../../src/model/link-handler.js';
import { runScripted, type CliResult } from '../../support/scripted-cli.js';

const command = '/usr/bin/node /opt/kort/kort.js open -- %u';

function scriptedRegistration(handler?: LinkHandler): LinkRegistration & { readonly calls: readonly string[] } {
  const calls: string[] = [];
  const note = (what: string) => (): Promise<void> => {
    calls.push(what);
    return Promise.resolve();
  };
  return {
    calls,
    command,
    register: note('register'),
    unregister: note('unregister'),
    status: () => Promise.resolve(handler),
  };
}

async function link(
  argv: readonly string[],
  handler?: LinkHandler,
): Promise<CliResult & { readonly calls: readonly string[]; readonly instances: readonly (string | undefined)[] }> {
  const registration = scriptedRegistration(handler);
  const instances: (string | undefined)[] = [];
  const result = await runScripted(argv, {
    linkRegistration: (instance) => {
      instances.push(instance);
      return Promise.resolve(registration);
    },
  });
  return { ...result, calls: registration.calls, instances };
}

describe('kort link', () => {
  it('registers, and says what will be run', async () => {
    expect(await link(['link', 'register'])).toMatchObject({
      code: 0,
      out: `Links that begin with kort: are now opened by ${command}\n`,
      calls: ['register'],
      instances: [undefined],
    });
  });

  it('registers the instance that is named', async () => {
    const { out, instances } = await link(['--instance', 'trial', '--json', 'link', 'register']);
    expect([JSON.parse(out), instances]).toEqual([{ registered: true, command }, ['trial']]);
  });

  it('gives the links back', async () => {
    expect(await link(['link', 'unregister'])).toMatchObject({ code: 0, calls: ['unregister'] });
  });

  it('status tells this program from another and from none by text and exit status', async () => {
    const ours = await link(['link', 'status'], { name: 'kort-open.desktop', command, ours: true });
    expect([ours.code, ours.out]).toEqual([0, `Links that begin with kort: are opened by this program: ${command}\n`]);

    const other = await link(['link', 'status'], { name: 'fake.desktop', command: '/bin/fake\u001b[2J', ours: false });
    expect(other.code).toBe(5);
    expect(other.out).toContain('WARNING');
    expect(other.out).toContain('It runs: /bin/fake[2J\n');
    expect(other.out).not.toContain('\u001b');

    const nobody = await link(['--instance', 'trial', 'link', 'status']);
    expect(nobody.code).toBe(2);
    expect(nobody.out).toContain('"kort --instance trial link register"');
  });

  it('status answers with JSON, null for nobody', async () => {
    const handler = { name: 'fake.desktop', command: undefined, ours: false };
    const other = await link(['--json', 'link', 'status'], handler);
    expect([other.code, JSON.parse(other.out)]).toEqual([5, { handler: { name: 'fake.desktop', ours: false } }]);
    const nobody = await link(['--json', 'link', 'status']);
    expect(JSON.parse(nobody.out)).toEqual({ handler: null });
  });

  it('says what is missing when it cannot register', async () => {
    const linkRegistration = (): Promise<LinkRegistration> =>
      Promise.resolve({
        ...scriptedRegistration(),
        register: () =>
          Promise.reject(new MiddlewareError('ERR_LINK_REGISTRATION', 'planted', { fields: { detail: 'xdg-mime' } })),
      });
    const { code, error } = await runScripted(['link', 'register'], { linkRegistration });
    expect(code).toBe(1);
    expect(error).toContain('xdg-mime');
    expect(error).toContain('xdg-utils');
  });
});

describe('splitGlobals()', () => {
  it('takes nothing after -- for an option', () => {
    expect(splitGlobals(['--lang', 'sv', 'open', '--', '--json', '--instance=evil', '--lang=en'])).toEqual({
      options: { lang: 'sv', instance: undefined, json: false, color: true },
      rest: ['open', '--', '--json', '--instance=evil', '--lang=en'],
    });
  });
});
