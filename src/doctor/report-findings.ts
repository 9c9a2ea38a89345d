import type { DoctorFields, DoctorFinding, DoctorReport } from '../model/doctor.js';
import { redacted } from './redact.js';
import { knownWord, shownPath, shownProgram, shownReader, shownVersion, type Vocabulary } from './report-words.js';

type Show = (value: string, words: Vocabulary) => string;

const ofPath: Show = (value, words) => shownPath(value, words);
const ofReader: Show = (value) => shownReader(value);
const ofPrograms: Show = (value) => value.split(/,\s*/).map(shownProgram).join(', ');
const ofVersion: Show = (value) => shownVersion(value);
const ofHost: Show = (value) =>
  /^(?=.{1,100}$)(?!\d+(?:\.\d+){3})[a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,40}){0,6}(?::\d{1,5})?$/i.test(value) ||
  /^(?:127\.0\.0\.1|\[?::1\]?)(?::\d{1,5})?$/.test(value)
    ? value
    : redacted;
/** Names of products and protocols, and hexadecimal that tells a kind of card. */
const ofAtr: Show = (value) =>
  /^(?:[0-9A-F]{2}[ :]?){2,33}$/i.test(value) ? `${value.slice(0, 8)}${redacted}` : redacted;

/** What a fact may show, by its name; a fact of another name shows only words of the program itself. */
const shows: Readonly<Record<string, Show>> = {
  ...Object.fromEntries(['path', 'file', 'folder', 'socket', 'log', 'library', 'module'].map((name) => [name, ofPath])),
  ...Object.fromEntries(
    ['program', 'programs', 'owner', 'command', 'name', 'holder'].map((name) => [name, ofPrograms]),
  ),
  ...Object.fromEntries(['reader', 'readers', 'other'].map((name) => [name, ofReader])),
  ...Object.fromEntries(
    ['version', 'needed', 'daemon', 'node', 'running', 'installed', 'found', 'wanted'].map((name) => [name, ofVersion]),
  ),
  host: ofHost,
  address: ofHost,
  atr: ofAtr,
  zone: (value) => (/^:?[A-Z][A-Za-z_]{1,14}\/[A-Z][A-Za-z_]{1,20}$/.test(value) ? value : redacted),
  now: (value) => (/^\d{4}-\d\d-\d\dT[\d:.]{5,12}Z$/.test(value) ? value : redacted),
};

/** Findings as a report may show them: facts by what they are, everything else left out. */
export function shownReport(report: DoctorReport, words: Vocabulary): DoctorReport {
  const checks = report.checks.map((result) => ({
    ...result,
    findings: result.findings.map((finding) => shownFinding(finding, words)),
  }));
  return { ...report, instance: knownWord(report.instance, words), checks };
}

function shownFinding({ code, severity, fields }: DoctorFinding, words: Vocabulary): DoctorFinding {
  const shown = Object.entries(fields).map(([name, value]) => [name, shownField(name, value, words)] as const);
  return { code, severity, fields: Object.fromEntries(shown) };
}

function shownField(name: string, value: DoctorFields[string], words: Vocabulary): DoctorFields[string] {
  if (typeof value === 'number') return Math.abs(value) < 1_000_000 ? value : redacted;
  if (typeof value !== 'string') return value;
  const show = Object.hasOwn(shows, name) ? shows[name] : undefined;
  return show === undefined ? knownWord(value, words) : show(value, words);
}
