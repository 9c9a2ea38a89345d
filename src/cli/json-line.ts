/**
 * A JSON document on one line. What a terminal would take for a command, or would turn the row around by, is escaped
 * (RFC 8259 §7), which changes nothing for whoever parses it: JSON by itself escapes only C0.
 */
export function jsonLine(document: unknown): string {
  return `${JSON.stringify(document).replaceAll(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, escaped)}\n`;
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    const digits = character.charCodeAt(at).toString(16).padStart(4, '0');
    return `\\u${digits}`;
  }).join('');
}
