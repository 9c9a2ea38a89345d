// Figures as text.

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
export const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
export const times = (ratio) => `${ratio.toFixed(2)} ×`;

/** Rows of what, ours, peer, budget and whether it holds, in columns. */
export function printTable(rows) {
  const header = { what: 'what', ours: 'kort', peer: 'peer', budget: 'budget', ok: '' };
  const lines = [header, ...rows].map(({ what, ours, peer, budget, ok }) => [
    what,
    String(ours),
    String(peer),
    String(budget),
    ok === '' ? '' : ok ? 'ok' : 'OVER',
  ]);
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines) {
    const cells = line.map((cell, column) => cell.padEnd(widths[column]));
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  }
}
