/** More edits than this are another word. */
const mostEdits = 3;
/** Of the longer word, so much must be the same. */
const leastShare = 0.5;

/** The candidates that somebody may have meant who typed `word`, all equally near; none for a word of one letter. */
export function similarTo(word: string, candidates: readonly string[]): readonly string[] {
  const typed = word.toLowerCase();
  const near = [...new Set(candidates)]
    .filter((candidate) => candidate.length > 1 && candidate !== word)
    .map((candidate) => ({ candidate, edits: distance(typed, candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => {
      const length = Math.max(typed.length, candidate.length);
      return edits <= mostEdits && (length - edits) / length >= leastShare;
    });
  const least = Math.min(...near.map(({ edits }) => edits));
  const nearest = near.filter(({ edits }) => edits === least).map(({ candidate }) => candidate);
  if (nearest.length > 0) return nearest.sort();
  // The beginning of a word is what people remember of it.
  return typed.length < 2 ? [] : candidates.filter((candidate) => candidate.toLowerCase().startsWith(typed)).sort();
}

/** Insertions, removals, changes and swapped neighbors that lead from one word to the other. */
function distance(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      now.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (now[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = now;
  }
  return last[to.length] ?? 0;
}
