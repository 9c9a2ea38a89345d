/**
 * The commands of a trace without PINs that carried a code to the card: VERIFY, CHANGE REFERENCE DATA and RESET RETRY
 * COUNTER with a length. Without one, a VERIFY only asks for the counter.
 */
export function commandsWithCodes(trace: readonly string[]): readonly string[] {
  return trace.filter((line) => /^00(?:20|24|2c)00..(?!00)[0-9a-f]{2}/i.test(line));
}
