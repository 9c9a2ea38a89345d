import type { RelyingPartySummary } from '../../control-contract/relying-parties.js';
import { uiListMessages, type HistoryGroup, type UiListMessages } from '../../messages/ui-lists.js';
import type { HistoryEvent, HistoryFilter } from '../../model/history.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { marked } from '../../terminal/layout/marked-text.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { ListPane, type ListFrame } from './list-pane.js';
import { letterOf, rowsText, RowScreen } from './row-screen.js';

/** What the history is narrowed by, as it is chosen. */
export interface HistoryChoice {
  readonly group: HistoryGroup;
  readonly token: { readonly id: string; readonly name: string } | undefined;
  readonly relyingParty: { readonly id: string; readonly name: string } | undefined;
  readonly onlyFailed: boolean;
}

/** Everything. */
export const wholeHistory: HistoryChoice = {
  group: 'all',
  token: undefined,
  relyingParty: undefined,
  onlyFailed: false,
};

const kindsOf: Readonly<Record<Exclude<HistoryGroup, 'all'>, readonly HistoryEvent['kind'][]>> = {
  logins: ['login'],
  signatures: ['signature'],
  pins: ['pin-try', 'foreign-pin-try'],
  certificates: ['download', 'certificate-removed', 'certificate-restored'],
  foreign: ['foreign-pin-try', 'foreign-use'],
  cards: ['inserted', 'removed'],
  own: ['torn-line', 'torn-head', 'damaged-file', 'part-sealed', 'part-removed'],
};
const groups: readonly HistoryGroup[] = [
  'all',
  'logins',
  'signatures',
  'pins',
  'certificates',
  'foreign',
  'cards',
  'own',
];

/** The same, as the daemon takes it. */
export function filterOf({ group, token, relyingParty, onlyFailed }: HistoryChoice): HistoryFilter {
  return {
    ...(group === 'all' ? {} : { kinds: kindsOf[group] }),
    ...(token === undefined ? {} : { token: token.id }),
    ...(relyingParty === undefined ? {} : { relyingParty: relyingParty.id }),
    ...(onlyFailed ? { failed: true } : {}),
  };
}

/** The same in words; undefined where nothing is narrowed. */
export function choiceText({ group, token, relyingParty, onlyFailed }: HistoryChoice, words: UiListMessages) {
  const parts = [
    ...(group === 'all' ? [] : [words.groups[group]]),
    ...(token === undefined ? [] : [token.name]),
    ...(relyingParty === undefined ? [] : [relyingParty.name]),
    ...(onlyFailed ? [words.onlyFailed] : []),
  ];
  return parts.length === 0 ? undefined : words.filtered(parts.join(' · '));
}

type Row = 'group' | 'card' | 'service' | 'outcome';

/** Narrows the history by what, card, service and outcome; each change counts at once. */
export const createHistoryFilterScreen = (
  ui: Ui,
  begin: HistoryChoice,
  onChange: (choice: HistoryChoice) => void,
): Screen => new HistoryFilterScreen(ui, begin, onChange);

class HistoryFilterScreen extends RowScreen {
  readonly title: string;
  readonly #words: UiListMessages;
  readonly #onChange: (choice: HistoryChoice) => void;
  readonly #pane = new ListPane<Row>((row) => row);
  #choice: HistoryChoice;
  #parties: readonly RelyingPartySummary[] = [];

  constructor(ui: Ui, begin: HistoryChoice, onChange: (choice: HistoryChoice) => void) {
    super(ui);
    this.#words = uiListMessages[ui.look.language];
    this.title = this.#words.title.filter;
    this.#choice = begin;
    this.#onChange = onChange;
    this.#pane.show(['group', 'card', 'service', 'outcome']);
    void this.#askParties();
  }

  get keys(): readonly KeyHelp[] {
    const { keys } = this.#words;
    return [
      { key: 'Enter ← →', does: keys.change },
      { key: 'x', does: keys.clear },
      { key: '↑ ↓', does: keys.move },
    ];
  }

  key(key: Key, byte: number): boolean {
    if (this.#pane.key(key)) this.changed();
    else if (key === 'enter' || key === 'right' || byte === space) this.#turn(1);
    else if (key === 'left') this.#turn(-1);
    else if (letterOf(key, byte) === 'x') this.#choose(wholeHistory);
    else return false;
    return true;
  }

  rows(size: WindowSize): readonly string[] {
    return this.#pane.rows(this.#frame(), size);
  }

  linear(): readonly string[] {
    return this.#pane.lines(this.#frame());
  }

  #frame(): ListFrame<Row> {
    return {
      above: [],
      textsOf: (row) => [marked(`< ${this.#valueOf(row)} >`, `${this.#words.filterRow[row].padEnd(widestLabel)}  `)],
      below: [],
      says: rowsText(this.ui.look.language),
    };
  }

  #valueOf(row: Row): string {
    const { group, token, relyingParty, onlyFailed } = this.#choice;
    const words = this.#words;
    switch (row) {
      case 'group':
        return words.groups[group];
      case 'card':
        return token?.name ?? words.anyCard;
      case 'service':
        return relyingParty?.name ?? words.anyService;
      case 'outcome':
        return onlyFailed ? words.onlyFailed : words.anyOutcome;
    }
  }

  #turn(step: 1 | -1): void {
    const { group, token, relyingParty, onlyFailed } = this.#choice;
    switch (this.#pane.selected) {
      case 'group':
        this.#choose({ ...this.#choice, group: next(groups, group, step) ?? 'all' });
        return;
      case 'card':
        this.#choose({ ...this.#choice, token: nextById(this.#cards(), token, step) });
        return;
      case 'service':
        this.#choose({ ...this.#choice, relyingParty: nextById(this.#services(), relyingParty, step) });
        return;
      case 'outcome':
        this.#choose({ ...this.#choice, onlyFailed: !onlyFailed });
        return;
      case undefined:
    }
  }

  #choose(choice: HistoryChoice): void {
    this.#choice = choice;
    this.#onChange(choice);
    this.changed();
  }

  #cards(): readonly Named[] {
    const tokens = (this.ui.status?.readers ?? []).flatMap(({ token }) => (token === undefined ? [] : [token]));
    return tokens.map(({ label, serial }) => ({ id: serial, name: `${label} (${serial})` }));
  }

  #services(): readonly Named[] {
    const { language } = this.ui.look;
    return this.#parties.map(({ clientId, displayName }) => ({ id: clientId, name: displayName[language] }));
  }

  async #askParties(): Promise<void> {
    const answer = await this.ui.client?.request('rp.list', {}).catch(() => undefined);
    this.#parties = answer?.relyingParties ?? [];
    this.changed();
  }
}

interface Named {
  readonly id: string;
  readonly name: string;
}

const space = 0x20;
const widestLabel = 8;

function next<T>(all: readonly T[], now: T, step: 1 | -1): T | undefined {
  return all.at((all.indexOf(now) + step) % all.length);
}

/** Undefined, which means all of them, stands before the first. */
function nextById(all: readonly Named[], now: Named | undefined, step: 1 | -1): Named | undefined {
  const ids = [undefined, ...all.map(({ id }) => id)];
  const id = next(ids, now?.id, step);
  return all.find((one) => one.id === id);
}
