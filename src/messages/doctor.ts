import type { ErrorFields } from '../core/errors.js';
import type {
  DoctorCheckName,
  DoctorCheckResult,
  DoctorFields,
  DoctorFinding,
  DoctorSeverity,
} from '../model/doctor.js';
import { doctorFindings, type DoctorCode } from '../model/doctor-codes.js';
import { doctorCardsTexts } from './doctor-cards.js';
import { doctorClockTexts } from './doctor-clock.js';
import { doctorDoorsTexts } from './doctor-doors.js';
import { doctorFilesTexts } from './doctor-files.js';
import { doctorHistoryTexts } from './doctor-history.js';
import { doctorModulesTexts } from './doctor-modules.js';
import { doctorNetworkTexts } from './doctor-network.js';
import { doctorOtherProgramsTexts } from './doctor-other-programs.js';
import { doctorPcscTexts } from './doctor-pcsc.js';
import { doctorProgramTexts } from './doctor-program.js';
import { doctorReadersTexts } from './doctor-readers.js';
import { doctorSessionTexts } from './doctor-session.js';
import type { DoctorText, DoctorTexts } from './doctor-text.js';
import type { Language } from './language.js';
import { localTime } from './local-time.js';
import { reasonText, remoteReason } from './reasons.js';
import { fillTemplate } from './template.js';

/** What the doctor says besides its findings. */
export interface DoctorMessages {
  readonly checks: Readonly<Record<DoctorCheckName, string>>;
  readonly states: Readonly<Record<DoctorCheckResult['state'], string>>;
  readonly severities: Readonly<Record<DoctorSeverity, string>>;
  readonly nextStep: string;
  readonly examining: string;
  readonly healthy: string;
  summary(faults: number, warnings: number): string;
  written(path: string): string;
  writtenHolds(files: string): string;
  writtenLeavesOut: string;
  howToRead(path: string): string;
}

const sv: DoctorMessages = {
  checks: {
    versions: 'Versioner',
    session: 'Session',
    daemon: 'Tjänsten kortd',
    files: 'Våra filer',
    settings: 'Inställningar',
    pcsc: 'Kortläsartjänsten',
    readers: 'Läsare',
    cards: 'Kort',
    'other-programs': 'Andra program',
    modules: 'Leverantörers moduler',
    port: 'Porten för inloggning',
    links: 'Länkar (kort:)',
    surfaces: 'Plats för PIN-koden',
    clock: 'Klockan',
    proxy: 'Proxy',
    tls: 'Krypterade förbindelser',
    issuers: 'Utfärdare och tjänster',
    history: 'Historiken',
  },
  states: { ok: 'ok', warning: 'varning', fault: 'fel', notTried: 'inte kontrollerat' },
  severities: { fault: 'Fel', warning: 'Varning', fact: 'Upplysning' },
  nextStep: 'Gör så här',
  examining: 'Undersöker …',
  healthy: 'Inga fel hittades.',
  summary: (faults, warnings) => `${faults} fel och ${warnings} ${warnings === 1 ? 'varning' : 'varningar'} hittades.`,
  written: (path) => `Rapporten är skriven: ${path}`,
  writtenHolds: (files) => `Den innehåller: ${files}`,
  writtenLeavesOut:
    'Namn, personnummer, kortnummer, koder, adresser på nätet och datorns namn är borttagna. Läs den gärna innan du skickar den.',
  howToRead: (path) => `Så läser du den: tar -xzf ${path}`,
};

const en: DoctorMessages = {
  checks: {
    versions: 'Versions',
    session: 'Session',
    daemon: 'The service kortd',
    files: 'Our files',
    settings: 'Settings',
    pcsc: 'PC/SC service',
    readers: 'Readers',
    cards: 'Cards',
    'other-programs': 'Other programs',
    modules: "Vendors' modules",
    port: 'Port for logins',
    links: 'Links (kort:)',
    surfaces: 'Place for the PIN',
    clock: 'Clock',
    proxy: 'Proxy',
    tls: 'Encrypted connections',
    issuers: 'Issuers and services',
    history: 'History',
  },
  states: { ok: 'ok', warning: 'warning', fault: 'fault', notTried: 'not checked' },
  severities: { fault: 'Fault', warning: 'Warning', fact: 'Note' },
  nextStep: 'What to do',
  examining: 'Examining ...',
  healthy: 'No faults were found.',
  summary: (faults, warnings) =>
    `${faults} ${faults === 1 ? 'fault' : 'faults'} and ${warnings} ${warnings === 1 ? 'warning' : 'warnings'} found.`,
  written: (path) => `The report is written: ${path}`,
  writtenHolds: (files) => `It holds: ${files}`,
  writtenLeavesOut:
    'Names, personal numbers, card numbers, codes, network addresses and the name of the computer have been removed. Please read it before you send it.',
  howToRead: (path) => `How to read it: tar -xzf ${path}`,
};

/** By language. */
export const doctorMessages: Readonly<Record<Language, DoctorMessages>> = { sv, en };

const frame: DoctorTexts<'check'> = {
  'check.failed': {
    sv: {
      sentence: 'Kontrollen {check} kunde inte genomföras[: {detail}].',
      nextStep:
        'Kör ”kort[ --instance {instance}] doctor --report rapport.tar.gz” och skicka rapporten till den som hjälper dig.',
    },
    en: {
      sentence: 'The check {check} could not be carried out[: {detail}].',
      nextStep:
        'Run "kort[ --instance {instance}] doctor --report report.tar.gz" and send the report to whoever helps you.',
    },
  },
  'check.timeout': {
    sv: {
      sentence: 'Kontrollen {check} blev inte klar inom {seconds} {seconds|sekund|sekunder}.',
      nextStep:
        'Försök igen. Blir den inte klar då heller: kör ”kort[ --instance {instance}] doctor --report rapport.tar.gz” och skicka rapporten.',
    },
    en: {
      sentence: 'The check {check} was not done within {seconds} {seconds|second|seconds}.',
      nextStep:
        'Try again. If it is not done then either: run "kort[ --instance {instance}] doctor --report report.tar.gz" and send the report.',
    },
  },
};

/** Every finding's sentences; templates. */
export const doctorFindingMessages: DoctorTexts<DoctorCheckName | 'check'> = {
  ...frame,
  ...doctorProgramTexts,
  ...doctorSessionTexts,
  ...doctorFilesTexts,
  ...doctorPcscTexts,
  ...doctorReadersTexts,
  ...doctorCardsTexts,
  ...doctorOtherProgramsTexts,
  ...doctorModulesTexts,
  ...doctorDoorsTexts,
  ...doctorClockTexts,
  ...doctorNetworkTexts,
  ...doctorHistoryTexts,
};

/**
 * What the user reads about a finding. Next steps that name commands name the instance too, unless it is the ordinary
 * one: `place` says which (`instance`, `group` and `groupInstance`, as for the sentences of errors).
 */
export function doctorText(language: Language, { code, fields }: DoctorFinding, place: ErrorFields = {}): DoctorText {
  if (!isKnown(code)) return { sentence: code, nextStep: '' };
  const text = doctorFindingMessages[code][language];
  const all = { group: 'daemon', ...place, ...timesOf(fields), ...reasonOf(language, fields) };
  return { sentence: fillTemplate(text.sentence, all), nextStep: fillTemplate(text.nextStep, all) };
}

/** Instants in the time of this computer; everything else as it is. */
function timesOf(fields: DoctorFields): ErrorFields {
  const shown = (value: DoctorFields[string]) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? localTime(value) : value;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, shown(value)]));
}

/** Why a server could not be asked, or a file not be used, in words. */
function reasonOf(language: Language, fields: DoctorFields): ErrorFields {
  if (fields['reason'] === undefined) return {};
  const name = String(fields['reason']);
  // A `field` of the finding is no part of what is wrong with a server.
  const words =
    reasonText(language, { reason: remoteReason(name) }) ?? reasonText(language, { ...fields, reason: name });
  return { reason: words ?? name };
}

function isKnown(code: string): code is DoctorCode {
  return Object.hasOwn(doctorFindings, code);
}
