import type { ComponentType } from 'react';
import type { ControlClient } from '../client/client.js';
import type { StatusReport } from '../control-contract/status.js';
import type { NextStepLook } from '../terminal/look.js';
import type { Key } from '../terminal/keys/key-reader.js';
import type { WindowSize } from '../terminal/layout/fit-screen.js';
import type { UiPorts } from './ports.js';

/** What every screen works with. */
export interface Ui {
  readonly look: NextStepLook;
  readonly ports: UiPorts;
  /** Undefined while no daemon answers; another one after a restart of the daemon. */
  readonly client: ControlClient | undefined;
  /** The last that the daemon told; undefined before the first. */
  readonly status: StatusReport | undefined;
  /** Called after every change of `client` and `status`. Gives what ends it. */
  subscribe(listener: () => void): () => void;
  /** Puts a screen in front of the one that is shown. */
  open(screen: Screen): void;
  /** Takes the front screen away, which is closed. */
  back(): void;
  /** One sentence in the last row, until the next key. */
  say(sentence: string): void;
}

/** A key and what it does, for the bottom row and the help on `?`. */
export interface KeyHelp {
  /** As it is shown: `Enter`, `Esc`, `u`. */
  readonly key: string;
  readonly does: string;
  /** The same for the bottom row, where there is no room for that. */
  readonly short?: string | undefined;
  /** It only brings into sight what is out of it. */
  readonly scrolls?: true;
}

/**
 * One screen: its state, how that is shown, and what keys do to it. It draws only what it holds, so that nothing is
 * drawn anew that did not change. The state is never in React: a PIN is entered into a `PinEntry` and leaves it as a
 * `Secret`.
 */
export interface Screen {
  readonly title: string;
  readonly View: ComponentType<{ readonly size: WindowSize }>;
  /** What the keys do now. */
  readonly keys: readonly KeyHelp[];
  /** Characters are typed into it: `?` and `q` stand for themselves, and Escape means what {@link keys} say. */
  readonly typing?: boolean;
  /** What is under way and would be lost: Esc asks first. A login's prompt comes in front all the same. */
  readonly busy: boolean;
  /** Takes a key; false leaves it to the shell (`?`, Esc, q). The byte is 0 unless it is printable ASCII. */
  key(key: Key, byte: number): boolean;
  /** The same as text, a line a fact, for terminals that are read aloud; what has changed since the last time is said. */
  linear(): readonly string[];
  /** A login's prompt came in front: what is half typed is wiped, since the rest of it may go elsewhere. */
  covered?(): void;
  /** Called after every change of what the screen shows. */
  subscribe(listener: () => void): () => void;
  /** Wipes what was typed, gives up what can be given up. */
  close(): void;
}
