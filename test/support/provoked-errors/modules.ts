import type { MiddlewareError } from '../../../src/core/errors.js';
import { ModuleProcess } from '../../../src/pkcs11/module-process.js';
import { slotList } from '../../../src/pkcs11/protocol-codec.js';
import type { Provocation, Provocations } from './provocation.js';

/** Bytes of one frame of the host's protocol. */
const frame = `const pipe = new (require('node:net').Socket)({ fd: 3 });
  const frame = (id, kind, ...bytes) => { const b = Buffer.from([0,0,0,0, 0,0,0,id, kind, ...bytes]); b.writeUInt32BE(b.length - 4); return b; };`;

/** Asks a process in the place of the one that has the module loaded, and which does this. */
const moduleThat =
  (script: string, { deadlineMs = 5000, environment = {} } = {}): Provocation =>
  () =>
    new Promise((_resolve, reject) => {
      const subject = new ModuleProcess({
        module: 'TEST module',
        program: { file: '--', nodeArguments: ['-e', `${frame} ${script}; setInterval(() => {}, 1000);`] },
        environment,
        onEnd: reject,
      });
      const poll = { kind: 'poll', write: () => undefined, answer: slotList, deadlineMs } as const;
      subject.call(poll).catch((error: unknown) => {
        if (!subject.hasEnded) subject.end(error as MiddlewareError);
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });

export const moduleProvocations: Provocations<'MODULE'> = {
  // No process of the system takes such an environment.
  ERR_MODULE_UNAVAILABLE: moduleThat('', { environment: { TEST: '\0' } }),
  ERR_MODULE_CRASHED: moduleThat("pipe.once('data', () => process.abort())"),
  ERR_MODULE_TIMEOUT: moduleThat('', { deadlineMs: 50 }),
  ERR_MODULE_RESPONSE: moduleThat("pipe.on('data', () => pipe.write(frame(1, 0, 0,0,0,0, 1)))"),
  ERR_MODULE_FAILURE: moduleThat("pipe.on('data', () => pipe.write(frame(1, 1, 0,0,0,5, 0,0,0,0)))"),
};
