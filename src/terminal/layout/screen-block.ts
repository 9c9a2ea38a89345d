import { screenText } from './screen-text.js';
import { wrapText } from './wrap-text.js';

/** A piece of text, and how it is set off. */
export type Span = string | { readonly text: string; readonly style: (text: string) => string };

/** What goes first when the window is too small, in this order; what is kept never goes. */
export const dropOrder = ['gap', 'help', 'detail', 'message', 'card', 'footer'] as const;

/** How long something stays on a screen that gets smaller. */
export type Weight = (typeof dropOrder)[number] | 'kept';

/** Text that is wrapped by itself: what stands before its first row and before every further one. */
interface Paragraph {
  readonly mark: string;
  readonly hang: string;
  readonly spans: readonly Span[];
}

/** Paragraphs that stay or go together. */
export interface Block {
  readonly weight: Weight;
  readonly paragraphs: readonly Paragraph[];
  /** Stands for the rows at the end that there was no room for; without it the block goes as a whole. */
  readonly more?: string;
}

/** Our labels begin at the start of a row or a little in; this far behind them no row of text from outside looks so. */
export const behindLabels = '    ';

/** An empty row. */
export const gap: Block = ownText('gap', '');

/** A sentence of the catalogue with nothing from outside in it. */
export function ownText(weight: Weight, ...spans: readonly Span[]): Block {
  return { weight, paragraphs: [{ mark: '', hang: '', spans }] };
}

/** Text that begins with words of ours and goes on with text from outside; none of its further rows looks like ours. */
export function labelledText(weight: Weight, mark: string, ...spans: readonly Span[]): Block {
  return { weight, paragraphs: [{ mark, hang: ' '.repeat(mark.length) + behindLabels, spans }] };
}

const quoteMark = '  | ';

/** Free text from outside under a heading of ours, marked on each row; lines apart by line feeds. */
export function quotedText(heading: string, text: string, weight: Weight = 'message'): Block {
  return {
    weight,
    paragraphs: [{ mark: '', hang: '', spans: [heading] }, ...text.split('\n').map(quoted)],
    more: `${quoteMark}…`,
  };
}

const quoted = (line: string): Paragraph => ({ mark: quoteMark, hang: quoteMark, spans: [line] });

/** A line of text from outside, marked on each row. */
export function quotedRows(line: string, columns: number): readonly string[] {
  return rowsOf({ weight: 'kept', paragraphs: [quoted(line)] }, columns);
}

/** Blocks as one, of which as much stays as there is room for. */
export function shortenable(weight: Weight, blocks: readonly Block[]): Block {
  return { weight, paragraphs: blocks.flatMap(({ paragraphs }) => paragraphs), more: '    …' };
}

/** Below this many columns rows are cut at the edge and no longer wrapped. */
const fewestColumns = 20;

/** The rows of a block in a window of so many columns, whose last stays free: a full row would move the cursor on. */
export function rowsOf({ paragraphs }: Block, columns: number): readonly string[] {
  return paragraphs.flatMap((paragraph) => paragraphRows(paragraph, Math.max(columns, fewestColumns) - 1));
}

/** Fewer columns than this cannot be read: rather the further rows begin less far in. */
const fewestReadable = 24;

/** What stands before further rows: no less than keeps them apart from our labels. */
function hangIn(width: number, { mark, hang }: Paragraph): string {
  const least = (/^[ >]*/.exec(mark)?.[0].length ?? 0) + behindLabels.length;
  return width - hang.length < fewestReadable && hang.length > least ? ' '.repeat(least) : hang;
}

function paragraphRows(paragraph: Paragraph, width: number): readonly string[] {
  const { mark, spans } = paragraph;
  const hang = hangIn(width, paragraph);
  const parts = spans.map((span) => (typeof span === 'string' ? { text: span, style: plain } : span)).map(harmless);
  const text = parts.map((part) => part.text).join('');
  const ranges = wrapText(text, { first: width - mark.length, further: width - hang.length });
  return ranges.map(({ start, end }, index) => {
    let at = 0;
    const pieces = parts.map((part) => {
      const piece = part.text.slice(Math.max(0, start - at), Math.max(0, end - at));
      at += part.text.length;
      return piece === '' ? '' : part.style(piece);
    });
    return (index === 0 ? mark : hang) + pieces.join('');
  });
}

const plain = (text: string): string => text;

function harmless<T extends { readonly text: string }>(part: T): T {
  return { ...part, text: screenText(part.text) };
}
