import type { CardProgram } from '../../core/ports.js';
import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import type { InstalledProgram, ProcessFacts, RegisteredModule } from '../../model/machine.js';
import { reportOfDaemon } from '../ask-softly.js';
import type { DoctorCheck, DoctorDaemon } from '../doctor-check.js';
import type { PcscLook } from './pcsc.js';

/** What {@link otherProgramsCheck} looks at. */
export interface OtherProgramsPorts {
  readonly platform: string;
  /** Undefined where users have no numbers. */
  readonly uid: number | undefined;
  readonly daemon: DoctorDaemon;
  readonly look: () => Promise<PcscLook>;
  /** Those that are connected to the readers' service; undefined where the system does not tell. */
  readonly cardPrograms: (isSandbox: boolean) => Promise<readonly CardProgram[] | undefined>;
  readonly processes: () => Promise<readonly ProcessFacts[] | undefined>;
  readonly installed: () => Promise<readonly InstalledProgram[]>;
  readonly browserModules: () => Promise<readonly RegisteredModule[]>;
  readonly p11KitModules: () => Promise<readonly RegisteredModule[]>;
}

type Findings = readonly DoctorFinding<DoctorCode>[];

/** Names of processes that belong to card software of others; the kernel keeps 15 bytes. */
const middleware: readonly (readonly [name: string, process: RegExp])[] = [
  ['Net iD', /^(iid|netid|NetiD)/i],
  ['SafeNet Authentication Client', /^SAC(Srv|Monitor|Tools)/i],
  ['OpenSC', /^opensc-notify/],
];

/** Who else uses the cards, or may. */
export function otherProgramsCheck(ports: OtherProgramsPorts): DoctorCheck {
  return {
    name: 'other-programs',
    lane: 'cards',
    run: async () => {
      const report = await reportOfDaemon(ports.daemon);
      const isSandbox = report?.daemon.sandbox === true;
      const readers = report?.readers ?? (await ports.look()).service.readers;
      const [users, processes] = await Promise.all([ports.cardPrograms(isSandbox), ports.processes()]);
      const others = (users ?? []).filter(({ pid }) => pid !== report?.daemon.pid);
      const exclusive = readers.filter(({ sharing }) => sharing === 'exclusive').map(({ name }) => name);
      return [
        ...exclusive.map((reader) => exclusiveFinding(reader, others)),
        ...usingFindings(others),
        ...(users === undefined && ports.platform !== 'linux'
          ? [doctorFinding('other-programs.not-tried', { system: ports.platform })]
          : []),
        // Virtual readers are out of reach for whatever is installed, unless it is led to them.
        ...(isSandbox ? [] : await systemFindings(ports, processes ?? [], exclusive.length > 0)),
      ];
    },
  };
}

function namesOf(programs: readonly CardProgram[]): string | undefined {
  const names = [...new Set(programs.map(({ name, pid }) => (name === undefined ? '?' : `${name} (${pid ?? '?'})`)))];
  return names.length === 0 ? undefined : names.join(', ');
}

function exclusiveFinding(reader: string, users: readonly CardProgram[]): DoctorFinding<DoctorCode> {
  const isGpg = users.length > 0 && users.every(({ name }) => name === 'scdaemon');
  if (isGpg) return doctorFinding('other-programs.gpg-exclusive', { reader });
  return doctorFinding('other-programs.exclusive', { reader, programs: namesOf(users) });
}

function usingFindings(users: readonly CardProgram[]): Findings {
  const programs = namesOf(users);
  return programs === undefined ? [] : [doctorFinding('other-programs.using', { programs })];
}

async function systemFindings(
  { uid, installed, browserModules, p11KitModules }: OtherProgramsPorts,
  processes: readonly ProcessFacts[],
  isTaken: boolean,
): Promise<Findings> {
  const ours = processes.filter((process) => uid === undefined || process.uid === uid);
  const [programs, browsers, p11Kit] = await Promise.all([installed(), browserModules(), p11KitModules()]);
  return [
    ...(isTaken ? [] : ours.filter(({ name }) => name === 'scdaemon')).map(({ pid }) =>
      doctorFinding('other-programs.gpg', { pid }),
    ),
    ...processes.flatMap((process) => runningFindings(process)),
    ...browsers.map(({ by: browser, module, path, exists }) =>
      doctorFinding(exists ? 'other-programs.browser' : 'other-programs.browser-missing', { browser, module, path }),
    ),
    ...p11Kit.map(({ module, path, exists }) =>
      doctorFinding(exists ? 'other-programs.p11-kit' : 'other-programs.p11-kit-missing', { module, path }),
    ),
    ...programs.map(({ name, path }) => doctorFinding('other-programs.installed', { name, path })),
  ];
}

function runningFindings({ name, pid }: ProcessFacts): Findings {
  const product = middleware.find(([, process]) => process.test(name))?.[0];
  return product === undefined ? [] : [doctorFinding('other-programs.running', { name: product, pid })];
}
