import type { CardEventSnapshot } from '../../control-contract/card-events.js';
import type { CardEvent, CardEventCard, CardEventReader, TimedCardEvent } from '../../model/card-event.js';
import { errorText } from '../../messages/error-text.js';
import type { Language } from '../../messages/language.js';
import { pinMessages } from '../../messages/pin.js';
import { watchMessages } from '../../messages/watch.js';
import { localTime } from '../../messages/local-time.js';
import { triesText, withPrograms } from './pin-lines.js';
import { screenText } from '../layout/screen-text.js';

/** What is in each reader, for people. */
export function snapshotLines({ time, readers }: CardEventSnapshot, language: Language): readonly string[] {
  if (readers.length === 0) return [line(time, watchMessages[language].noReaders)];
  return readers.map((reader) => line(time, `${reader.name}: ${stateText(reader, language)}`));
}

/** An event, for people. */
export function eventLine(event: TimedCardEvent, language: Language): string {
  return line(
    event.time,
    'reader' in event ? `${event.reader}: ${eventText(event, language)}` : eventText(event, language),
  );
}

function line(time: string, text: string): string {
  return screenText(`${localTime(time)}  ${text}`);
}

function stateText({ state, problem, card, sameAs, skipped }: CardEventReader, language: Language): string {
  const words = watchMessages[language];
  if (skipped !== undefined) return words.skipped[skipped];
  if (sameAs !== undefined) return words.sameCard(sameAs);
  if (card !== undefined) return cardText(card, language);
  if (problem !== undefined) return errorText(language, problem.code, problem.fields).sentence;
  return state === 'absent' ? words.empty : words.reading;
}

function cardText({ label, product, serial }: CardEventCard, language: Language): string {
  return watchMessages[language].cardReady(label, product, serial);
}

function eventText(event: CardEvent, language: Language): string {
  const words = watchMessages[language];
  const pins = pinMessages[language];
  switch (event.kind) {
    case 'reader-added':
      return words.readerAdded;
    case 'reader-removed':
      return words.readerRemoved;
    case 'card-inserted':
      return words.cardInserted;
    case 'card-removed':
      return words.cardRemoved;
    case 'card-ready':
      return cardText(event.card, language);
    case 'reader-skipped':
      return words.skipped[event.skipped];
    case 'card-same':
      return words.sameCard(event.sameAs);
    case 'card-failed':
      return errorText(language, event.problem.code, event.problem.fields).sentence;
    case 'contents-changed':
      return words.contentsChanged(event.card.certificateCount);
    case 'pin-counter': {
      const before = event.attemptsBefore === undefined ? undefined : String(event.attemptsBefore);
      return `${pins.pin[event.pin.role]}: ${words.counter(triesText(event.pin, pins), before)}`;
    }
    case 'foreign-pin-try': {
      const { token, attemptsBefore, attemptsRemaining, programs } = event;
      return withPrograms(`${token}: ${pins.foreignTry(attemptsBefore, attemptsRemaining)}`, programs, pins);
    }
    case 'foreign-use':
      return withPrograms(`${event.token}: ${words.foreignUse[event.what]}`, event.programs, pins);
  }
}
