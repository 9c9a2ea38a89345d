import { afterAll } from 'vitest';
import { hostProgramFromSource } from '../support/module-host.js';
import { createPkcs11Bench } from '../support/pkcs11-bench.js';
import { selfSigned } from '../support/self-signed-certificate.js';
import { createSoftHsm } from '../support/softhsm.js';
import { describeToken } from './token.contract.js';

const pin = '123456';
const host = hostProgramFromSource();
const template = createSoftHsm();
template.initToken('TEST card', pin);
template.store('TEST card', pin, '01', selfSigned('TEST RSA'));
template.store('TEST card', pin, '02', selfSigned('TEST EC', 'p256'));
template.store('TEST card', pin, '03', selfSigned('TEST EC 384', 'p384'));
afterAll(() => {
  template.remove();
  host.remove();
});

describeToken(
  'SoftHSM behind a module process',
  async () => {
    const hsm = template.copy();
    const { source, token } = createPkcs11Bench([hsm.module], { program: host.program });
    return {
      token: await token(),
      pin: () => pin,
      attempts: () => 0,
      foreignWrongTry: () => Promise.reject(new Error('SoftHSM does not count')),
      foreignVerify: () => Promise.reject(new Error('SoftHSM keeps logins apart')),
      pull: () => void source.close(),
      async close() {
        await source.close();
        hsm.remove();
      },
    };
  },
  { countsTries: false },
);
