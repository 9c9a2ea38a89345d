import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { arch, cpus, homedir, hostname, release, totalmem, type, userInfo, version } from 'node:os';
import { join, resolve } from 'node:path';
import type { WrittenReport } from '../cli/ports.js';
import type { DoctorDaemon } from '../doctor/doctor-check.js';
import { redactText, type KnownFacts } from '../doctor/redact.js';
import { shownEnvironment } from '../doctor/report-environment.js';
import type { ReportPart } from '../doctor/report-file.js';
import { shownReport } from '../doctor/report-findings.js';
import { shownHistory } from '../doctor/report-history.js';
import { shownLog } from '../doctor/report-log.js';
import { shownSettings, type SettingsFile } from '../doctor/report-settings.js';
import { shownStatus } from '../doctor/report-status.js';
import type { Vocabulary } from '../doctor/report-words.js';
import { doctorMessages, doctorText } from '../messages/doctor.js';
import { doctorReportMessages } from '../messages/doctor-report.js';
import type { DoctorReport } from '../model/doctor.js';
import type { HistoryEntry } from '../model/history.js';
import { instancePaths, type InstancePaths } from '../platform/paths.js';
import { writePrivateFile } from '../platform/private-file.js';
import { tarGz } from '../platform/tar-archive.js';
import { openDoctorDaemon } from './doctor-daemon.js';
import { readOwnWords } from './own-words.js';
import { productVersion } from './product.js';

/** What is written, and where. */
export interface WriteReportOptions {
  readonly instance: string;
  readonly report: DoctorReport;
  readonly path: string;
  readonly overwrite: boolean;
}

const folder = 'kort-report';

/**
 * Writes an archive for those who help. What is in it is put together from what may be in it; a last net takes out what
 * looks like somebody's number, name or code all the same.
 *
 * @throws {MiddlewareError} ERR_USAGE for a file that cannot be written there.
 */
export async function writeReport({ instance, report, path, overwrite }: WriteReportOptions): Promise<WrittenReport> {
  const paths = instancePaths(instance);
  const daemon = openDoctorDaemon(instance);
  try {
    const words = readOwnWords();
    const known = await knownFacts(daemon, paths);
    const parts = await partsOf(report, { daemon, paths, words });
    const files = parts.map(({ name, text }) => ({ name, text: redactText(text, known) }));
    const entries = files.map(({ name, text }) => ({ name: `${folder}/${name}`, bytes: Buffer.from(text) }));
    const archive = tarGz(entries, Date.parse(report.time));
    writePrivateFile({ path: resolve(path), overwrite }, archive);
    return { path, bytes: archive.length, files: files.map(({ name }) => name) };
  } finally {
    daemon.close();
  }
}

interface Sources {
  readonly daemon: DoctorDaemon;
  readonly paths: InstancePaths;
  readonly words: Vocabulary;
}

async function partsOf(report: DoctorReport, sources: Sources): Promise<readonly ReportPart[]> {
  const { daemon, paths, words } = sources;
  const shown = shownReport(report, words);
  const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  const status = await softly(daemon.ask('status.get', {}));
  const parts: readonly ReportPart[] = [
    { name: 'findings.txt', text: findingsText(shown) },
    { name: 'findings.json', text: json(shown) },
    { name: 'versions.json', text: json(versions()) },
    { name: 'system.json', text: json(system()) },
    { name: 'environment.json', text: json(shownEnvironment(process.env)) },
    { name: 'status.json', text: json(status === undefined ? { daemon: 'absent' } : shownStatus(status, words)) },
    { name: 'history.json', text: json(await historyOf(sources)) },
    { name: 'settings.json', text: json(shownSettings(settingsFiles(paths), words)) },
    { name: 'kortd.log', text: `${shownLog(tailOf(paths.log), words)}\n` },
  ];
  const { sv, en } = doctorReportMessages;
  return [{ name: 'README.txt', text: `${sv}\n\n${en}\n` }, ...parts];
}

/** A daemon that does not answer costs the report only what it would have told. */
const softly = async <T>(asked: Promise<T>): Promise<T | undefined> => await asked.catch(() => undefined);

function findingsText({ time, checks }: DoctorReport): string {
  const lines = (['sv', 'en'] as const).flatMap((language) => {
    const words = doctorMessages[language];
    return [
      `=== ${language} === ${time}`,
      ...checks.flatMap(({ check, state, findings, durationMs }) => [
        `${words.checks[check]}: ${words.states[state]} (${durationMs} ms)`,
        ...findings.flatMap((finding) => {
          const { sentence, nextStep } = doctorText(language, finding);
          const rest = nextStep === '' ? [] : [`    ${words.nextStep}: ${nextStep}`];
          return [`  ${words.severities[finding.severity]} ${finding.code}: ${sentence}`, ...rest];
        }),
      ]),
      '',
    ];
  });
  return lines.join('\n');
}

function versions() {
  const { node, v8, openssl, uv } = process.versions;
  return { kort: productVersion(), node, v8, openssl, uv };
}

function system() {
  return {
    ...{ system: type(), release: release(), version: version(), arch: arch() },
    processors: cpus().length,
    memoryMiB: Math.round(totalmem() / 1_048_576),
    distribution: distribution(),
    language: Intl.DateTimeFormat().resolvedOptions().locale,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** os-release(5): what a distribution says of itself. */
function distribution(): Readonly<Record<string, string>> {
  const text = readOr('/etc/os-release');
  const lines = [...text.matchAll(/^(ID|VERSION_ID|VERSION_CODENAME)="?([\w.-]{1,40})"?$/gm)];
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
}

const historyLimit = 500;

async function historyOf({ daemon, words }: Sources) {
  const verdict = await softly(daemon.ask('history.verify', {}));
  const page = await softly(daemon.ask('history.recent', { limit: historyLimit }));
  const entries: readonly HistoryEntry[] = page?.entries ?? [];
  return page === undefined ? { daemon: 'absent' } : shownHistory(entries, verdict, words);
}

function settingsFiles({ config, system: systemFolder, state }: InstancePaths): readonly SettingsFile[] {
  return [
    ...filesIn(systemFolder, 'system', 2),
    ...filesIn(config, 'user', 2),
    // Of what is kept, only that it is there: it is about cards.
    ...filesIn(state, 'state', 0),
  ];
}

const maxJsonBytes = 256 * 1024;

function filesIn(base: string, owner: SettingsFile['owner'], depth: number, below = ''): readonly SettingsFile[] {
  const names = listOr(join(base, below)).slice(0, 200);
  return names.flatMap((name): readonly SettingsFile[] => {
    const relative = below === '' ? name : `${below}/${name}`;
    const found = lstatSync(join(base, relative), { throwIfNoEntry: false });
    if (found?.isDirectory() === true) return depth > 0 ? filesIn(base, owner, depth - 1, relative) : [];
    if (found?.isFile() !== true) return [];
    const mode = process.platform === 'win32' ? undefined : (found.mode & 0o7777).toString(8);
    const isRead = owner !== 'state' && name.endsWith('.json') && found.size <= maxJsonBytes;
    const json = isRead ? parseOr(readOr(join(base, relative))) : undefined;
    return [{ name: relative, owner, bytes: found.size, mode, ...(json === undefined ? {} : { json }) }];
  });
}

const logBytes = 256 * 1024;

/** The end of a file, from its first whole line on. */
function tailOf(path: string): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, logBytes));
    readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.toString('utf8');
    return size > logBytes ? text.slice(text.indexOf('\n') + 1) : text;
  } catch {
    return '';
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Of the user, this computer and the inserted cards, whatever names them. */
async function knownFacts(daemon: DoctorDaemon, paths: InstancePaths): Promise<KnownFacts> {
  const { username, homedir: home } = userOr();
  const host = hostname();
  const ofCards = await softly(cardFacts(daemon));
  const values = [
    ...[home, homedir(), username, fullName(username), host, host.split('.')[0] ?? ''],
    ...[process.env['HOME'] ?? '', process.env['USER'] ?? '', process.env['LOGNAME'] ?? ''],
    ...[paths.state, paths.config, paths.runtime],
    ...(ofCards ?? []),
  ];
  // An account that everybody has names nobody, and a root of "/" would take every path.
  return { values: values.filter((value) => value.length > 3 && !commonAccounts.has(value)) };
}

const commonAccounts: ReadonlySet<string> = new Set(['root', '/root', 'localhost', 'user', 'admin', 'home', '/home']);

function userOr(): { readonly username: string; readonly homedir: string } {
  try {
    return userInfo();
  } catch {
    return { username: '', homedir: '' };
  }
}

/** passwd(5): the name that an administrator has written beside the account. */
function fullName(username: string): string {
  const line = readOr('/etc/passwd')
    .split('\n')
    .find((one) => one.startsWith(`${username}:`));
  return (line?.split(':')[4] ?? '').split(',')[0] ?? '';
}

async function cardFacts(daemon: DoctorDaemon): Promise<readonly string[]> {
  const { readers } = await daemon.ask('status.get', {});
  const { certificates } = await daemon.ask('certificate.list', {});
  return [
    ...readers.flatMap(({ token }) => (token === undefined ? [] : [token.serial, token.label, token.id])),
    ...certificates.flatMap(({ holder, personId, cardNumber, serialNumber, fingerprint, organization, subject }) => [
      ...[holder, ...holder.split(' '), personId ?? '', cardNumber ?? '', serialNumber, fingerprint],
      ...[organization ?? '', subject],
    ]),
  ];
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function listOr(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
