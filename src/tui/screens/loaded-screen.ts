import type { ControlClient } from '../../client/client.js';
import { isMiddlewareError } from '../../core/errors.js';
import { uiListMessages, type UiListMessages } from '../../messages/ui-lists.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { createStyle } from '../../terminal/layout/style.js';
import type { KeyHelp, Ui } from '../screen.js';
import { failureTexts } from './failure-texts.js';
import { ListPane, type ListFrame } from './list-pane.js';
import { letterOf, rowsText, RowScreen } from './row-screen.js';

/** A list that the daemon tells; it is asked again when another daemon answers, and keeps what it has meanwhile. */
export abstract class LoadedScreen<T> extends RowScreen {
  protected readonly words: UiListMessages;
  protected readonly pane: ListPane<T>;
  #state: 'loading' | 'shown' | 'failed' = 'loading';
  #failure: unknown;
  #client: ControlClient | undefined;
  #stop: () => void = () => undefined;
  #isAsking = false;
  #isWanted = false;

  constructor(ui: Ui, idOf: (item: T) => string) {
    super(ui);
    this.words = uiListMessages[ui.look.language];
    this.pane = new ListPane(idOf);
  }

  /** Begins to follow the daemon; called once by whoever made it. */
  start(): this {
    this.#stop = this.ui.subscribe(() => this.#follow());
    void this.reload();
    return this;
  }

  override close(): void {
    super.close();
    this.#stop();
  }

  get keys(): readonly KeyHelp[] {
    const move: KeyHelp = { key: '↑ ↓', does: this.words.keys.move };
    return this.pane.items.length === 0 ? this.ownKeys() : [...this.ownKeys(), move];
  }

  key(key: Key, byte: number): boolean {
    if (this.pane.key(key)) {
      this.changed();
      return true;
    }
    const letter = letterOf(key, byte);
    if (letter === 'r' && this.#state === 'failed') {
      void this.reload();
      return true;
    }
    return this.ownKey(key === 'enter' ? 'enter' : letter);
  }

  rows(size: WindowSize): readonly string[] {
    return this.pane.rows(this.#frame(), size);
  }

  linear(): readonly string[] {
    return this.pane.lines(this.#frame());
  }

  /** Asks the daemon anew; changes that come meanwhile are followed by one more question. */
  async reload(): Promise<void> {
    this.#isWanted = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#isWanted && !this.isClosed) {
      this.#isWanted = false;
      await this.#ask();
    }
    this.#isAsking = false;
  }

  /** Asks for the list. */
  protected abstract load(client: ControlClient): Promise<readonly T[]>;
  protected abstract textsOf(item: T): readonly MarkedText[];
  /** Said in place of the list when there is nothing in it. */
  protected abstract empty(): string;
  protected abstract ownKeys(): readonly KeyHelp[];
  /** A small letter, or `enter`; whether it meant something. */
  protected abstract ownKey(key: string): boolean;

  /** What stands above the list. */
  protected above(): readonly MarkedText[] {
    return [];
  }

  protected below(): readonly MarkedText[] {
    return [];
  }

  /** Whether the list may differ whenever cards come and go. */
  protected followsCards(): boolean {
    return true;
  }

  #follow(): void {
    const { client } = this.ui;
    const isOther = client !== this.#client;
    if (client !== undefined && (isOther || this.followsCards())) void this.reload();
    else if (isOther) this.#client = client;
    this.changed();
  }

  async #ask(): Promise<void> {
    const { client } = this.ui;
    this.#client = client;
    if (client === undefined) return;
    try {
      const items = await this.load(client);
      this.pane.show(items);
      this.#state = 'shown';
    } catch (error) {
      // That the daemon went is said by itself, and what it told before still stands.
      const isGone = isMiddlewareError(error, 'ERR_IPC_DAEMON_UNREACHABLE') && this.ui.client !== client;
      if (!isGone) {
        this.#state = 'failed';
        this.#failure = error;
      }
    }
    this.changed();
  }

  #frame(): ListFrame<T> {
    return {
      above: [...this.#stateTexts(), ...this.above(), ...this.#emptyTexts()],
      textsOf: (item) => this.textsOf(item),
      below: this.below(),
      says: rowsText(this.ui.look.language),
    };
  }

  #stateTexts(): readonly MarkedText[] {
    const { words } = this;
    const style = createStyle(this.ui.look.color);
    const warning = (text: string): string => style.warning(text);
    if (this.ui.client === undefined) {
      return [marked(this.#state === 'shown' ? words.stale : words.away, '! ', warning), marked('')];
    }
    if (this.#state === 'loading') return [marked(words.loading)];
    if (this.#state === 'failed')
      return [...failureTexts(this.#failure, this.ui.look), marked(words.again), marked('')];
    return [];
  }

  #emptyTexts(): readonly MarkedText[] {
    const isEmpty = this.#state === 'shown' && this.pane.items.length === 0;
    return isEmpty ? [marked(this.empty())] : [];
  }
}
