import type { StatusReport } from '../../control-contract/status.js';
import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import type { SystemFacts, UsbReader } from '../../model/machine.js';
import { reportOfDaemon } from '../ask-softly.js';
import type { DoctorCheck, DoctorDaemon } from '../doctor-check.js';
import { redirectedBy, remoteProduct } from '../remote-desktop.js';
import type { PcscLook } from './pcsc.js';

/** What {@link readersCheck} looks at. */
export interface ReadersPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly daemon: DoctorDaemon;
  readonly look: () => Promise<PcscLook>;
  readonly system: () => Promise<SystemFacts>;
  readonly ancestors: () => Promise<readonly string[]>;
  /** Undefined where the system does not tell. */
  readonly usbReaders: () => Promise<readonly UsbReader[] | undefined>;
}

type Findings = readonly DoctorFinding<DoctorCode>[];

/** PC/SC programs feel slow beyond this; a card and a reader at the computer answer the shortest command in a tenth. */
const slowMs = 150;
/** PCSCLITE_MAX_READERS_CONTEXTS of pcsc-lite. */
const mostReaders = 16;

/** Which readers there are, which ones are missing, and what is the matter with those that are there. */
export function readersCheck(ports: ReadersPorts): DoctorCheck {
  return {
    name: 'readers',
    lane: 'cards',
    run: async () => {
      const report = await reportOfDaemon(ports.daemon);
      const isSandbox = report?.daemon.sandbox === true;
      const seen = isSandbox ? undefined : (await ports.look()).service;
      const names = seen?.readers.map(({ name }) => name) ?? report?.readers.map(({ name }) => name) ?? [];
      if (seen !== undefined && seen.state !== 'available' && names.length === 0) {
        const plugged = await usbFindings(ports, []);
        return plugged.length === 0 ? { notTried: doctorFinding('readers.unknown') } : plugged;
      }
      return [
        ...(isSandbox ? [] : await usbFindings(ports, names)),
        ...(names.length === 0 ? await noneFindings(ports) : []),
        ...(names.length >= mostReaders && !isSandbox ? [doctorFinding('readers.many', { count: names.length })] : []),
        ...(await slowFindings(ports.daemon)),
        ...names.flatMap((reader) => nameFindings(reader, report)),
      ];
    },
  };
}

function nameFindings(reader: string, report: StatusReport | undefined): Findings {
  const skipped = report?.readers.find(({ name }) => name === reader)?.skipped;
  if (skipped !== undefined) return [doctorFinding(`readers.${skipped}`, { reader })];
  const product = redirectedBy(reader);
  return [
    product === undefined
      ? doctorFinding('readers.here', { reader })
      : doctorFinding('readers.redirected', { reader, product }),
  ];
}

async function noneFindings({ env, system, ancestors, usbReaders }: ReadersPorts): Promise<Findings> {
  // One that is plugged in and not used has a finding of its own.
  if (((await usbReaders()) ?? []).length > 0) return [];
  const [{ container, isWsl }, above] = await Promise.all([system(), ancestors()]);
  const product = remoteProduct({ env, ancestors: above });
  if (product !== undefined) return [doctorFinding('readers.none-remote', { product })];
  if (isWsl) return [doctorFinding('readers.none-wsl')];
  if (container !== undefined) return [doctorFinding('readers.none-container', { product: container })];
  return [doctorFinding('readers.none')];
}

/** Readers on the USB bus that the PC/SC service does not show. */
async function usbFindings({ usbReaders }: ReadersPorts, names: readonly string[]): Promise<Findings> {
  const plugged = (await usbReaders()) ?? [];
  const unmatched = plugged.filter(({ name }) => !names.some((reader) => isNameOf(reader, name)));
  // Drivers give some readers names of their own: as many as there are too many names may be those.
  const unexplained = names.filter((reader) => !plugged.some(({ name }) => isNameOf(reader, name)));
  return unmatched.slice(Math.min(unexplained.length, unmatched.length)).map(({ id, name: device, driver }) => {
    if (driver === undefined) return doctorFinding('readers.unclaimed', { device, id });
    // Programs that drive a device themselves, as the PC/SC service does, have it through usbfs.
    return driver === 'usbfs'
      ? doctorFinding('readers.held', { device, id })
      : doctorFinding('readers.claimed', { device, id, driver });
  });
}

function isNameOf(reader: string, device: string): boolean {
  const words = device.toLowerCase().split(/\s+/);
  return words.every((word) => reader.toLowerCase().includes(word));
}

/** The daemon has timed its own commands: none is sent for this. */
async function slowFindings(daemon: DoctorDaemon): Promise<Findings> {
  const facts = await daemon.ask('doctor.facts', {}).catch(() => undefined);
  return (facts?.readers ?? []).flatMap(({ name: reader, fastestCommandMs: milliseconds = 0 }) =>
    milliseconds > slowMs ? [doctorFinding('readers.slow', { reader, milliseconds: Math.round(milliseconds) })] : [],
  );
}
