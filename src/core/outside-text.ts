/** Where the text will stand. */
export interface OutsideTextOptions {
  /** Keep line feeds; every other way to break a line becomes one. Off: they become spaces. */
  readonly lineBreaks?: boolean;
}

/** Terminal sequences (ECMA-48 §5.4 and §5.6: CSI with its parameters, OSC with its string), 7-bit and 8-bit. */
const terminalSequences = [
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/g,
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g,
];

const lineBreaks = /\r\n?|[\n\v\f\u0085\u2028\u2029]/g;

/**
 * Controls, format characters (bidirectional, zero-width, tags), lone surrogates, private use; and what shows nothing
 * although its category does not say so: variation selectors, joiners, fillers, the blank braille pattern.
 */
const invisible = new RegExp(
  '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2800\\u3164\\uffa0' +
    '\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]',
  'gu',
);

/** More marks on one letter than any language has would paint over the lines around it. */
const markPile = /(\p{M}{4})\p{M}+/gu;

/**
 * Makes text that somebody else wrote safe to show: NFC, without control, escape, bidirectional and invisible
 * characters, with plain spaces only. What a surface itself treats as markup, the surface must still escape.
 */
export function sanitizeOutsideText(text: string, options: OutsideTextOptions = {}): string {
  const plain = terminalSequences.reduce((rest, sequence) => rest.replace(sequence, ''), text.normalize('NFC'));
  return plain
    .replace(lineBreaks, '\n')
    .split('\n')
    .map(sanitizeLine)
    .join(options.lineBreaks === true ? '\n' : ' ')
    .replace(options.lineBreaks === true ? /\n{3,}/g : / {2,}/g, (run) => run.slice(0, run.startsWith('\n') ? 2 : 1))
    .trim();
}

function sanitizeLine(line: string): string {
  return line
    .replace(/[\t\p{Zs}]+/gu, ' ')
    .replace(invisible, '')
    .normalize('NFC')
    .replace(markPile, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
}
