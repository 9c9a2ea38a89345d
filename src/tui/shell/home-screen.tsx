import { Box } from 'ink';
import { uiMessages } from '../../messages/ui.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { rowsOf } from '../../terminal/layout/screen-block.js';
import type { StatusReader } from '../../control-contract/status.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { Rows } from '../rows.js';
import type { KeyHelp, Screen } from '../screen.js';
import { createScroll } from '../scroll.js';
import { flows, type Flow } from './flows.js';
import { cardName, homeLines, homeList, pastOf, type HomeChoice } from './home-rows.js';
import type { HomeSource } from './home-source.js';
import { createListeners } from './listeners.js';
import { createMenuScreen } from './menu-screen.js';
import { detailBlocks } from './reader-blocks.js';
import { createSearch } from './search.js';

/** From so many columns on, the chosen card stands beside the list, with all that is known of it. */
const wideColumns = 150;

/** The live view of readers, cards, certificates, PINs and warnings. */
export function createHomeScreen(source: HomeSource): Screen {
  return new HomeScreen(source);
}

class HomeScreen implements Screen {
  readonly title: string;
  readonly busy = false;
  readonly View = ({ size }: { readonly size: WindowSize }) => this.#draw(size);
  readonly #source: HomeSource;
  readonly #scroll = createScroll();
  readonly #details = createScroll();
  readonly #search = createSearch();
  readonly #listeners = createListeners();
  /** Readers come and go: the chosen one is known by its name. */
  #chosen: string | undefined;
  #isMoved = false;

  constructor(source: HomeSource) {
    this.#source = source;
    this.title = uiMessages[source.look.language].home;
  }

  get typing(): boolean {
    return this.#search.typing;
  }

  get keys(): readonly KeyHelp[] {
    const { keys, shortKeys } = uiMessages[this.#source.look.language];
    const helpOf = (key: string, does: keyof typeof keys): KeyHelp => ({
      key,
      does: keys[does],
      short: shortKeys[does],
    });
    if (this.typing) return [helpOf('⌫', 'erase'), helpOf('Esc', 'all'), helpOf('Enter', 'keep')];
    if (this.#source.status === undefined) {
      return [
        ...(this.#source.link.state === 'away' ? [helpOf('s', 'start')] : []),
        ...flows.filter(({ key }) => key === 'x').map(({ key, does }) => helpOf(key, does)),
      ];
    }
    return [
      helpOf('Enter', 'menu'),
      ...(this.#readers.length > 1 ? [helpOf('↑↓', 'move')] : []),
      ...this.#flows.map(({ key, does }) => helpOf(key, does)),
      helpOf('/', 'search'),
      ...(this.#search.text === '' ? [] : [helpOf('Esc', 'all')]),
    ];
  }

  key(key: Key, byte: number): boolean {
    if (this.#search.key(key, byte)) return this.#searched();
    if (key === 'up' || key === 'down') return this.#move(key === 'up' ? -1 : 1);
    if (key === 'enter') return this.#openMenu();
    if (key !== 'character') return this.#scrolled(key);
    const character = String.fromCharCode(byte);
    if (character === '/') return this.#beginSearch();
    if (character === 's' && this.#source.link.state === 'away') return this.#start();
    if (/^[1-9]$/.test(character)) return this.#choose(Number(character) - 1);
    const flow = this.#flows.find((one) => one.key === character);
    if (flow === undefined) return this.#saysWhyNot(character);
    this.#open(flow);
    return true;
  }

  linear(): readonly string[] {
    return homeLines(this.#source, this.#choice);
  }

  subscribe(listener: () => void): () => void {
    const stops = [this.#source.subscribe(listener), this.#listeners.add(listener)];
    return () => {
      for (const stop of stops) stop();
    };
  }

  close(): void {
    this.#chosen = undefined;
  }

  /** All of them, or those that were searched for. */
  get #readers(): readonly StatusReader[] {
    return (this.#source.status?.readers ?? []).filter((reader) => this.#search.fits(reader));
  }

  get #choice(): HomeChoice {
    return { shown: this.#readers, selected: this.#index, search: this.#search };
  }

  get #index(): number {
    const found = this.#readers.findIndex(({ name }) => name === this.#chosen);
    if (found >= 0) return found;
    return Math.max(
      0,
      this.#readers.findIndex(({ token }) => token !== undefined),
    );
  }

  get #reader(): StatusReader | undefined {
    return this.#readers[this.#index];
  }

  /** What can be done now: what is about a card only while one is chosen. */
  get #flows(): readonly Flow[] {
    const hasCard = this.#reader?.token !== undefined;
    return flows.filter(({ ofCard }) => hasCard || !ofCard);
  }

  #draw(size: WindowSize) {
    const { look } = this.#source;
    const words = uiMessages[look.language];
    const reader = size.columns >= wideColumns ? this.#reader : undefined;
    const columns = reader === undefined ? size.columns : Math.floor(size.columns / 2);
    const { rows, places } = homeList(this.#source, this.#choice, columns);
    const place = places[this.#index];
    if (place !== undefined) this.#reveal(place);
    const list = this.#scroll.window(rows, { ...size, columns }, words.rows);
    if (reader === undefined) return <Rows rows={list} />;
    const right = size.columns - columns;
    const details = detailBlocks(reader, pastOf(this.#source, reader), look).flatMap((block) => rowsOf(block, right));
    return (
      <Box flexDirection="row">
        <Box width={columns} flexDirection="column">
          <Rows rows={list} />
        </Box>
        <Box width={right} flexDirection="column">
          <Rows rows={this.#details.window(details, { columns: right, rows: size.rows }, words.rows)} />
        </Box>
      </Box>
    );
  }

  /** Once after a choice: who looks elsewhere then is left alone. */
  #reveal({ first, last }: { readonly first: number; readonly last: number }): void {
    if (this.#isMoved) this.#scroll.reveal(first, last);
    this.#isMoved = false;
  }

  #move(step: number): boolean {
    if (this.#readers.length === 0) return this.#scrolled(step < 0 ? 'up' : 'down');
    const next = this.#index + step;
    if (next < 0 || next >= this.#readers.length) return this.#scrolled(step < 0 ? 'up' : 'down');
    return this.#choose(next);
  }

  #choose(index: number): boolean {
    const reader = this.#readers[index];
    if (reader === undefined) return false;
    this.#chosen = reader.name;
    this.#isMoved = true;
    this.#details.top();
    this.#listeners.tell();
    return true;
  }

  #scrolled(key: Key): boolean {
    if (!this.#scroll.key(key)) return false;
    this.#listeners.tell();
    return true;
  }

  #beginSearch(): boolean {
    if (this.#source.status === undefined) return false;
    this.#search.begin();
    this.#listeners.tell();
    return true;
  }

  #searched(): boolean {
    this.#scroll.top();
    this.#listeners.tell();
    return true;
  }

  #start(): boolean {
    void this.#source.link.start();
    return true;
  }

  #openMenu(): boolean {
    const { look } = this.#source;
    const { keys, menuOf, menuOfNone, menuTitle } = uiMessages[look.language];
    const reader = this.#reader;
    const entries = this.#flows.map((flow) => ({
      key: flow.key,
      text: keys[flow.does],
      choose: (leave: () => void) => this.#open(flow, leave),
    }));
    const question = reader?.token === undefined ? menuOfNone : menuOf(cardName(reader));
    this.#source.open(createMenuScreen(this.#source, { title: menuTitle, question, entries }));
    return true;
  }

  /** A key that is about a card, while none is in the chosen reader. */
  #saysWhyNot(character: string): boolean {
    const reader = this.#reader;
    if (reader === undefined || !flows.some(({ key }) => key === character)) return false;
    const words = uiMessages[this.#source.look.language];
    this.#source.say(screenText(words.noCardThere(reader.name, this.#readers.length > 1)));
    return true;
  }

  #open(flow: Flow, leave = (): void => undefined): void {
    // Whoever comes back finds the same reader chosen, even when its card is gone by then.
    this.#chosen = this.#reader?.name;
    this.#source.openSoon(flow.open(this.#source, this.#reader?.token?.id), leave);
  }
}
