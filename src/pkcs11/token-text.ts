/**
 * A text of a token without padding, controls and format characters. Both sides of the pipe apply it: the module's
 * process because fixed fields are padded with blanks (PKCS#11 v2.40 §3) or, by some, with zeros; the parent because the
 * process may be anybody's.
 */
export function tokenText(text: string): string {
  return (text.split('\0')[0] ?? '').replace(/\p{C}/gu, '').trim();
}
