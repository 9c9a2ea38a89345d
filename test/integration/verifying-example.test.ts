import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caCertificatesOf } from '../../src/sandbox/ca/sandbox-ca.js';
import { answerRequest } from '../support/answered-request.js';
import { createRevocationStage, type RevocationStage } from '../support/revocation-stage.js';

const root = resolve(import.meta.dirname, '../..');
let stage: RevocationStage;
beforeAll(async () => {
  stage = await createRevocationStage();
});
afterAll(async () => await stage.close());

/** The example as it stands in the docs, but for where the library is. */
function example(): string {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/verifying.md'), 'utf8')) ?? [];
  expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(24);
  return code.replaceAll("'kort/verify'", `'${pathToFileURL(join(root, 'src/verify/verify.ts')).href}'`);
}

/** Begins a login and finishes it with each line of standard input; prints what came of it. */
const driver = `
import { createInterface } from 'node:readline';
const { begin, finish } = await import('./example.mjs');
const session = {};
console.log((await begin(session)).request);
for await (const line of createInterface({ input: process.stdin })) {
  console.log(await finish(session, line).then(({ subject, revocation }) => subject + ' ' + revocation.status, ({ code, name }) => code ?? name));
}
`;

describe('the example of docs/verifying.md', () => {
  it('signs a person in once, and refuses a revoked card', async () => {
    const { folder, base, ca, tolvan, revocation } = stage;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(join(folder, 'request-key.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const certificates = caCertificatesOf(ca).map((der) => Buffer.from(der).toString('base64'));
    const origins = ['https://login.clinic.example'];
    const config = { clientId: 'urn:example:clinic', origins, certificates, hosts: [new URL(base).host] };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'example.mjs'), example());
    writeFileSync(join(folder, 'driver.mjs'), driver);
    const loader = pathToFileURL(join(root, 'test/support/typescript-loader.mjs')).href;
    const run = async (answers: (request: string) => readonly string[]): Promise<readonly string[]> => {
      const child = spawn(process.execPath, ['--import', loader, 'driver.mjs'], {
        cwd: folder,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      const said: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        if (said.push(line) === 1) child.stdin.end(answers(line).join('\n'));
      }
      await ended;
      return said.slice(1);
    };
    const good = (request: string): string => answerRequest(request, tolvan, 'ES256');
    const evil = { claims: { origin: 'https://evil.example' } };
    expect(await run((request) => [good(request), good(request)])).toEqual(['TSTNMT2321000156-1024 good', 'TypeError']);
    expect(await run((request) => [answerRequest(request, tolvan, 'ES256', evil)])).toEqual(['ERR_VERIFY_ORIGIN']);
    revocation.revoke('tolvan', 'superseded');
    expect(await run((request) => [good(request)])).toEqual(['ERR_VERIFY_REVOKED']);
  });
});
