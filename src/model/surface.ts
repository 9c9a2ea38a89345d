/**
 * Where a PIN is asked for, the preferred first: the terminal UI, the desktop's own dialogue, a terminal that runs
 * `kort prompt` or a command that asks, and a program that answers over standard input.
 */
export const surfaceKinds = ['ui', 'pinentry', 'terminal', 'input'] as const;

/** Kind of a PIN surface. */
export type SurfaceKind = (typeof surfaceKinds)[number];
