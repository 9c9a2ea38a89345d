import type { Language } from './language.js';

type Units = Readonly<Record<'day' | 'hour' | 'minute', readonly [one: string, other: string]>>;

const units: Readonly<Record<Language, Units>> = {
  sv: { day: ['dag', 'dagar'], hour: ['timme', 'timmar'], minute: ['minut', 'minuter'] },
  en: { day: ['day', 'days'], hour: ['hour', 'hours'], minute: ['minute', 'minutes'] },
};

/** A time span in words, in either direction, rounded down to the largest unit of which it has two or more. */
export function durationText(language: Language, seconds: number): string {
  const size = Math.abs(seconds);
  const [unit, each] =
    size >= 172_800
      ? (['day', 86_400] as const)
      : size >= 7_200
        ? (['hour', 3_600] as const)
        : (['minute', 60] as const);
  const count = Math.max(Math.floor(size / each), 1);
  return `${count} ${units[language][unit][count === 1 ? 0 : 1]}`;
}
