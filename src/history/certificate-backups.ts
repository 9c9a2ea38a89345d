import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import type { Logger } from '../core/ports.js';
import type { CertificateBackup, CertificateBackups } from '../model/certificate-backup.js';
import { isTime } from './iso-time.js';
import { replaceDurably } from './durable-file.js';
import { syncFolder } from './sync-folder.js';

const fileName = /^[0-9a-f]{64}\.json$/;

/** Certificates that were removed from cards, one file each in a folder of this user alone, made when it is needed. */
export function createCertificateBackups(folder: string, logger: Logger): CertificateBackups {
  /** One change after the other: of one certificate, the last one counts. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = async (change: () => Promise<void>): Promise<void> => {
    const done = last.then(change).catch((error: unknown) => {
      throw new MiddlewareError('ERR_CERT_BACKUP', 'Backup of a certificate cannot be kept', {
        fields: { path: folder },
        cause: error,
      });
    });
    last = done.catch(() => undefined);
    await done;
  };
  const read = async (name: string): Promise<CertificateBackup | undefined> => {
    const path = join(folder, name);
    const backup = backupOf(JSON.parse(await readFile(path, 'utf8')));
    return `${backup.fingerprint}.json` === name ? backup : undefined;
  };
  const readOrSkip = async (name: string): Promise<readonly CertificateBackup[]> => {
    const backup = await read(name).catch(() => undefined);
    if (backup === undefined) logger.warn({ folder, name }, 'Backup of a certificate cannot be read');
    return backup === undefined ? [] : [backup];
  };

  return {
    add: (backup) => inTurn(() => write(folder, backup)),
    async all() {
      await last;
      const names = (await namesIn(folder)).filter((name) => fileName.test(name));
      const read = (await Promise.all(names.map(readOrSkip))).flat();
      return read.toSorted((a, b) => (a.removedAt < b.removedAt ? 1 : a.removedAt > b.removedAt ? -1 : 0));
    },
    markKeyGone: (fingerprint) =>
      inTurn(async () => {
        const backup = await read(`${fingerprint}.json`);
        if (backup !== undefined) await write(folder, { ...backup, keyReference: undefined, keyKept: false });
      }),
    remove: (fingerprint) =>
      inTurn(async () => {
        await rm(join(folder, `${fingerprint}.json`), { force: true });
        await syncFolder(folder);
      }),
  };
}

async function write(folder: string, { der, ...backup }: CertificateBackup): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${backup.fingerprint}.json`);
  const certificate = Buffer.from(der).toString('base64');
  await replaceDurably(path, `${JSON.stringify({ ...backup, certificate })}\n`);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new MiddlewareError('ERR_CERT_BACKUP', 'Backups of certificates cannot be read', {
      fields: { path: folder },
      cause: error,
    });
  }
}

type TextName = Exclude<keyof CertificateBackup, 'der' | 'keyReference' | 'keyKept'> | 'certificate';

function backupOf(json: unknown): CertificateBackup {
  if (typeof json !== 'object' || json === null) throw new SyntaxError('not an object');
  const values = json as Partial<Record<string, unknown>>;
  const { keyReference, keyKept } = values;
  const text = (name: TextName): string => {
    const value = values[name];
    if (typeof value !== 'string') throw new SyntaxError(`${name} is no text`);
    return value;
  };
  const time = (name: TextName): string => {
    if (!isTime(text(name))) throw new SyntaxError(`${name} is no time`);
    return text(name);
  };
  if (typeof keyKept !== 'boolean') throw new SyntaxError('keyKept is neither true nor false');
  const der = Uint8Array.from(Buffer.from(text('certificate'), 'base64'));
  // Cards are searched, and tidied up, by what stands here.
  if (createHash('sha256').update(der).digest('hex') !== text('fingerprint'))
    throw new SyntaxError('not that certificate');
  return {
    fingerprint: text('fingerprint'),
    holder: text('holder'),
    issuer: text('issuer'),
    notAfter: time('notAfter'),
    token: text('token'),
    cardLabel: text('cardLabel'),
    removedAt: time('removedAt'),
    der,
    ...(typeof keyReference === 'number' ? { keyReference } : {}),
    keyKept,
  };
}
