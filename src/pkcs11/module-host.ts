/*
 * The program that a module's process runs: `node module-host.js PARENT-PID`, its requests on handle 3. It is the only
 * one to load pkcs11js and the module, and ends with whoever started it.
 */
import { closeSync, fstatSync, readdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { frameHeader, FrameDecoder, maxRequestBytes, type Frame } from './frames.js';
import type { LoadedModule } from './module-calls.js';
import { requestKinds, type RequestKind } from './protocol.js';
import {
  failedAnswer,
  loadRequest,
  moduleInfo,
  openWork,
  openWorkAnswer,
  slotId,
  slotList,
  tokenContents,
  useAnswer,
  useRequest,
} from './protocol-codec.js';
import { WireReader, WireWriter } from './wire.js';

const pipe = new Socket({ fd: 3, readable: true, writable: true });
let loaded: LoadedModule | undefined;

/** A thread of its own, because a module that hangs holds up this one. */
function endWithParent(parent: number): void {
  const source = `setInterval(() => { if (process.ppid !== ${parent}) process.kill(process.pid, 'SIGKILL'); }, 1000);`;
  new Worker(source, { eval: true, stdout: true, stderr: true });
}

/**
 * Closes what came along from the parent unasked, before foreign code runs: with a socket of a C library that is not
 * marked for closing, it could speak to the reader in the middle of a transaction. Node itself has neither sockets nor
 * files open here.
 */
function closeInherited(): void {
  if (process.platform !== 'linux') return;
  for (const handle of readdirSync('/proc/self/fd').map(Number)) {
    if (handle <= 3) continue;
    try {
      const found = fstatSync(handle);
      if (found.isSocket() || found.isFile()) closeSync(handle);
    } catch {
      // The one that the folder was read with.
    }
  }
}

async function answer(kind: RequestKind, request: WireReader): Promise<WireWriter> {
  const writer = new WireWriter();
  const calls = await import('./module-calls.js');
  if (kind === 'load') {
    const { module, info } = calls.loadModule(loadRequest.read(request));
    loaded = module;
    moduleInfo.write(writer, info);
    return writer;
  }
  if (loaded === undefined) throw new Error('nothing is loaded');
  switch (kind) {
    case 'poll':
      slotList.write(writer, calls.pollSlots(loaded));
      return writer;
    case 'read':
      tokenContents.write(writer, calls.readToken(loaded, slotId.read(request)));
      return writer;
    case 'use': {
      const [{ useToken }, { endLogin, keepLogin }] = await loadUses();
      endLogin();
      const use = useRequest.read(request);
      const codes = { pin: request.bytes(255), next: request.bytes(255) };
      try {
        const { answer: end, open } = useToken(loaded.pkcs11, use, codes);
        if (open !== undefined && use.work.kind === 'open') keepLogin(open, use.work.idleMs);
        useAnswer.write(writer, end);
      } finally {
        codes.pin.fill(0);
        codes.next.fill(0);
      }
      return writer;
    }
    case 'work': {
      const [, { workUnderLogin }] = await loadUses();
      openWorkAnswer.write(writer, workUnderLogin(openWork.read(request)));
      return writer;
    }
    case 'end': {
      const [, { endLogin }] = await loadUses();
      useAnswer.write(writer, { stage: 'done', returnValue: 0, flags: endLogin(), value: new Uint8Array() });
      return writer;
    }
  }
}

const loadUses = () => Promise.all([import('./module-use.js'), import('./open-login.js')]);

async function serve({ id, kind, payload }: Frame): Promise<void> {
  const name = requestKinds[kind];
  if (name === undefined) throw new RangeError('unknown request');
  try {
    send(id, 0, (await answer(name, new WireReader(payload))).finish());
  } catch (error) {
    const { returnValueOf } = await import('./module-calls.js').catch(() => ({ returnValueOf: () => 0 }));
    const writer = new WireWriter();
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    failedAnswer.write(writer, { returnValue: returnValueOf(error), message });
    send(id, 1, writer.finish());
  } finally {
    payload.fill(0);
  }
}

function send(id: number, kind: number, payload: Uint8Array): void {
  pipe.write(frameHeader(id, kind, payload.length));
  pipe.write(payload);
}

closeInherited();
endWithParent(Number(process.argv[2]));
const decoder = new FrameDecoder(maxRequestBytes);
let last = Promise.resolve();
const leave = (): void => void process.kill(process.pid, 'SIGKILL');
/** Where the parent is gone and the module is not at work, it may log out. */
const logOutAndLeave = (): void => {
  const hungUp = loaded === undefined ? Promise.resolve() : loadUses().then(([, { endLogin }]) => void endLogin());
  hungUp.then(leave, leave);
};
pipe.on('data', (chunk: Buffer) => {
  decoder.push(chunk, (frame) => {
    last = last.then(() => serve(frame)).catch(leave);
  });
  chunk.fill(0);
});
pipe.on('close', logOutAndLeave);
pipe.on('error', logOutAndLeave);
