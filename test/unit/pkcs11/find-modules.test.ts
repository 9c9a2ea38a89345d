import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MiddlewareError } from '../../../src/core/errors.js';
import { findModules } from '../../../src/pkcs11/find-modules.js';
import { readP11KitModule } from '../../../src/pkcs11/places-linux.js';

let root: string;
let problems: MiddlewareError[];
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'kort-modules-')));
  mkdirSync(join(root, 'system'), { mode: 0o755 });
  mkdirSync(join(root, 'user'), { mode: 0o755 });
  problems = [];
});
afterEach(() => rmSync(root, { recursive: true }));

const file = (name: string, text = '', mode = 0o644): string => {
  const path = join(root, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};
const find = (places: readonly string[] = []) =>
  findModules({
    folders: [join(root, 'system'), join(root, 'user')],
    places: places.map((path) => ({ name: 'usual', path })),
    onProblem: (problem) => problems.push(problem),
  });
const reasons = () => problems.map(({ fields }) => fields['reason']);

it('findModules() takes what the configuration says, and the usual places besides', () => {
  const [a, b] = [file('a.so'), file('b.so')];
  const pin = { characters: 'digits', minLength: 6 };
  file('user/a.json', JSON.stringify({ path: a, name: 'TEST A', pin, environment: { TEST_CONF: 'x' } }));
  expect(find([a, b, join(root, 'absent.so')])).toEqual([
    expect.objectContaining({ name: 'TEST A', path: a, origin: 'configured', pinFormat: pin }),
    expect.objectContaining({ name: 'usual', path: b, origin: 'usual-place' }),
  ]);
  expect(problems).toEqual([]);
});

it('findModules() lets the administrator switch a module off for good', () => {
  const a = file('a.so');
  file('system/a.json', JSON.stringify({ path: a, enabled: false }));
  file('user/a.json', JSON.stringify({ path: a }));
  expect(find([a])).toEqual([]);
});

it('findModules() refuses files and folders that others can write, and configuration likewise', () => {
  const [open, fine] = [file('open.so', '', 0o666), file('fine.so')];
  mkdirSync(join(root, 'loose'));
  const below = file('loose/x.so');
  chmodSync(join(root, 'loose'), 0o777);
  file('user/c.json', JSON.stringify({ path: fine }), 0o666);
  expect(find([open, below])).toEqual([]);
  expect(reasons()).toEqual(['fileUntrusted', 'fileUntrusted', 'fileUntrusted']);
});

it('findModules() follows links only where others could not have laid them', () => {
  const fine = file('fine.so');
  const open = file('open.so', '', 0o666);
  for (const name of ['loose', 'sticky', 'closed']) mkdirSync(join(root, name));
  for (const name of ['loose', 'sticky', 'closed']) symlinkSync(fine, join(root, name, 'linked.so'));
  symlinkSync(open, join(root, 'closed', 'open.so'));
  symlinkSync(join('..', 'loose', 'linked.so'), join(root, 'closed', 'twice.so'));
  symlinkSync('round.so', join(root, 'closed', 'round.so'));
  chmodSync(join(root, 'loose'), 0o777);
  chmodSync(join(root, 'sticky'), 0o1777);
  const found = (name: string) => find([join(root, name)]).map(({ path }) => path);
  expect(found('closed/linked.so')).toEqual([fine]);
  expect(found('sticky/linked.so')).toEqual([fine]);
  expect([found('loose/linked.so'), found('closed/twice.so'), found('closed/open.so')]).toEqual([[], [], []]);
  expect(reasons()).toEqual(['fileUntrusted', 'fileUntrusted', 'fileUntrusted']);
  file('user/a.json', JSON.stringify({ path: join(root, 'closed/round.so') }));
  expect(find()).toEqual([]);
  expect(reasons().at(-1)).toBe('fileMissing');
});

it('findModules() refuses configuration in a folder that others can write, and what is no file', () => {
  file('user/a.json', JSON.stringify({ path: file('a.so') }));
  mkdirSync(join(root, 'system', 'b.json'));
  chmodSync(join(root, 'user'), 0o775);
  expect(find()).toEqual([]);
  expect(reasons()).toEqual(['fileIsFolder', 'fileUntrusted']);
});

it('findModules() loads neither p11-kit nor ourselves, under whatever name', () => {
  const proxy = file('libp11-kit.so.0');
  symlinkSync(proxy, join(root, 'vendor.so'));
  expect(find([join(root, 'vendor.so'), file('kort-pkcs11.so')])).toEqual([]);
  expect(reasons()).toEqual(['moduleLoop', 'moduleLoop']);
});

it.each([
  ['not JSON', '{', 'fileNotJson'],
  ['a relative path', '{"path":"a.so"}', 'fieldForm'],
  ['an unknown setting', '{"path":"/a.so","quirk":1}', 'fieldUnknown'],
  ['a variable for the loader', '{"path":"/a.so","environment":{"LD_PRELOAD":"/x"}}', 'fieldForm'],
  ['options for Node', '{"path":"/a.so","environment":{"NODE_OPTIONS":"-r x"}}', 'fieldForm'],
  ['a path that climbs', '{"path":"/usr/lib/../../tmp/a.so"}', 'fieldForm'],
  ['a path with a zero byte', '{"path":"/usr/lib/a.so\\u0000.so"}', 'fieldForm'],
  ['a variable with a zero byte', '{"path":"/a.so","environment":{"TEST":"\\u0000"}}', 'fieldForm'],
  ['a list', '[]', 'entryForm'],
  ['no end', `{"path":"/a.so","name":"${' '.repeat(70_000)}"}`, 'fileTooLong'],
  ['a module that is not there', '{"path":"/nowhere/a.so"}', 'fileMissing'],
])('findModules() reports a configuration with %s', (_what, text, reason) => {
  file('user/a.json', text);
  expect(find()).toEqual([]);
  expect(reasons()).toEqual([reason]);
});

it('readP11KitModule() leaves out what is not for us', () => {
  expect(readP11KitModule('# x\nmodule: /usr/lib/a.so\n', 'a')).toEqual([{ name: 'a', path: '/usr/lib/a.so' }]);
  expect(readP11KitModule('module: a.so\n', 'a').map(({ path }) => path)).toContain('/usr/lib64/pkcs11/a.so');
  for (const line of ['remote: |x', 'trust-policy: yes', 'enable-in: firefox', 'disable-in: kortd']) {
    expect(readP11KitModule(`module: /a.so\n${line}\n`, 'a'), line).toEqual([]);
  }
});
