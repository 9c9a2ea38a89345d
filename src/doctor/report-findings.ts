import type { DoctorFields, DoctorFinding, DoctorReport } from '../model/doctor.js';
import { redacted } from './redact.js';
import { localePattern, shownZone } from './report-environment.js';
import { knownWord, shownPath, shownProgram, shownReader, shownVersion, type Vocabulary } from './report-words.js';

type Show = (value: string, words: Vocabulary) => string;

const ofPath: Show = (value, words) => shownPath(value, words);
const ofReader: Show = (value) => shownReader(value);
const ofPrograms: Show = (value) => value.split(/,\s*/).map(shownProgram).join(', ');
const ofHost: Show = (value) =>
  /^(?=.{1,100}$)(?!\d+(?:\.\d+){3})[a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,40}){0,6}(?::\d{1,5})?$/i.test(value) ||
  /^(?:127\.0\.0\.1|\[?::1\]?)(?::\d{1,5})?$/.test(value)
    ? value
    : redacted;
/** The first bytes tell a kind of card, the last ones may tell a card. */
const ofAtr: Show = (value) =>
  /^(?:[0-9A-F]{2}[ :]?){2,33}$/i.test(value) ? `${value.slice(0, 8)}${redacted}` : redacted;
const ofPlace: Show = (value, words) =>
  value.includes('/') ? shownPath(value, words) : /^v?\d/.test(value) ? shownVersion(value) : shownProgram(value);
const ofTime: Show = (value) => (/^\d{4}-\d\d-\d\dT[\d:.]{5,12}Z$/.test(value) ? value : redacted);
/** Who owns a file, which is another person perhaps; accounts that systems have name nobody. */
const ofAccount: Show = (value) => (/^(?:root|nobody|pcscd|daemon|\d{1,5})$/.test(value) ? value : redacted);
const matching =
  (pattern: RegExp): Show =>
  (value) =>
    pattern.test(value) && !/\d{4}/.test(value) ? value : redacted;
const ofSystem = matching(
  /^(?:Debian|Ubuntu|Linux Mint|Fedora|Red Hat|CentOS|Rocky|Alma|SUSE|openSUSE|Arch|Alpine|NixOS|macOS|Darwin|Windows|Linux)[A-Za-z]{0,8}(?: (?:GNU\/Linux|Linux|Enterprise|Server|Leap|LTS|[\d.]{1,9}|\((?:trixie|bookworm|bullseye|[A-Z][a-z]{2,8} [A-Z][a-z]{2,8})\))){0,5}$/,
);

/** What a fact may show, by its name, where it is another thing elsewhere behind the name of its check; a fact of another name shows only words of the program itself. */
const shows: Readonly<Record<string, Show>> = {
  ...all(ofPath, ['path', 'paths', 'file', 'folder', 'socket', 'log', 'library']),
  ...all(ofPlace, [
    'module',
    'running',
    'installed',
    'program',
    'found',
    'needed',
    'version',
    'daemon',
    'kort',
    'node',
  ]),
  ...all(ofPlace, ['kernel', 'pcsc', 'launcher', 'browser', 'unit', 'driver']),
  ...all(ofPrograms, ['programs', 'port.owner', 'command', 'name']),
  ...all(ofReader, ['reader', 'readers', 'device', 'product']),
  ...all(ofHost, ['host', 'address']),
  ...all(ofTime, ['now', 'time', 'started', 'date']),
  ...all(matching(/^[0-7]{3,4}$/), ['mode']),
  ...all(matching(localePattern), ['locale']),
  owner: ofAccount,
  atr: ofAtr,
  system: ofSystem,
  zone: shownZone,
};

function all(show: Show, names: readonly string[]): Readonly<Record<string, Show>> {
  return Object.fromEntries(names.map((name) => [name, show]));
}

/** Findings as a report may show them: facts by what they are, everything else left out. */
export function shownReport(report: DoctorReport, words: Vocabulary): DoctorReport {
  const checks = report.checks.map((result) => ({
    ...result,
    findings: result.findings.map((finding) => shownFinding(finding, words)),
  }));
  return { ...report, instance: knownWord(report.instance, words), checks };
}

function shownFinding({ code, severity, fields }: DoctorFinding, words: Vocabulary): DoctorFinding {
  const [check = ''] = code.split('.');
  const shown = Object.entries(fields).map(([name, value]) => {
    const own = `${check}.${name}`;
    return [name, shownField(Object.hasOwn(shows, own) ? own : name, value, words)] as const;
  });
  return { code, severity, fields: Object.fromEntries(shown) };
}

function shownField(name: string, value: DoctorFields[string], words: Vocabulary): DoctorFields[string] {
  if (typeof value === 'number') return Math.abs(value) < 1_000_000 ? value : redacted;
  if (typeof value !== 'string') return value;
  const show = Object.hasOwn(shows, name) ? shows[name] : undefined;
  return show === undefined ? knownWord(value, words) : show(value, words);
}
