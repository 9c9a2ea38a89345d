import type { ControlClient } from '../../client/client.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import { uiWorkMessages, type UiWorkMessages } from '../../messages/ui-work.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { createScroll } from '../scroll.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { createDeafTime } from '../../terminal/keys/deaf-time.js';
import { failureTexts } from './failure-texts.js';
import { letterOf, linesOfTexts, rowsOfTexts, rowsText, RowScreen } from './row-screen.js';
import { ScreenDialog } from './screen-dialog.js';
import { CardWatch, type CardPlace } from './card-watch.js';

/** Where work of a screen is done. */
export interface WorkPlace {
  /** The screen's own connection: when it ends, everything that was begun on it is cancelled. */
  readonly client: ControlClient;
  readonly dialog: ScreenDialog;
  /** Says at once when this card is pulled, until codes go to it: nobody types the rest for nothing. */
  readonly watch: (card: CardPlace) => void;
  /** Called when codes go to the card: from then on Escape has to wait for it. */
  readonly onRun: () => void;
}

/** What a screen does, from its first question to what came of it. */
export interface ScreenWork {
  readonly title: string;
  /** Id of the card that is meant: where it was not found, the work begins when it comes. */
  readonly card?: string | undefined;
  readonly work: (place: WorkPlace) => Promise<readonly MarkedText[]>;
  /** Another piece of work that mends what failed. */
  readonly mend?: (error: unknown) => Mending | undefined;
}

/** What mends a failure, by its key: one small letter. */
export interface Mending extends KeyHelp {
  readonly nextStep: string;
  readonly open: () => Screen;
}

/** A screen that does one piece of work with a card, and can begin it anew when it failed. */
export function createWorkScreen(ui: Ui, work: ScreenWork): WorkScreen {
  return new WorkScreen(ui, work);
}

/** See {@link createWorkScreen}. */
export class WorkScreen extends RowScreen {
  readonly title: string;
  readonly #work: ScreenWork;
  readonly #words: UiWorkMessages;
  readonly #scroll = createScroll();
  /** Half of a code that was typed too early: the other half must not be taken for a whole one. */
  readonly #deaf = createDeafTime(() => performance.now());
  #dialog: ScreenDialog;
  #client: ControlClient | undefined;
  #state: 'asking' | 'running' | 'cancelling' | 'done' | 'failed' = 'asking';
  #wasWarned = false;
  /** What comes is brought into sight, in a window of another size too, until somebody scrolls. */
  #follows = true;
  /** What failed goes on from where it was. */
  #goesOn = false;
  #mending: Mending | undefined;
  #watch: CardWatch | undefined;
  readonly #stop: () => void;
  /** Seconds that the card has been working, where that is long. */
  #seconds = 0;
  #ticks: NodeJS.Timeout | undefined;

  constructor(ui: Ui, work: ScreenWork) {
    super(ui);
    this.title = work.title;
    this.#work = work;
    this.#words = uiWorkMessages[ui.look.language];
    this.#dialog = this.#newDialog();
    this.#stop = ui.subscribe(() => this.#lookForCard());
    void this.#run();
  }

  /** Codes are on their way to the card, or the card works. */
  protected override atWork(): boolean {
    return this.#state === 'running' || this.#state === 'cancelling';
  }

  get typing(): boolean {
    return this.#dialog.question?.takesText === true;
  }

  get keys(): readonly KeyHelp[] {
    const { keys, shortKeys } = this.#words;
    const scroll: KeyHelp = { key: 'PgUp PgDn', does: keys.scroll, scrolls: true };
    if (this.#state === 'done') return [{ key: 'Enter', does: keys.done }, scroll];
    if (this.#state === 'failed') {
      const again: KeyHelp = this.#goesOn
        ? { key: 'Enter', does: keys.goOn, short: shortKeys.goOn }
        : { key: 'Enter', does: keys.again };
      return [this.#mending ?? again, scroll];
    }
    const ofQuestion = this.#dialog.question?.keys ?? [];
    return this.typing
      ? [...ofQuestion.slice(1), scroll, { key: 'Esc', does: keys.cancel }, ...ofQuestion.slice(0, 1)]
      : [...ofQuestion, scroll];
  }

  key(key: Key, byte: number): boolean {
    if (key === 'interrupt') return false;
    if (key === 'escape') return this.#escape();
    this.#wasWarned = false;
    if (key === 'pageUp' || key === 'pageDown' || key === 'home' || key === 'end') return this.#move(key);
    const { question } = this.#dialog;
    if (question !== undefined) {
      const isArrow = key === 'up' || key === 'down';
      if (isArrow && !question.takesArrows) return this.#move(key);
      const isHelp = byte === questionMark && !question.takesText;
      if (isHelp) return false;
      if (this.#deaf.takes()) return true;
      this.#follows = true;
      this.#dialog.key(key, byte);
      return true;
    }
    // The rest of a code whose card was pulled.
    if (this.#state === 'failed' && this.#deaf.takes()) return true;
    if (key === 'enter' && this.#state === 'done') this.ui.back();
    else if (this.#state === 'failed' && this.#mending?.key === letterOf(key, byte)) this.#mend(this.#mending);
    else if (key === 'enter' && this.#state === 'failed' && this.#mending === undefined) this.#again();
    else if (key === 'up' || key === 'down') return this.#move(key);
    // What is typed early is meant for the next question: no letter of it may leave the screen.
    const isEarly = this.#state !== 'done' && this.#state !== 'failed' && byte !== questionMark;
    if (isEarly && key === 'character') this.#deaf.begin();
    else if (key === 'enter') this.#deaf.end();
    return isEarly;
  }

  covered(): void {
    if (this.#dialog.drop()) this.#dialog.say(this.#words.covered);
  }

  rows(size: WindowSize): readonly string[] {
    const above = rowsOfTexts(this.#above(), size.columns);
    const asked = this.#dialog.question?.texts() ?? [];
    const below = asked.map((text) => rowsOfTexts([text], size.columns));
    if (this.#follows) this.#reveal(above.length, below);
    return this.#scroll.window([...above, ...below.flat()], size, rowsText(this.ui.look.language));
  }

  linear(): readonly string[] {
    return [...linesOfTexts(this.#above()), ...(this.#dialog.question?.lines() ?? [])].filter((line) => line !== '');
  }

  override close(): void {
    super.close();
    this.#stop();
    clearInterval(this.#ticks);
    this.#dialog.cancel();
    this.#client?.close();
  }

  #above(): readonly MarkedText[] {
    const { said, telling, question } = this.#dialog;
    const between = question !== undefined && said.length > 0 ? [marked('')] : [];
    const first = said.findIndex(({ mark, text }) => mark + text !== '');
    return [
      ...said.slice(Math.max(0, first)),
      ...(telling === '' ? [] : [marked(telling)]),
      ...(this.#seconds === 0 ? [] : [marked(this.#words.elapsed(this.#seconds))]),
      ...between,
    ];
  }

  #reveal(above: number, below: readonly (readonly string[])[]): void {
    const { question } = this.#dialog;
    const countTo = (end: number): number => below.slice(0, end).reduce((sum, rows) => sum + rows.length, above);
    if (question === undefined) this.#scroll.reveal(above - 1, above - 1);
    else this.#scroll.reveal(countTo(question.seen().first), Math.max(0, countTo(question.seen().last + 1) - 1));
  }

  #move(key: Key): boolean {
    this.#scroll.key(key);
    this.#follows = false;
    super.changed();
    return true;
  }

  #escape(): boolean {
    if (this.#state === 'running' && this.#dialog.cancelled.aborted) return false;
    if (this.#state === 'running' && !this.#wasWarned) {
      this.#wasWarned = true;
      this.ui.say(this.#words.againToCancel);
      return true;
    }
    if (this.#state === 'running') {
      this.#state = 'cancelling';
      this.#dialog.cancel();
      this.ui.say(this.#words.cancelling);
      return true;
    }
    if (this.#state === 'asking' && this.#dialog.hasAsked) this.ui.say(this.#words.cancelled);
    return false;
  }

  #mend({ open }: Mending): void {
    this.ui.back();
    this.ui.open(open());
  }

  #again(): void {
    this.#dialog = this.#newDialog();
    void this.#run();
  }

  #lookForCard(): void {
    const change = this.#watch?.look(this.ui.status);
    if (change === 'pulled' && this.#state === 'asking') {
      this.#deaf.begin();
      this.#dialog.turnPage();
      this.#dialog.fail(new MiddlewareError('ERR_CARD_REMOVED', 'Card was pulled while codes were asked for'));
    } else if (change === 'back' && this.#state === 'failed') {
      this.#deaf.begin();
      this.#again();
    }
  }

  #newDialog(): ScreenDialog {
    return new ScreenDialog(this.ui.look, () => this.#follow());
  }

  #follow(): void {
    this.#follows = true;
    this.changed();
  }

  async #run(): Promise<void> {
    const dialog = this.#dialog;
    this.#state = 'asking';
    this.#wasWarned = false;
    this.#watch = undefined;
    const slow = setTimeout(() => dialog.tell(`… ${this.#words.connecting}`), slowMs);
    try {
      const client = await this.#connect(dialog);
      clearTimeout(slow);
      dialog.tell('');
      const texts = await this.#work.work({
        client,
        dialog,
        watch: (card) => (this.#watch = CardWatch.ofPlace(card, this.ui.status)),
        onRun: () => {
          this.#watch = undefined;
          this.#enter('running');
        },
      });
      dialog.tell('');
      dialog.sayMarked(texts);
      this.#enter('done');
    } catch (error) {
      clearTimeout(slow);
      dialog.tell('');
      this.#mending = this.#work.mend?.(error);
      dialog.sayMarked([marked(''), ...failureTexts(reasonOf(error, dialog), this.ui.look, this.#mending?.nextStep)]);
      if (isMiddlewareError(error, 'ERR_TOKEN_NOT_FOUND') && this.#work.card !== undefined) {
        this.#watch = CardWatch.ofMissing(this.#work.card, this.ui.status);
      }
      this.#goesOn = isMiddlewareError(error) && error.fields['downloadId'] !== undefined;
      this.#enter('failed');
    } finally {
      clearTimeout(slow);
      this.#client?.close();
      this.#client = undefined;
    }
  }

  async #connect(dialog: ScreenDialog): Promise<ControlClient> {
    const client = await this.ui.ports.connect();
    this.#client = client;
    if (this.isClosed) client.close();
    void client.closed.then(() =>
      dialog.fail(new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'Connection ended while the user was asked')),
    );
    return client;
  }

  #enter(state: 'running' | 'done' | 'failed'): void {
    this.#state = state;
    this.#seconds = 0;
    clearInterval(this.#ticks);
    if (state === 'running') {
      this.#ticks = setInterval(() => {
        this.#seconds += longSeconds;
        this.changed();
      }, longSeconds * 1000);
    }
    this.#follow();
  }
}

/** Nobody should wonder for longer whether anything goes on. */
const longSeconds = 5;

const questionMark = 0x3f;

/** Longer than a daemon takes that has nothing else to do. */
const slowMs = 1000;

/** A connection that ends cancels what goes on: then that is what happened. */
function reasonOf(error: unknown, { cancelled }: ScreenDialog): unknown {
  const { reason } = cancelled as { readonly reason: unknown };
  const isOnlyCancelled = isMiddlewareError(error, 'ERR_PIN_CANCELLED') || isMiddlewareError(error, 'ERR_ABORTED');
  return isOnlyCancelled && isMiddlewareError(reason, 'ERR_IPC_DAEMON_UNREACHABLE') ? reason : error;
}
