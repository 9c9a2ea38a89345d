import type { AlgorithmUse, InventoryEntry } from '../../model/certificate-inventory.js';
import { inventoryMessages } from '../../messages/inventory.js';
import type { Look } from '../look.js';
import { createStyle } from '../layout/style.js';
import { localDate } from './certificate-texts.js';
import { shownFingerprint } from './find-certificate.js';
import { marked, type MarkedText } from '../layout/marked-text.js';

/** What an inventory of algorithms found. */
export function inventoryTexts(entries: readonly InventoryEntry[], look: Look): readonly MarkedText[] {
  const words = inventoryMessages[look.language];
  if (entries.length === 0) return [marked(words.none)];
  const vulnerable = entries.filter(({ quantumVulnerable }) => quantumVulnerable === 'yes').length;
  return [
    ...entries.flatMap((entry) => entryTexts(entry, look)),
    marked(''),
    marked(words.summary(vulnerable, entries.length)),
    marked(words.explanation),
  ];
}

function entryTexts(entry: InventoryEntry, look: Look): readonly MarkedText[] {
  const { where, name, cardLabel, fingerprint, key, signature, second, use, notAfter, quantumVulnerable } = entry;
  const words = inventoryMessages[look.language];
  const style = createStyle(look.color);
  const place = cardLabel === undefined ? words.where[where] : words.onCard(cardLabel);
  const algorithms = [
    words.key(algorithmText(key, look)),
    ...(signature === undefined ? [] : [words.signedWith(algorithmText(signature, look))]),
    ...(second === undefined ? [] : [words.second(algorithmText(second, look))]),
  ];
  const facts = [
    ...use.map((one) => words.use[one]),
    ...(notAfter === undefined ? [] : [words.validUntil(localDate(notAfter))]),
    words.quantum[quantumVulnerable],
  ];
  const mark = fingerprint === undefined ? '' : `${shownFingerprint(fingerprint)}  `;
  return [
    marked(`${name} (${place})`, mark, (text) => style.bold(text)),
    marked(algorithms.join(' · '), '  '),
    marked(facts.join(' · '), '  '),
  ];
}

/** The size only where the name does not tell it already. */
function algorithmText({ name, bits }: AlgorithmUse, { language }: Look): string {
  if (bits === undefined || /\d/.test(name)) return name;
  return `${name} ${inventoryMessages[language].bits(bits)}`;
}
