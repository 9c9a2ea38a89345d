import type { ErrorFields } from '../core/errors.js';

/**
 * Fills a sentence of the catalogue: `{name}` is a field, `{name|one|other}` a word by its number, and a part in
 * brackets is left out when one of its fields is missing: `The card was removed[ from {reader}].`
 */
export function fillTemplate(template: string, fields: ErrorFields): string {
  const parts = template.replaceAll(/\[([^\]]*)\]/g, (_whole, part: string) => (isComplete(part, fields) ? part : ''));
  // What is quoted often ends its own sentence.
  return fillPlaceholders(parts, fields).replaceAll(/([.!?…])([”"])\./g, '$1$2');
}

/** Names of the fields that a sentence uses, sorted, each once. */
export function templateFields(template: string): readonly string[] {
  const names = [...template.matchAll(placeholder)].map((match) => match[1] ?? '');
  return [...new Set(names)].sort();
}

const placeholder = /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g;

function isComplete(part: string, fields: ErrorFields): boolean {
  return templateFields(part).every((name) => fields[name] !== undefined);
}

function fillPlaceholders(template: string, fields: ErrorFields): string {
  return template.replaceAll(placeholder, (_whole, name: string, one?: string, other?: string) => {
    const value = fields[name];
    if (one !== undefined && other !== undefined) return value === 1 ? one : other;
    return value === undefined ? '?' : String(value);
  });
}
