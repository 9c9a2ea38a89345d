import { afterAll, expect, it } from 'vitest';
import { buildFaultModule } from '../support/fault-module.js';
import { hostProgramFromSource } from '../support/module-host.js';
import { runWithOwnProc } from '../support/own-proc.js';
import { createPkcs11Bench } from '../support/pkcs11-bench.js';

const host = hostProgramFromSource();
const fault = buildFaultModule();
afterAll(() => {
  fault.remove();
  host.remove();
});

it('the process of a module leaves no core file with a PIN in it', async () => {
  const bench = createPkcs11Bench([fault.module], { program: host.program });
  try {
    await bench.token();
    const limits = runWithOwnProc('cat', [`/proc/${bench.source.modules[0]?.pid}/limits`]).toString();
    expect(limits).toMatch(/^Max core file size +1 +1 +bytes/m);
  } finally {
    await bench.source.close();
  }
});
