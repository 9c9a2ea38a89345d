import type { Bilingual } from '../model/relying-party.js';

/** A command line that can be typed as it stands, and what it does. */
export interface Example {
  readonly line: string;
  readonly sv: string;
  readonly en: string;
}

/** What the help of a command says below its options. */
export interface CommandNotes {
  readonly more?: Bilingual;
  readonly examples: readonly Example[];
}

/** By the words of the command: `sandbox insert`. */
export type HelpNotes = Readonly<Record<string, CommandNotes>>;
