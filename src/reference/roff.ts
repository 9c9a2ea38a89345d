/** Text as man(7) shows it: no sign of it is a command, and hyphens are those that can be typed. */
export function roffText(text: string): string {
  const plain = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('~', '\\(ti').replaceAll('^', '\\(ha');
  return plain.replaceAll(/^(?=[.'])/gm, '\\&');
}

/** Text in bold, as words that are typed. */
export const bold = (text: string): string => `\\fB${roffText(text)}\\fP`;

/** Text in italics, as what the user fills in. */
export const italic = (text: string): string => `\\fI${roffText(text)}\\fP`;

/** A section with its lines. */
export function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.SH ${quotedArgument(heading)}`, ...lines];
}

/** A term, and below it what it is. */
export function entry(term: string, about: string): readonly string[] {
  return ['.TP', term, roffText(about)];
}

/** One argument of a macro. */
export function quotedArgument(text: string): string {
  return `"${roffText(text).replaceAll('"', '\\(dq')}"`;
}
