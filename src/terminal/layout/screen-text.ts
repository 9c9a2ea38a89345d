/**
 * Text from outside, made harmless for a terminal: control and escape characters (C0, C1), directional and zero-width
 * characters and line separators are taken out. What the daemon sends is sanitized already; a surface does not rely on
 * that.
 */
export function screenText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '');
}
