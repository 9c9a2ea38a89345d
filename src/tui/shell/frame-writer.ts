/** Writes frames to a terminal: of each only the rows that differ from those that stand there. */
export interface FrameWriter {
  /** Rows apart by line feeds. */
  frame(text: string): void;
  /** Nothing is known any more of what stands there: the next frame is written whole. */
  forget(): void;
}

/** Cursor to a row, its rest away (ECMA-48 §8.3.21 CUP, §8.3.41 EL), everything below away (§8.3.39 ED). */
const toRow = (row: number): string => `\u001b[${row};1H`;
const eraseRest = '\u001b[K';
const eraseBelow = '\u001b[J';
/** What comes between is shown at once (DEC private mode 2026); terminals without it ignore it. */
const beginFrame = '\u001b[?2026h';
const endFrame = '\u001b[?2026l';

/** `write` gets a whole frame at once. */
export function createFrameWriter(write: (text: string) => void): FrameWriter {
  let shown: readonly string[] | undefined;
  return {
    frame(text) {
      const rows = text.split('\n');
      const known = shown ?? [];
      const changes = rows.flatMap((row, index) =>
        row === known[index] ? [] : [`${toRow(index + 1)}${row}${eraseRest}`],
      );
      const isBelow = shown === undefined || known.length > rows.length;
      shown = rows;
      if (isBelow) changes.push(`${toRow(rows.length)}${rows.at(-1) ?? ''}${eraseBelow}`);
      if (changes.length > 0) write(beginFrame + changes.join('') + endFrame);
    },
    forget() {
      shown = undefined;
    },
  };
}
