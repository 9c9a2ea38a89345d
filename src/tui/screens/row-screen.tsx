import { useSyncExternalStore, type ComponentType } from 'react';
import type { Language } from '../../messages/language.js';
import { uiMessages } from '../../messages/ui.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { rowsOfMarked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { Rows } from '../rows.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';

/** A screen that is rows of text, drawn anew when it says that it has changed. */
export abstract class RowScreen implements Screen {
  abstract readonly title: string;
  readonly View: ComponentType<{ readonly size: WindowSize }>;
  protected readonly ui: Ui;
  /** Nobody looks at it any more. */
  protected isClosed = false;
  readonly #listeners = new Set<() => void>();
  #version = 0;

  constructor(ui: Ui) {
    this.ui = ui;
    this.View = viewOf(
      this,
      (listener) => this.subscribe(listener),
      () => this.#version,
    );
  }

  abstract get keys(): readonly KeyHelp[];
  abstract key(key: Key, byte: number): boolean;
  abstract linear(): readonly string[];
  abstract rows(size: WindowSize): readonly string[];

  get busy(): boolean {
    return this.atWork();
  }

  subscribe(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  close(): void {
    this.isClosed = true;
    this.#listeners.clear();
  }

  /** Whether leaving would give up something that is under way. */
  protected atWork(): boolean {
    return false;
  }

  protected changed(): void {
    this.#version += 1;
    for (const listener of [...this.#listeners]) listener();
  }
}

function viewOf(
  screen: Pick<RowScreen, 'rows'>,
  subscribe: (listener: () => void) => () => void,
  version: () => number,
): ComponentType<{ readonly size: WindowSize }> {
  return function RowView({ size }) {
    useSyncExternalStore(subscribe, version);
    return <Rows rows={screen.rows(size)} />;
  };
}

/** Texts as the rows of a window. */
export const rowsOfTexts = (texts: readonly MarkedText[], columns: number): readonly string[] =>
  texts.flatMap((text) => rowsOfMarked(text, columns));

/** Texts as lines that are read aloud: empty ones say nothing. */
export const linesOfTexts = (texts: readonly MarkedText[]): readonly string[] =>
  texts.map(({ mark, text }) => screenText(`${mark.trim()} ${text}`).trim()).filter((line) => line !== '');

/** Which rows of how many stand in a window. */
export const rowsText = (language: Language): Says => {
  const words = uiMessages[language];
  return (first, last, all) => words.rows(first, last, all);
};

/** Says which rows stand in a window. */
export type Says = (first: number, last: number, all: number) => string;

/** The letter of a key, small; empty for any other key. */
export const letterOf = (key: Key, byte: number): string =>
  key === 'character' ? String.fromCharCode(byte).toLowerCase() : '';
