/** How text is set off on a terminal; without color, not at all. */
export interface Style {
  bold(text: string): string;
  warning(text: string): string;
  dim(text: string): string;
}

/** ECMA-48 §8.3.117 (SGR), or nothing. */
export function createStyle(color: boolean): Style {
  const sgr =
    (on: number, off: number) =>
    (text: string): string =>
      color ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: sgr(1, 22), warning: sgr(31, 39), dim: sgr(2, 22) };
}
