import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import type { KeyHelp, Screen } from '../screen.js';

/** What stands in front, for whoever draws it. */
export type Picture =
  /** The rows of a login's prompt, as they fit into the window. */
  | { readonly kind: 'rows'; readonly rows: readonly string[] }
  | {
      readonly kind: 'screen';
      readonly screen: Screen;
      /** What the program says of itself, above everything. */
      readonly head: string;
      readonly title: string;
      /** The sentence in the last row but one. */
      readonly said: string;
      readonly keys: readonly KeyHelp[];
    };

/** What a face draws from. */
export interface FaceSource {
  size(): WindowSize;
  picture(): Picture;
  /** Said when the window is too small for anything. */
  readonly tooSmall: string;
  readonly color: boolean;
  /** Counts up with every change of the picture. */
  version(): number;
  onPicture(listener: () => void): () => void;
}

/** How the terminal UI shows itself. */
export interface Face {
  /** Shows everything anew: the window has another size, or something else has written over it. */
  redraw(): void;
  close(): void;
}
