import type { ClockProblem, ExpiryAction, ExpiryFinding, ExpirySubject } from '../model/expiry.js';
import type { Purpose } from '../model/relying-party.js';
import { durationText } from './duration.js';
import type { Language } from './language.js';

/** Who and when, as text that is ready to stand in a sentence. */
interface EndDates {
  /** The local date, with the time where that matters. */
  readonly date: string;
  readonly daysLeft: number;
  readonly isOver: boolean;
}

/** What is said of things that end. */
export interface ExpiryMessages {
  nothing: string;
  /** Of `--within`. */
  nothingWithin(days: number): string;
  purpose: Readonly<Record<Purpose, string>>;
  subject: Readonly<Record<Exclude<ExpirySubject, 'certificate' | 'clock'>, string>>;
  onCard(label: string): string;
  left(dates: EndDates): string;
  ends(what: string, dates: EndDates): string;
  /** `seconds`: how far the clock is off at least; positive when it is slow. */
  clock(problem: ClockProblem, seconds: number | undefined): string;
  clockTitle: string;
  /** The card itself says a later day. */
  cardSays(date: string): string;
  /** Something else ends before. */
  endsBefore(subject: ExpirySubject, date: string): string;
  notInserted: string;
  restsUntil(date: string): string;
  action(action: ExpiryAction, text: string | undefined): string | undefined;
  /** Of one of those shown. */
  howToSnooze(id: string, instance: string): string;
  seeExpiry(others: number, instance: string): string;
  snoozed(what: string, until: string): string;
  /** It was asked for longer. */
  snoozedShorter: string;
  noted: string;
  forgotten: string;
  written(file: string, count: number): string;
  /** Above the PIN, of the certificate that was chosen. */
  atLogin(dates: EndDates): string;
  calendarName: string;
}

const sv: ExpiryMessages = {
  nothing: 'Inga sista dagar är kända än. Sätt i ett kort, så visas vad som går ut.',
  nothingWithin: (days) => `Inget känt går ut inom ${days === 1 ? 'en dag' : `${days} dagar`}.`,
  purpose: { auth: 'Certifikatet för legitimering', sign: 'Certifikatet för underskrift' },
  subject: { issuer: 'Utfärdarens certifikat', card: 'Kortet', 'relying-party-key': 'Tjänstens nyckel' },
  onCard: (label) => `på kortet ${label}`,
  left: ({ daysLeft, isOver }) => {
    if (isOver) return daysLeft === 0 ? 'gick ut i dag' : daysLeft === -1 ? 'gick ut i går' : 'har gått ut';
    return daysLeft === 0 ? 'går ut i dag' : daysLeft === 1 ? 'går ut i morgon' : `${daysLeft} dagar kvar`;
  },
  ends: (what, { date, daysLeft, isOver }) => {
    if (isOver) return `${what} gick ut ${date}.`;
    const left = daysLeft === 0 ? 'i dag' : daysLeft === 1 ? 'i morgon' : `om ${daysLeft} dagar`;
    return `${what} går ut ${left}, ${date}.`;
  },
  clock: (problem, seconds) => {
    const by = seconds === undefined ? '' : `, minst ${durationText('sv', seconds)}`;
    const texts: Record<ClockProblem, string> = {
      'before-certificate': `Datorns klocka går efter${by}: certifikatet på kortet gäller inte än.`,
      'before-release': `Datorns klocka går efter${by}: den visar en tid före den dag då programmet gjordes.`,
      'jumped-back': `Datorns klocka har ställts tillbaka${by.replace('minst ', '')}. Kontrollera att den går rätt.`,
      skewed: `Datorns klocka går ${(seconds ?? 0) > 0 ? 'efter' : 'före'}${by.replace('minst', 'ungefär')}: en server svarade med en annan tid.`,
    };
    return texts[problem];
  },
  clockTitle: 'Datorns klocka går fel',
  cardSays: (date) => `Kortet självt säger ${date}, men det här går ut först.`,
  endsBefore: (subject, date) => `${svBefore[subject]} går ut först, ${date}.`,
  notInserted: 'Kortet sitter inte i nu.',
  restsUntil: (date) => `Varningarna är pausade till ${date}.`,
  action: ({ kind, url, phone }, text) => {
    const words = {
      download: 'hämta ett nytt med ”kort certificate download”',
      visit: 'besök',
      call: 'ring',
      none: '',
    };
    return sentence([text ?? words[kind], phone, url], 'Gör så här: ');
  },
  howToSnooze: (id, instance) => `Pausa varningar om en sak några dagar med ”kort expiry snooze ${id}${instance}”.`,
  seeExpiry: (others, instance) => `${others === 0 ? 'Mer' : `Och ${others} till`}: ”kort expiry${instance}”.`,
  snoozed: (what, until) => `Varningar om detta är pausade till ${until}: ${what}`,
  snoozedShorter:
    'Det är kortare än du bad om: aldrig förbi nästa gräns, och högst en dag när mindre än tre dagar är kvar.',
  noted: 'Antecknat.',
  forgotten: 'Glömt. Sätts kortet i igen blir det känt på nytt.',
  written: (file, count) =>
    `${count} ${count === 1 ? 'händelse' : 'händelser'} skrevs till ${file}. Läs in filen igen när något har förnyats.`,
  atLogin: ({ date, daysLeft }) =>
    `OBS: certifikatet går ut ${daysLeft === 0 ? 'i dag' : daysLeft === 1 ? 'i morgon' : `om ${daysLeft} dagar`}, ${date}`,
  calendarName: 'kort: det som går ut',
};

const svBefore: Readonly<Record<ExpirySubject, string>> = {
  certificate: 'Certifikatet',
  issuer: 'Utfärdarens certifikat',
  card: 'Kortet',
  'relying-party-key': 'Nyckeln',
  clock: 'Klockan',
};

const en: ExpiryMessages = {
  nothing: 'No expiry dates are known yet. Insert a card to see what expires.',
  nothingWithin: (days) => `Nothing that is known expires within ${days === 1 ? 'a day' : `${days} days`}.`,
  purpose: { auth: 'The certificate for logins', sign: 'The certificate for signatures' },
  subject: { issuer: "The issuer's certificate", card: 'The card', 'relying-party-key': "The service's key" },
  onCard: (label) => `on the card ${label}`,
  left: ({ daysLeft, isOver }) => {
    if (isOver) return daysLeft === 0 ? 'expired today' : daysLeft === -1 ? 'expired yesterday' : 'has expired';
    return daysLeft === 0 ? 'expires today' : daysLeft === 1 ? 'expires tomorrow' : `${daysLeft} days left`;
  },
  ends: (what, { date, daysLeft, isOver }) => {
    if (isOver) return `${what} expired ${date}.`;
    const left = daysLeft === 0 ? 'today' : daysLeft === 1 ? 'tomorrow' : `in ${daysLeft} days`;
    return `${what} expires ${left}, ${date}.`;
  },
  clock: (problem, seconds) => {
    const by = seconds === undefined ? '' : `, by at least ${durationText('en', seconds)}`;
    const texts: Record<ClockProblem, string> = {
      'before-certificate': `The computer's clock is slow${by}: the certificate on the card is not valid yet.`,
      'before-release': `The computer's clock is slow${by}: it shows a time before this program was made.`,
      'jumped-back': `The computer's clock was set back${by.replace('at least ', '')}. Check that it is right.`,
      skewed: `The computer's clock is ${(seconds ?? 0) > 0 ? 'slow' : 'fast'}${by.replace('at least', 'about')}: a server answered with another time.`,
    };
    return texts[problem];
  },
  clockTitle: "The computer's clock is wrong",
  cardSays: (date) => `The card itself says ${date}, but this expires first.`,
  endsBefore: (subject, date) => `${enBefore[subject]} expires first, ${date}.`,
  notInserted: 'The card is not inserted now.',
  restsUntil: (date) => `Warnings are paused until ${date}.`,
  action: ({ kind, url, phone }, text) => {
    const words = {
      download: 'get a new one with "kort certificate download"',
      visit: 'visit',
      call: 'call',
      none: '',
    };
    return sentence([text ?? words[kind], phone, url], 'What to do: ');
  },
  howToSnooze: (id, instance) =>
    `Pause warnings about one of these for some days with "kort expiry snooze ${id}${instance}".`,
  seeExpiry: (others, instance) => `${others === 0 ? 'More' : `And ${others} more`}: "kort expiry${instance}".`,
  snoozed: (what, until) => `Warnings about this are paused until ${until}: ${what}`,
  snoozedShorter:
    'That is shorter than you asked for: never past the next threshold, and a day at most when less than three days are left.',
  noted: 'Noted.',
  forgotten: 'Forgotten. The card is known again when it is inserted.',
  written: (file, count) =>
    `${count} ${count === 1 ? 'event was' : 'events were'} written to ${file}. Import the file again when something has been renewed.`,
  atLogin: ({ date, daysLeft }) =>
    `NOTE: the certificate expires ${daysLeft === 0 ? 'today' : daysLeft === 1 ? 'tomorrow' : `in ${daysLeft} days`}, ${date}`,
  calendarName: 'kort: what expires',
};

const enBefore: Readonly<Record<ExpirySubject, string>> = {
  certificate: 'The certificate',
  issuer: "The issuer's certificate",
  card: 'The card',
  'relying-party-key': 'The key',
  clock: 'The clock',
};

function sentence(parts: readonly (string | undefined)[], start: string): string | undefined {
  const there = parts.filter((part) => part !== undefined && part !== '');
  return there.length === 0 ? undefined : `${start}${there.join(' · ')}`;
}

/** By language. */
export const expiryMessages: Readonly<Record<Language, ExpiryMessages>> = { sv, en };

/** What a finding is about. */
export function whatEnds(finding: ExpiryFinding, language: Language): string {
  const words = expiryMessages[language];
  const { subject, name, card, purpose, clock } = finding;
  if (subject === 'clock') return clock === undefined ? words.clockTitle : words.clock(clock.problem, clock.seconds);
  if (subject !== 'certificate') return `${words.subject[subject]} ${name}`;
  const what = `${words.purpose[purpose ?? 'auth']}, ${name}`;
  return card === undefined || card.label === name ? what : `${what}, ${words.onCard(card.label)}`;
}

/** When it ends, for sentences. */
export function endDates({
  endsAt,
  daysLeft,
  urgency,
}: Pick<ExpiryFinding, 'endsAt' | 'daysLeft' | 'urgency'>): EndDates {
  return { date: localDate(endsAt, Math.abs(daysLeft) <= 1), daysLeft, isOver: urgency === 'past' };
}

/** A moment as the clock on the wall has it, `2026-05-31`, or with its time. */
export function localDate(at: string, withTime = false): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return withTime ? `${day} ${two(date.getHours())}:${two(date.getMinutes())}` : day;
}

/** The whole of a warning, as sentences. */
export function warningText(finding: ExpiryFinding, language: Language): string {
  const words = expiryMessages[language];
  const what = whatEnds(finding, language);
  return finding.subject === 'clock' ? what : words.ends(what, endDates(finding));
}

/** What to do about it, if anything is known. */
export function actionText({ action }: ExpiryFinding, language: Language): string | undefined {
  return expiryMessages[language].action(action, action.text?.[language]);
}
