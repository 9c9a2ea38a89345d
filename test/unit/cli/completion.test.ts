import type { Command as Parser } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { askedValues } from '../../../src/cli/completion/asked-values.js';
import { bashCompletion } from '../../../src/cli/completion/bash.js';
import { completionsOf } from '../../../src/cli/completion/completions.js';
import { fishCompletion } from '../../../src/cli/completion/fish.js';
import { askedKinds, valueSources } from '../../../src/cli/completion/values.js';
import { zshCompletion } from '../../../src/cli/completion/zsh.js';
import { globalOptions, ownOptions } from '../../../src/cli/help-format.js';
import { everyCommand, pathOf } from '../../../src/cli/tree.js';
import { buildWholeTree } from '../../../src/cli/whole-tree.js';
import { runScripted, scriptedClient } from '../../support/scripted-cli.js';

let tree: Parser;
beforeAll(async () => {
  tree = await buildWholeTree('en');
});

describe('valueSources', () => {
  it('says of every option that takes a value, and of every argument, what may stand there', () => {
    const used = new Set<string>();
    const look = (...keys: readonly string[]): void => {
      const key = keys.find((candidate) => Object.hasOwn(valueSources, candidate));
      expect(key, keys[0]).toBeDefined();
      used.add(key ?? '');
    };
    for (const command of everyCommand(tree)) {
      const path = pathOf(command).join(' ');
      for (const { long = '', required, optional } of [...ownOptions(command), ...globalOptions(command)]) {
        if (required || optional) look(`${path} ${long}`, long);
      }
      for (const index of command.registeredArguments.keys()) look(`${path} ${index + 1}`);
    }
    expect(Object.keys(valueSources).filter((key) => !used.has(key))).toEqual([]);
  });
});

describe('kort completion', () => {
  it('writes the script of a shell in the language asked for', async () => {
    const { code, out } = await runScripted(['completion', 'fish', '--lang', 'sv']);
    expect(code).toBe(0);
    expect(out).toBe(fishCompletion(completionsOf(await buildWholeTree('sv'))));
    expect(out).toContain('byt en PIN-kod');
  });

  it('names every command and option in each script', () => {
    const completions = completionsOf(tree);
    for (const write of [bashCompletion, zshCompletion, fishCompletion]) {
      const script = write(completions);
      for (const { path, options } of completions) {
        expect(script).toContain(`'${path}'`);
        for (const { flags } of options) for (const flag of flags) expect(script).toContain(flag);
      }
      expect(script).not.toContain('undefined');
    }
  });

  it('refuses other shells', async () => {
    const { code, error } = await runScripted(['completion', 'csh']);
    expect(code).toBe(2);
    expect(error).toContain('choose from bash, zsh, fish');
  });

  it('tells values one a line, and nothing that would be two', async () => {
    const client = scriptedClient({
      'rp.list': { relyingParties: [{ clientId: 'urn:a' }, { clientId: 'urn:b\nurn:c' }, { clientId: 'urn:a' }] },
    });
    const result = await runScripted(['completion', 'values:client-id'], { connect: () => Promise.resolve(client) });
    expect(result).toEqual({ code: 0, out: 'urn:a\n', error: '' });
  });

  it.each(askedKinds)('is silent about values of the kind %s while no daemon answers', async (kind) => {
    expect(await runScripted(['completion', `values:${kind}`])).toEqual({ code: 0, out: '', error: '' });
  });

  it('asks the sandbox what is in the sandbox', async () => {
    const instances: string[] = [];
    const connect = (instance: string) => {
      instances.push(instance);
      return Promise.reject(new Error('absent'));
    };
    await runScripted(['completion', 'values:sandbox-card'], { connect });
    await runScripted(['completion', 'values:sandbox-card', '--instance', 'other'], { connect });
    await runScripted(['completion', 'values:card'], { connect });
    expect(instances).toEqual(['sandbox', 'other', 'default']);
  });
});

describe('askedValues()', () => {
  it('tells numbers of cards and names of readers, and never who holds a card', async () => {
    const certificate = { holder: 'Tolvan Tolvansson', organization: 'TEST Region', fingerprint: 'ab'.repeat(32) };
    const token = { serial: '9752', label: 'Tolvan 940', certificates: [certificate] };
    const client = scriptedClient({
      'status.get': { readers: [{ name: 'R1', token }, { name: 'R2' }] },
      'certificate.list': { certificates: [certificate] },
    });
    expect(await askedValues('card', client)).toEqual(['9752', 'R1']);
    expect(await askedValues('reader', client)).toEqual(['R1', 'R2']);
    expect(await askedValues('fingerprint', client)).toEqual(['abababababababab']);
  });
});
