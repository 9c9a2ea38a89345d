import { dirname } from 'node:path';
import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import type { DiskFacts, PathFacts } from '../../model/machine.js';
import type { DoctorCheck } from '../doctor-check.js';

/** What {@link filesCheck} looks at. */
export interface FilesPorts {
  readonly system: string;
  /** Undefined where files have no owners that could be compared (Windows). */
  readonly uid: number | undefined;
  /** Folders of the instance; not each needs to be there. */
  readonly folders: readonly string[];
  /** Those above them that it shares with other instances. */
  readonly shared: readonly string[];
  readonly lookAt: (path: string) => Promise<PathFacts | undefined>;
  /** Files and folders below a folder, as far as some hundreds. */
  readonly below: (folder: string) => Promise<readonly string[]>;
  readonly diskOf: (path: string) => Promise<DiskFacts | undefined>;
  /** Whether this user may write there, whatever the disk says. */
  readonly mayWrite: (path: string) => Promise<boolean>;
}

const enoughBytes = 16 << 20;
/** Certificates are no secret. */
const publicFile = /\.(pem|crt|cer|der)$/;
/** How the kernel shows owners that a user namespace does not know (user_namespaces(7)). */
const unmapped = 65_534;

/** Whether our files are ours alone, and can be written. */
export function filesCheck(ports: FilesPorts): DoctorCheck {
  return {
    name: 'files',
    run: async () => {
      const { uid, system, folders, shared } = ports;
      if (uid === undefined) return { notTried: doctorFinding('files.not-tried', { system }) };
      const found: DoctorFinding<DoctorCode>[] = [];
      for (const folder of new Set([...shared, ...folders])) found.push(...(await folderFindings(folder, ports, uid)));
      return [...found, ...(await parentFindings(ports, uid))];
    },
  };
}

async function folderFindings(
  path: string,
  ports: FilesPorts,
  uid: number,
): Promise<readonly DoctorFinding<DoctorCode>[]> {
  const found = await ports.lookAt(path);
  if (found === undefined) return [];
  if (found.kind === 'link') return [doctorFinding('files.folder-link', { path })];
  if (found.kind !== 'folder') return [doctorFinding('files.folder-blocked', { path })];
  if (found.uid !== uid) return [doctorFinding('files.folder-foreign', { path, owner: found.owner })];
  const isOpen = (found.mode & 0o077) !== 0;
  const open = isOpen ? [doctorFinding('files.folder-open', { path, mode: found.mode.toString(8) })] : [];
  // What else lies there is that of other instances.
  if (!ports.folders.includes(path)) return open;
  return [...open, ...(await diskFindings(path, ports)), ...(await contentFindings(path, ports, uid))];
}

async function diskFindings(path: string, ports: FilesPorts): Promise<readonly DoctorFinding<DoctorCode>[]> {
  const disk = await ports.diskOf(path);
  if (disk?.isReadOnly === true) return [doctorFinding('files.read-only', { path })];
  const { network: kind } = disk ?? {};
  const isFull = disk !== undefined && disk.freeBytes < enoughBytes;
  return [
    ...((await ports.mayWrite(path)) ? [] : [doctorFinding('files.folder-denied', { path })]),
    ...(isFull ? [doctorFinding('files.full', { path, megabytes: Math.floor(disk.freeBytes / 2 ** 20) })] : []),
    ...(kind === undefined ? [] : [doctorFinding('files.network', { path, kind })]),
  ];
}

async function contentFindings(
  folder: string,
  { below, lookAt }: FilesPorts,
  uid: number,
): Promise<readonly DoctorFinding<DoctorCode>[]> {
  const found: DoctorFinding<DoctorCode>[] = [];
  for (const path of await below(folder)) {
    const facts = await lookAt(path);
    if (facts === undefined || facts.kind === 'link') continue;
    if (facts.uid !== uid) found.push(doctorFinding('files.file-foreign', { path, owner: facts.owner }));
    else if ((facts.mode & (facts.kind === 'file' && !publicFile.test(path) ? 0o077 : 0o022)) !== 0) {
      found.push(doctorFinding('files.file-open', { path, mode: facts.mode.toString(8) }));
    }
  }
  return found;
}

/** Whoever may change a folder above may put another in place of ours; a sticky one keeps them from it. */
async function parentFindings(
  { folders, shared, lookAt }: FilesPorts,
  uid: number,
): Promise<readonly DoctorFinding<DoctorCode>[]> {
  const above = new Set(folders.flatMap(parentsOf).filter((path) => ![...folders, ...shared].includes(path)));
  const found: DoctorFinding<DoctorCode>[] = [];
  for (const path of above) {
    const facts = await lookAt(path);
    if (facts?.kind !== 'folder' || (facts.mode & 0o1000) !== 0) continue;
    const isForeign = ![uid, 0, unmapped].includes(facts.uid);
    if (isForeign || (facts.mode & 0o002) !== 0) {
      found.push(doctorFinding('files.parent-open', { path, mode: facts.mode.toString(8) }));
    }
  }
  return found;
}

function parentsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...parentsOf(parent)];
}
