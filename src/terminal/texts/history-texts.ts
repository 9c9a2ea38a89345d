import { downloadMessages } from '../../messages/download.js';
import { errorText } from '../../messages/error-text.js';
import { historyMessages, type HistoryMessages, type KnownPinPurpose } from '../../messages/history.js';
import type { Language } from '../../messages/language.js';
import { hintText } from '../../messages/outcomes.js';
import { reasonName, reasonText } from '../../messages/reasons.js';
import type { HistoryEntry, HistoryEvent, HistoryVerdict, KeyUse } from '../../model/history.js';
import { screenText } from '../layout/screen-text.js';
import { shownFingerprint } from './find-certificate.js';
import { localTime } from '../../messages/local-time.js';

/** An entry for people. */
export interface HistoryText {
  /** In the zone of this computer, to the minute. */
  readonly time: string;
  /** What happened, without a full stop. */
  readonly sentence: string;
  /** With whom, on which card, why it failed: to be set after the sentence, or below it. */
  readonly facts: readonly string[];
  /** Something that the user may have to look into: a failure, a wrong code, somebody else. */
  readonly warns: boolean;
}

/** A name that people know by an id that stands in the history; undefined where it is not known. */
export type NameOf = (id: string) => string | undefined;

const unknown: NameOf = () => undefined;

/**
 * What an entry of the history says, harmless for a terminal. A card whose name is not known is told by its serial
 * number, a relying party or issuer by its id.
 */
export function historyText(
  { time, event }: Pick<HistoryEntry, 'time' | 'event'>,
  language: Language,
  labelOf = unknown,
  partyOf = unknown,
): HistoryText {
  const named = withPartyNamed(withCardNamed(event, language, labelOf), partyOf);
  const [sentence, ...facts] = textsOf(named, language).filter((text) => text !== undefined);
  return {
    time: localTime(time),
    sentence: screenText(sentence ?? ''),
    facts: facts.map(screenText),
    warns: warns(event),
  };
}

/** A card stands in the history by its id, which means nothing to people. */
function withCardNamed(event: HistoryEvent, language: Language, labelOf: NameOf): HistoryEvent {
  if (!('token' in event)) return event;
  const [, serial] = /^card:(.+)$/.exec(event.token) ?? [];
  const number = serial === undefined ? event.token : historyMessages[language].numbered(serial);
  return { ...event, token: labelOf(event.token) ?? number };
}

function withPartyNamed(event: HistoryEvent, partyOf: NameOf): HistoryEvent {
  if ('relyingParty' in event) return { ...event, relyingParty: partyOf(event.relyingParty) ?? event.relyingParty };
  return 'issuer' in event ? { ...event, issuer: partyOf(event.issuer) ?? event.issuer } : event;
}

/** The same as one line. */
export function historyLine(entry: Pick<HistoryEntry, 'time' | 'event'>, language: Language): string {
  const { time, sentence, facts } = historyText(entry, language);
  return `${time}  ${[sentence, ...facts].join(' · ')}`;
}

/** The head as it is written down elsewhere: the number of the newest entry, and the hash of its line. */
export function headText({ first = 1, entries, head }: Extract<HistoryVerdict, { readonly intact: true }>): string {
  return `${first + entries - 1}:${head}`;
}

/** What is wrong with a history that is not whole, as a part of a sentence. */
export function historyProblem(
  problem: Extract<HistoryVerdict, { readonly intact: false }>['problem'],
  language: Language,
): string {
  return reasonText(language, { reason: reasonName('ERR_HISTORY_DAMAGED', problem) ?? problem }) ?? problem;
}

function warns(event: HistoryEvent): boolean {
  switch (event.kind) {
    case 'foreign-pin-try':
    case 'foreign-use':
    case 'damaged-file':
      return true;
    case 'pin-try':
      return event.outcome !== 'accepted';
    default:
      return 'outcome' in event && event.outcome === 'failed';
  }
}

type Texts = readonly (string | undefined)[];

function textsOf(event: HistoryEvent, language: Language): Texts {
  const words = historyMessages[language];
  switch (event.kind) {
    case 'inserted':
    case 'removed':
      return [words[event.kind](event.reader, event.token)];
    case 'pin-try':
      return pinTryTexts(event, words);
    case 'foreign-pin-try':
      return [
        words.foreignTry(event.attemptsBefore, event.attemptsRemaining),
        words.card(event.token),
        programsOf(event, words),
      ];
    case 'foreign-use':
      return [words.foreignUse[event.what], words.card(event.token), programsOf(event, words)];
    case 'download':
      return downloadTexts(event, language);
    case 'certificate-removed':
    case 'certificate-restored':
      return [
        event.kind === 'certificate-removed'
          ? words.certificateRemoved(event.outcome)
          : words.certificateRestored(event.outcome),
        words.certificate(shownFingerprint(event.fingerprint)),
        words.card(event.token),
      ];
    case 'login':
      return [words.login(event.relyingParty, event.outcome), ...keyUseTexts(event, language, 'auth')];
    case 'signature':
      return [
        words.signature(event.relyingParty, event.documents, event.outcome),
        ...keyUseTexts(event, language, 'sign'),
      ];
    default:
      return [ownText(event, words)];
  }
}

type OwnEvent = Extract<
  HistoryEvent,
  { kind: 'torn-line' | 'torn-head' | 'damaged-file' | 'part-sealed' | 'part-removed' }
>;

/** What the history says of itself; a newer program may have written kinds that this one does not know. */
function ownText(event: OwnEvent, words: HistoryMessages): string {
  switch (event.kind) {
    case 'torn-line':
      return words.tornLine(event.keptIn);
    case 'torn-head':
      return words.tornHead;
    case 'damaged-file':
      return words.damaged(event.keptIn);
    case 'part-sealed':
      return words.sealed(event.part);
    case 'part-removed':
      return words.partRemoved(event.part, event.last);
    default:
      return words.other((event as HistoryEvent).kind);
  }
}

function pinTryTexts(event: Extract<HistoryEvent, { kind: 'pin-try' }>, words: HistoryMessages): Texts {
  const { purpose, outcome, attemptsRemaining, token } = event;
  return [
    words.pinTry(words.code[purpose === 'unblock' ? 'PUK' : 'PIN'], outcome),
    isKnownPurpose(purpose, words) ? words.pinPurpose[purpose] : purpose,
    attemptsRemaining === undefined || outcome === 'blocked' ? undefined : words.triesLeft(attemptsRemaining),
    words.card(token),
  ];
}

const isKnownPurpose = (purpose: string, { pinPurpose }: HistoryMessages): purpose is KnownPinPurpose =>
  Object.hasOwn(pinPurpose, purpose);

function programsOf({ programs }: { readonly programs?: readonly string[] }, words: HistoryMessages) {
  return programs === undefined || programs.length === 0 ? undefined : words.programs(programs.join(', '));
}

function downloadTexts(event: Extract<HistoryEvent, { kind: 'download' }>, language: Language): Texts {
  const words = historyMessages[language];
  const { issuer, outcome, order, code, fingerprint, retired, token } = event;
  return [
    words.download(issuer, outcome),
    code === undefined ? undefined : asFact(errorText(language, code, {}).sentence),
    downloadMessages[language].kind[order],
    fingerprint === undefined ? undefined : words.certificate(shownFingerprint(fingerprint)),
    retired === undefined ? undefined : words.retired(shownFingerprint(retired)),
    words.card(token),
  ];
}

function keyUseTexts(use: KeyUse, language: Language, purpose: 'auth' | 'sign'): Texts {
  const words = historyMessages[language];
  const { hintCode, level, certificate, token, launcher } = use;
  return [
    hintCode === undefined ? undefined : asFact(hintText(language, hintCode, purpose) ?? hintCode),
    level === undefined ? undefined : words.level(level),
    words.certificate(shownFingerprint(certificate)),
    words.card(token),
    words.launcher(launcher),
  ];
}

const asFact = (sentence: string): string => sentence.replace(/\.$/, '');
