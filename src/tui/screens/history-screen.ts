import type { ControlClient } from '../../client/client.js';
import { historyMessages } from '../../messages/history.js';
import type { HistoryEntry, HistoryVerdict } from '../../model/history.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { createStyle } from '../../terminal/layout/style.js';
import {
  headText,
  historyProblem,
  historyText,
  type HistoryText,
  type NameOf,
} from '../../terminal/texts/history-texts.js';
import { instanceOption } from '../../terminal/look.js';
import { nameParties, partyNames } from '../../terminal/texts/party-names.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { failureTexts } from './failure-texts.js';
import { choiceText, createHistoryFilterScreen, filterOf, wholeHistory } from './history-filter.js';
import { LoadedScreen } from './loaded-screen.js';
import { createTextScreen } from './text-screen.js';

/** Every use of the cards, newest first. */
export const createHistoryScreen = (ui: Ui): Screen =>
  new HistoryScreen(ui, ({ sequence }) => String(sequence)).start();

/** So many are asked for at once. */
const pageLength = 100;

class HistoryScreen extends LoadedScreen<HistoryEntry> {
  #choice = wholeHistory;
  #hasMore = false;
  #isPaging = false;
  #verdict: readonly MarkedText[] = [];
  #partyOf: NameOf | undefined;

  get title(): string {
    return this.words.title.history;
  }

  protected async load(client: ControlClient): Promise<readonly HistoryEntry[]> {
    const { entries, more } = await client.request('history.list', { ...filterOf(this.#choice), limit: pageLength });
    await this.#nameParties(entries, client);
    this.#hasMore = more;
    return entries;
  }

  protected textsOf(entry: HistoryEntry): readonly MarkedText[] {
    const { time, sentence, facts, warns } = this.#textOf(entry);
    const style = createStyle(this.ui.look.color);
    const [first] = facts;
    const text = first === undefined ? sentence : `${sentence} · ${first}`;
    return [marked(text, `${time}  ${warns ? '! ' : '  '}`, warns ? (part) => style.warning(part) : undefined)];
  }

  protected empty(): string {
    return choiceText(this.#choice, this.words) === undefined
      ? historyMessages[this.ui.look.language].empty
      : this.words.noneFiltered;
  }

  protected override followsCards(): boolean {
    return false;
  }

  protected override above(): readonly MarkedText[] {
    const filter = choiceText(this.#choice, this.words);
    const between = filter === undefined || this.#verdict.length === 0 ? [] : [marked('')];
    const lines = [...this.#verdict, ...between, ...(filter === undefined ? [] : [marked(filter)])];
    return lines.length === 0 ? [] : [...lines, marked('')];
  }

  protected override below(): readonly MarkedText[] {
    if (this.#isPaging) return [marked(''), marked(this.words.loadingOlder)];
    const { length } = this.pane.items;
    return length === 0 ? [] : [marked(''), marked(this.words.historyCount(length, this.#hasMore))];
  }

  protected ownKeys(): readonly KeyHelp[] {
    const { keys, shortKeys } = this.words;
    return [
      ...(this.pane.selected === undefined ? [] : [{ key: 'Enter', does: keys.details, short: shortKeys.details }]),
      { key: 'f', does: keys.filter },
      { key: 'v', does: keys.verify, short: shortKeys.verify },
      { key: 'r', does: keys.again, short: shortKeys.again },
    ];
  }

  override key(...[key, byte]: Parameters<Screen['key']>): boolean {
    const isTaken = super.key(key, byte);
    const isAtEnd = this.pane.index >= this.pane.items.length - 1;
    if (isTaken && isAtEnd && ['down', 'pageDown', 'end'].includes(key)) void this.#older();
    return isTaken;
  }

  protected ownKey(key: string): boolean {
    const { selected } = this.pane;
    if (key === 'f') this.ui.open(this.#filter());
    else if (key === 'v') void this.#verify();
    else if (key === 'r') void this.reload();
    else if (key === 'enter' && selected !== undefined) this.ui.open(this.#details(selected));
    else return false;
    return true;
  }

  /** Cards that are inserted, and services, by the names that people know. */
  #textOf(entry: HistoryEntry): HistoryText {
    const readers = this.ui.status?.readers ?? [];
    const labelOf = (id: string) => readers.find(({ token }) => token?.id === id)?.token?.label;
    return historyText(entry, this.ui.look.language, labelOf, this.#partyOf);
  }

  async #nameParties(entries: readonly HistoryEntry[], client: ControlClient): Promise<void> {
    if (nameParties(entries)) this.#partyOf ??= await partyNames(client, this.ui.look.language);
  }

  #filter(): Screen {
    return createHistoryFilterScreen(this.ui, this.#choice, (choice) => {
      this.#choice = choice;
      void this.reload();
    });
  }

  #details(entry: HistoryEntry): Screen {
    const { time, sentence, facts, warns } = this.#textOf(entry);
    return createTextScreen(this.ui, {
      title: this.words.title.entry,
      texts: [
        marked(sentence, warns ? '! ' : ''),
        ...facts.map((fact) => marked(fact, '  ')),
        marked(''),
        marked(`${this.words.sequence(entry.sequence)}, ${time} (${entry.time})`),
        marked(entry.previous),
      ],
    });
  }

  /** The page behind the last one that is shown. */
  async #older(): Promise<void> {
    const { client } = this.ui;
    const last = this.pane.items.at(-1);
    if (!this.#hasMore || this.#isPaging || client === undefined || last === undefined) return;
    const choice = this.#choice;
    this.#isPaging = true;
    this.changed();
    try {
      const query = { ...filterOf(choice), limit: pageLength, before: last.sequence };
      const { entries, more } = await client.request('history.list', query);
      await this.#nameParties(entries, client);
      if (choice !== this.#choice || this.pane.items.at(-1) !== last) return;
      this.#hasMore = more;
      this.pane.show([...this.pane.items, ...entries]);
    } catch (error) {
      this.ui.say(failureTexts(error, this.ui.look)[0]?.text ?? '');
    } finally {
      this.#isPaging = false;
      this.changed();
    }
  }

  async #verify(): Promise<void> {
    const { client, look } = this.ui;
    if (client === undefined) {
      this.ui.say(this.words.away);
      return;
    }
    this.#show([marked(this.words.verifying, '… ')]);
    try {
      this.#show(this.#verdictTexts(await client.request('history.verify', {}, { timeoutMs: verifyMs })));
    } catch (error) {
      this.#show(failureTexts(error, look));
    }
  }

  #show(texts: readonly MarkedText[]): void {
    this.#verdict = texts;
    this.pane.select(0);
    this.changed();
  }

  #verdictTexts(verdict: HistoryVerdict): readonly MarkedText[] {
    const { language, color } = this.ui.look;
    const words = historyMessages[language];
    const style = createStyle(color);
    if (!verdict.intact) {
      return [
        marked(this.words.damaged(verdict), '✗ ', (text) => style.warning(text)),
        marked(historyProblem(verdict.problem, language), '  '),
      ];
    }
    if (verdict.entries === 0) return [marked(words.empty, '✓ ')];
    return [
      marked(words.intact(verdict.entries), '✓ '),
      marked(headText(verdict), `  ${words.head}: `),
      marked(words.headAdvice(instanceOption(this.ui.look)), '  '),
    ];
  }
}

/** A history of its greatest size is read whole. */
const verifyMs = 120_000;
