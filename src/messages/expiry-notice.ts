import type { ExpiryWarning } from '../model/expiry.js';
import { actionText, expiryMessages, warningText } from './expiry.js';
import type { Language } from './language.js';

/** Warnings that are due together, as one notice on the desktop: the soonest, and how many more there are. */
export function noticeOfWarnings(
  warnings: readonly ExpiryWarning[],
  language: Language,
): { readonly title: string; readonly text: string } {
  const [first, ...others] = warnings.map(({ finding }) => finding);
  if (first === undefined) return { title: 'kort', text: '' };
  const parts = [
    actionText(first, language),
    ...(others.length === 0 ? [] : [expiryMessages[language].seeExpiry(others.length, '')]),
  ];
  return { title: warningText(first, language), text: parts.filter((part) => part !== undefined).join('\n') };
}
