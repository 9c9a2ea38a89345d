import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { otherProgramsCheck, type OtherProgramsPorts } from '../../src/doctor/checks/other-programs.js';
import { modulesCheck } from '../../src/doctor/checks/modules.js';
import type { DoctorDaemon } from '../../src/doctor/doctor-check.js';
import { MiddlewareError } from '../../src/core/errors.js';
import { tryModule } from '../../src/pkcs11/try-module.js';
import { libraryMachine, ownMachine } from '../../src/platform/library-machine.js';
import { PrivateHome } from '../support/daemon.js';
import { buildFaultModule, type FaultModule } from '../support/fault-module.js';
import { examineMachine, faultsFound, findingsOf, pathsIn } from '../support/machine-doctor.js';
import { hostProgramFromSource } from '../support/module-host.js';
import { createSoftHsm, type SoftHsm } from '../support/softhsm.js';

const instance = 'doctor-modules';
let host: ReturnType<typeof hostProgramFromSource>;
let fault: FaultModule;
let softHsm: SoftHsm;
let home: PrivateHome;

beforeAll(() => {
  host = hostProgramFromSource();
  fault = buildFaultModule();
  softHsm = createSoftHsm();
});
afterAll(() => {
  host.remove();
  fault.remove();
  softHsm.remove();
});
beforeEach(() => {
  home = new PrivateHome();
});
afterEach(() => home.remove());

function configure(path: string, more: Readonly<Record<string, unknown>> = {}): string {
  const file = join(pathsIn(home, instance).config, 'modules.d', 'test.json');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify({ path, name: 'TEST module', ...more }), { mode: 0o600 });
  return file;
}

/** Of modules in this test's folders: what this machine has in the usual places is its own affair. */
async function modules() {
  const found = await faultsFound({ home, instance, only: ['modules'], places: { moduleHost: host.program } });
  return found.filter(({ fields }) => !String(fields['path']).startsWith('/usr/'));
}

describe('the check of modules', () => {
  it('says that SoftHSM can be used', async () => {
    configure(softHsm.module.path, { environment: softHsm.env });
    const report = await examineMachine({ home, instance, only: ['modules'], places: { moduleHost: host.program } });
    expect(findingsOf(report)).toContainEqual({
      code: 'modules.here',
      severity: 'fact',
      fields: { module: 'TEST module', path: realpathSync(softHsm.module.path) },
    });
  });

  it('names a module that is not there', async () => {
    const path = join(home.folder, 'gone.so');
    configure(path);
    expect(await modules()).toEqual([{ code: 'modules.missing', severity: 'fault', fields: { path } }]);
  });

  it('names a module that everybody can change', async () => {
    const path = join(home.folder, 'open.so');
    copyFileSync(fault.module.path, path);
    chmodSync(path, 0o777);
    configure(path);
    expect(await modules()).toEqual([{ code: 'modules.untrusted', severity: 'fault', fields: { path } }]);
  });

  it('names a module of another processor', async () => {
    const path = join(home.folder, 'arm.so');
    const bytes = readFileSync(fault.module.path);
    const needed = await ownMachine();
    bytes.writeUInt16LE(needed === 'ARM64' ? 62 : 183, 18);
    writeFileSync(path, bytes, { mode: 0o600 });
    configure(path);
    const found = needed === 'ARM64' ? 'x86-64' : 'ARM64';
    expect(await modules()).toMatchObject([{ code: 'modules.architecture', fields: { path, found, needed } }]);
  });

  it('names a file that is no library', async () => {
    const path = join(home.folder, 'text.so');
    writeFileSync(path, 'TEST, and no library', { mode: 0o600 });
    configure(path);
    expect(await modules()).toMatchObject([{ code: 'modules.no-library', fields: { path } }]);
  });

  it('names a library that is no module', async () => {
    const path = join(home.folder, 'empty.so');
    // Of the right kind, and cut off.
    writeFileSync(path, readFileSync(fault.module.path).subarray(0, 100), { mode: 0o600 });
    configure(path);
    expect(await modules()).toMatchObject([{ code: 'modules.unusable', fields: { path } }]);
  });

  it('names a module that crashes', async () => {
    configure(fault.module.path, { environment: fault.module.environment });
    fault.rules('C_Initialize crash');
    expect(await modules()).toMatchObject([{ code: 'modules.crash', fields: { path: fault.module.path } }]);
  });

  it('names a module that hangs', async () => {
    fault.rules('C_Initialize hang');
    const check = modulesCheck({
      daemon: nobody,
      find: () => ({ modules: [fault.module], problems: [] }),
      hasLoader: () => true,
      machineOf: libraryMachine,
      ownMachine,
      boundMs: 1000,
      load: async (module, signal) => await tryModule(module, { program: host.program, deadlineMs: 1000, signal }),
    });
    expect(await check.run(new AbortController().signal)).toMatchObject([
      { code: 'modules.silent', fields: { module: 'TEST fault', seconds: 1 } },
    ]);
  });

  it('names a setting that is wrong', async () => {
    const path = configure(fault.module.path, { pinn: {} });
    expect(await modules()).toMatchObject([
      { code: 'modules.setting', fields: { path, reason: 'fieldUnknown', field: 'pinn' } },
    ]);
  });

  it('says that modules cannot be loaded without their loader, where somebody wants one', async () => {
    const ports = { daemon: nobody, hasLoader: () => false, machineOf: libraryMachine, ownMachine, boundMs: 1000 };
    const load = (): never => expect.unreachable();
    const wanted = modulesCheck({ ...ports, load, find: () => ({ modules: [fault.module], problems: [] }) });
    expect(await wanted.run(new AbortController().signal)).toMatchObject([{ code: 'modules.loader-missing' }]);
    const unwanted = modulesCheck({ ...ports, load, find: () => ({ modules: [], problems: [] }) });
    expect(await unwanted.run(new AbortController().signal)).toMatchObject([{ code: 'modules.none' }]);
  });
});

describe('the check of other programs', () => {
  it('names modules that browsers and p11-kit shall load and that are gone', async () => {
    const path = join(home.folder, 'libTEST.so');
    write(join(home.folder, '.mozilla/firefox/a.default/pkcs11.txt'), nssModules(path));
    write(join(home.folder, '.pki/nssdb/pkcs11.txt'), nssModules(fault.module.path));
    const root = join(home.folder, 'root');
    write(join(root, 'etc/pkcs11/modules/test.module'), `module: /opt/test/libTEST.so\n`);
    const report = await examineMachine({ home, instance, only: ['other-programs'], places: { root, proc: root } });
    expect(findingsOf(report)).toEqual(
      expect.arrayContaining([
        {
          code: 'other-programs.browser-missing',
          severity: 'warning',
          fields: { browser: 'Firefox', module: 'TEST cards', path },
        },
        {
          code: 'other-programs.browser',
          severity: 'fact',
          fields: { browser: 'Chrome', module: 'TEST cards', path: fault.module.path },
        },
        {
          code: 'other-programs.p11-kit-missing',
          severity: 'warning',
          fields: { module: 'test', path: join(root, 'opt/test/libTEST.so') },
        },
      ]),
    );
  });

  it('names card programs that run', async () => {
    const proc = mkdtempSync(join(tmpdir(), 'kort-proc-'));
    const uid = process.getuid?.() ?? 0;
    write(join(proc, '4711/status'), processStatus('scdaemon', uid));
    write(join(proc, '4712/status'), processStatus('SACSrv', 0));
    write(join(proc, '4713/status'), processStatus('bash', uid));
    const report = await examineMachine({ home, instance, only: ['other-programs'], places: { proc, root: proc } });
    expect(findingsOf(report).filter(({ fields }) => fields['pid'] !== undefined)).toEqual([
      { code: 'other-programs.gpg', severity: 'warning', fields: { pid: 4711 } },
      {
        code: 'other-programs.running',
        severity: 'fact',
        fields: { name: 'SafeNet Authentication Client', pid: 4712 },
      },
    ]);
    rmSync(proc, { recursive: true });
  });

  it.each([
    ['scdaemon', 'other-programs.gpg-exclusive'],
    ['firefox', 'other-programs.exclusive'],
  ])('tells what to do about a card that %s has for itself', async (name, code) => {
    const reader = { name: 'TEST reader', card: 'present', sharing: 'exclusive' } as const;
    const check = otherProgramsCheck({
      ...quietPorts,
      look: () => Promise.resolve({ socket: 'answers', service: { state: 'available', readers: [reader] } }),
      cardPrograms: () => Promise.resolve([{ connection: 1, name, pid: 7 }]),
    });
    expect(await check.run(new AbortController().signal)).toMatchObject([
      { code, fields: { reader: 'TEST reader' } },
      { code: 'other-programs.using', fields: { programs: `${name} (7)` } },
    ]);
  });
});

describe('the check of readers', () => {
  const plug = (sys: string, port: string, [id, name]: readonly [string, string], driver?: string): void => {
    const devices = join(sys, 'bus/usb/devices');
    const [vendor = '', product = ''] = id.split(':');
    write(join(devices, port, 'idVendor'), `${vendor}\n`);
    write(join(devices, port, 'idProduct'), `${product}\n`);
    write(join(devices, port, 'product'), `${name}\n`);
    write(join(devices, `${port}:1.0`, 'bInterfaceClass'), '0b\n');
    if (driver !== undefined) symlinkSync(`../../drivers/${driver}`, join(devices, `${port}:1.0`, 'driver'));
  };

  it('names readers that are plugged in and that the PC/SC service does not have', async () => {
    const sys = join(home.folder, 'sys');
    plug(sys, '1-1', ['08e6:3437', 'TEST Reader One']);
    plug(sys, '1-2', ['076b:3031', 'TEST Reader Two'], 'usbip-host');
    plug(sys, '1-3', ['04e6:5116', 'TEST Reader Three'], 'usbfs');
    write(join(sys, 'bus/usb/devices/1-4:1.0/bInterfaceClass'), '03\n');
    const env = { PCSCLITE_CSOCK_NAME: join(home.folder, 'none') };
    const found = await faultsFound({ home, instance, only: ['readers'], env, places: { sys } });
    expect(found).toEqual([
      { code: 'readers.unclaimed', severity: 'fault', fields: { device: 'TEST Reader One', id: '08e6:3437' } },
      {
        code: 'readers.claimed',
        severity: 'fault',
        fields: { device: 'TEST Reader Two', id: '076b:3031', driver: 'usbip-host' },
      },
      { code: 'readers.held', severity: 'fault', fields: { device: 'TEST Reader Three', id: '04e6:5116' } },
    ]);
  });
});

const nobody: DoctorDaemon = {
  ask: () => Promise.reject(new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'No daemon')),
};

const quietPorts: OtherProgramsPorts = {
  platform: 'linux',
  uid: 1,
  daemon: nobody,
  look: () => expect.unreachable(),
  cardPrograms: () => Promise.resolve([]),
  processes: () => Promise.resolve([]),
  installed: () => Promise.resolve([]),
  browserModules: () => Promise.resolve([]),
  p11KitModules: () => Promise.resolve([]),
};

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
}

/** As NSS writes them: its own module first. */
const nssModules = (path: string): string =>
  [
    'library=\nname=NSS Internal PKCS #11 Module\nparameters=configdir=sql:.',
    `library=${path}\nname=TEST cards\nNSS=trustOrder=100`,
  ].join('\n\n');

const processStatus = (name: string, uid: number): string =>
  `Name:\t${name}\nState:\tS (sleeping)\nPPid:\t1\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`;
