/** Longer than a prompt, or another question on a screen, is deaf after it came or changed by itself; milliseconds. */
export const afterDeafMs = 700;
