import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterAll, expect, it } from 'vitest';
import type { MiddlewareError } from '../../src/core/errors.js';
import { ModuleProcess } from '../../src/pkcs11/module-process.js';
import { slotList } from '../../src/pkcs11/protocol-codec.js';
import { hostProgramFromSource } from '../support/module-host.js';

const host = hostProgramFromSource();
afterAll(() => host.remove());

it('the host program closes every socket that came along from its parent, but its pipe', async () => {
  const { file, nodeArguments } = host.program;
  const child = spawn(process.execPath, [...nodeArguments, file, String(process.pid)], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [, , , , ...unasked] = child.stdio as unknown as Duplex[];
  await Promise.all(unasked.map((socket) => once(socket.resume(), 'end')));
  expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
});

/** A process of our own in the place of the host program, which says what a hostile module could make it say. */
const hostile = (script: string): Promise<MiddlewareError> =>
  new Promise((resolve) => {
    const spoken = `const pipe = new (require('node:net').Socket)({ fd: 3 });
      const frame = (id, kind, ...bytes) => { const b = Buffer.from([0,0,0,0, 0,0,0,id, kind, ...bytes]); b.writeUInt32BE(b.length - 4); return b; };
      ${script}; setInterval(() => {}, 1000);`;
    const subject = new ModuleProcess({
      module: 'TEST hostile',
      program: { file: '--', nodeArguments: ['-e', spoken] },
      environment: {},
      onEnd: resolve,
    });
    const poll = { kind: 'poll', write: () => undefined, answer: slotList } as const;
    const call = (): Promise<unknown> => subject.call({ ...poll, deadlineMs: 5000 });
    call()
      .then(call)
      .catch((error: unknown) => subject.end(error as MiddlewareError));
  });

it.each([
  ['answers before it was asked', 'pipe.write(frame(2, 0, 0,0,0,0))', 'nobody asked'],
  [
    'answers twice',
    "pipe.on('data', () => pipe.write(Buffer.concat([frame(1, 0, 0,0,0,0), frame(1, 0, 0,0,0,0)])))",
    'nobody asked',
  ],
  [
    'answers the next request before it is made',
    "pipe.once('data', () => pipe.write(Buffer.concat([frame(1, 0, 0,0,0,0), frame(2, 0, 0,0,0,0)])))",
    'nobody asked',
  ],
  ['answers in another way', "pipe.on('data', () => pipe.write(frame(1, 7, 0,0,0,0)))", 'unknown kind'],
  [
    'claims more slots than there can be',
    "pipe.on('data', () => pipe.write(frame(1, 0, 255,255,255,255)))",
    'too many',
  ],
  ['claims a text without end', "pipe.on('data', () => pipe.write(frame(1, 0, 0,0,0,1, 255,255,255,255)))", 'too long'],
  ['adds bytes to its answer', "pipe.on('data', () => pipe.write(frame(1, 0, 0,0,0,0, 1)))", 'trailing'],
  ['claims a frame without end', "pipe.on('data', () => pipe.write(Buffer.from([255,255,255,255])))", 'length'],
  [
    'floods its pipe',
    "pipe.on('data', () => { for (;;) require('node:fs').writeSync(3, frame(9, 0)); })",
    'nobody asked',
  ],
])('ModuleProcess ends a process that %s', async (_what, script, why) => {
  const reason = await hostile(script);
  expect(reason).toMatchObject({ code: 'ERR_MODULE_RESPONSE', fields: { module: 'TEST hostile' } });
  expect(reason.message).toContain(why);
});

it('ModuleProcess cleans what the process says of an error', async () => {
  const said = "[...Buffer.from('\\u001b[31mCKR_X\\u009b2J\\u202e')]";
  const script = `const text = ${said}; pipe.on('data', () => pipe.write(frame(1, 1, 0,0,0,5, 0,0,0,text.length, ...text)))`;
  const reason = await hostile(script);
  expect(reason).toMatchObject({ code: 'ERR_MODULE_FAILURE', message: 'Module answers: [31mCKR_X2J' });
});

it.each([
  ['an argument that no system takes', { file: 'x', nodeArguments: ['\0'] }, 'ERR_MODULE_UNAVAILABLE'],
  ['a program that is not there', { file: '/nowhere/host.js', nodeArguments: [] }, 'ERR_MODULE_CRASHED'],
])('ModuleProcess with %s ends instead of throwing', async (_what, program, code) => {
  const reason = await new Promise<MiddlewareError>((resolve) => {
    const subject = new ModuleProcess({ module: 'TEST', program, environment: {}, onEnd: resolve });
    void subject
      .call({ kind: 'poll', deadlineMs: 5000, write: () => undefined, answer: slotList })
      .catch(() => undefined);
  });
  expect(reason).toMatchObject({ code });
});
