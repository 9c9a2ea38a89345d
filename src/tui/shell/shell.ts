import type { ControlClient } from '../../client/client.js';
import type { TimedCardEvent } from '../../model/card-event.js';
import type { ExpiryWarning } from '../../model/expiry.js';
import { errorText } from '../../messages/error-text.js';
import { warningText } from '../../messages/expiry.js';
import { uiMessages } from '../../messages/ui.js';
import { isMiddlewareError } from '../../core/errors.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { nextStepFields, type NextStepLook } from '../../terminal/look.js';
import { eventLine } from '../../terminal/texts/event-lines.js';
import type { UiPorts } from '../ports.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { DaemonLink } from './daemon-link.js';
import type { FaceSource, Picture } from './face.js';
import { headText, noticeText } from './frame-texts.js';
import { FrontPrompt } from './front-prompt.js';
import { createHelpScreen } from './help-screen.js';
import { createHomeScreen } from './home-screen.js';
import { createListeners } from './listeners.js';
import { ScreenStack } from './screen-stack.js';

/** What the shell works with. */
export interface ShellOptions {
  readonly ports: UiPorts;
  readonly look: NextStepLook;
  readonly size: () => WindowSize;
  readonly now: () => number;
  readonly onQuit: () => void;
  readonly onSuspend: () => void;
  readonly onRedraw: () => void;
}

/** `q` and `?`: what counts before anything is shown to choose from; all else was typed for another program. */
const startKeys: readonly number[] = [0x71, 0x3f];

/** The terminal UI without its face: which screen stands in front, and whose a key is. */
export class Shell implements Ui, FaceSource {
  readonly look: NextStepLook;
  readonly ports: UiPorts;
  readonly tooSmall: string;
  readonly color: boolean;
  readonly link: DaemonLink;
  readonly size: () => WindowSize;
  readonly #options: ShellOptions;
  readonly #prompt: FrontPrompt;
  readonly #listeners = createListeners();
  readonly #changes = createListeners();
  readonly #screens: ScreenStack;
  #said = '';
  #isAsked = false;
  #version = 0;
  #wasAway = false;

  constructor(options: ShellOptions) {
    const { ports, look, size, now } = options;
    this.#options = options;
    this.ports = ports;
    this.look = look;
    this.size = size;
    this.color = look.color;
    this.tooSmall = uiMessages[look.language].tooSmall;
    this.#screens = new ScreenStack({ now, onChange: () => this.#change() });
    this.#prompt = new FrontPrompt({
      look,
      size,
      now,
      onChange: () => this.#change(),
      onCover: () => this.#screens.cover(),
      onOutcome: (text) => {
        this.say(text);
        void this.link.refreshPast();
      },
      onFailure: (error) => this.#sayError(error),
    });
    this.link = new DaemonLink(ports, {
      onClient: (client) => this.#onClient(client),
      onGone: () => this.#onGone(),
      onForeign: (event) => this.#onForeign(event),
      onWarning: (warning) => this.#onWarning(warning),
    });
    this.link.subscribe(() => {
      this.#changes.tell();
      this.#change();
    });
    this.open(createHomeScreen(this));
  }

  get client(): ControlClient | undefined {
    return this.link.client;
  }

  get status() {
    return this.link.status;
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  /** Called after every change of the picture. */
  onPicture(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  version(): number {
    return this.#version;
  }

  open(screen: Screen): void {
    this.#said = '';
    this.#screens.open(screen);
  }

  openSoon(loading: Promise<Screen>, leave: () => void): void {
    this.#screens.openSoon(loading, {
      leave: () => {
        this.#said = '';
        leave();
      },
      failed: () => this.say(uiMessages[this.look.language].notOpened),
    });
  }

  back(): void {
    this.#screens.back();
    void this.link.refreshPast();
  }

  say(sentence: string): void {
    this.#said = sentence;
    this.#change();
  }

  /** Wipes what is half typed: the program is not in front for a while. */
  cover(): void {
    this.#screens.cover();
  }

  /** For as long as the program is stopped it is no place for a PIN. */
  async away(stopped: () => Promise<void>): Promise<void> {
    const { client } = this;
    this.#prompt.detach();
    await client?.request('prompt.detach', {}, { timeoutMs: 500 }).catch(() => undefined);
    await stopped();
    if (this.client !== undefined) await this.#prompt.attach(this.client).catch(() => undefined);
  }

  /** The prompt and the screens, when the terminal has another size. */
  resized(): void {
    this.#prompt.redraw();
    this.#change();
  }

  picture(): Picture {
    const { front } = this.#screens;
    if (this.#prompt.inFront || front === undefined) return { kind: 'rows', rows: this.#prompt.rows };
    return {
      kind: 'screen',
      screen: front,
      title: front.title,
      head: headText(this, this.ports.version),
      said: this.#said === '' ? this.#notice() : this.#said,
      keys: this.keysOf(front),
    };
  }

  /** What the keys do now, those of the shell last. */
  keysOf(screen: Screen): readonly KeyHelp[] {
    const { keys, shortKeys: short } = uiMessages[this.look.language];
    const { isHome } = this.#screens;
    if (screen.typing === true) return screen.keys;
    return [
      ...screen.keys,
      ...(this.#prompt.waiting > 0 ? [{ key: 'o', does: keys.orders, short: short.orders }] : []),
      ...(this.#prompt.elsewhere === undefined ? [] : [{ key: 't', does: keys.take, short: short.take }]),
      isHome ? { key: 'q', does: keys.quit } : { key: 'Esc', does: keys.back },
      { key: '?', does: keys.help },
    ];
  }

  key(key: Key, byte: number): void {
    if (key === 'suspend') this.#options.onSuspend();
    else if (key === 'redraw') this.#options.onRedraw();
    else if (key === 'interrupt') this.#interrupt();
    else if (!this.#prompt.key(key, byte)) this.#screenKey(key, byte);
  }

  close(): void {
    this.#prompt.detach();
    this.#screens.close();
    this.link.close();
  }

  #screenKey(key: Key, byte: number): void {
    const { front } = this.#screens;
    if (front === undefined) return;
    const isStart = this.link.state === 'connecting' && !(key === 'character' && startKeys.includes(byte));
    if (isStart ? this.#screens.takesEarly(key) : this.#screens.takes(key)) return;
    const wasAsked = this.#isAsked;
    this.#isAsked = false;
    if (this.#said !== '') this.say('');
    if (front.key(key, byte)) return;
    const character = key === 'character' ? String.fromCharCode(byte) : '';
    if (character === '?') this.open(createHelpScreen(this, front));
    else if (character === 'o') this.#prompt.showWaiting();
    else if (character === 't') this.#prompt.take();
    else if (key === 'escape' || character === 'q') this.#leave(front, character === 'q', wasAsked);
  }

  #leave(front: Screen, isQuit: boolean, wasAsked: boolean): void {
    const { isHome } = this.#screens;
    if (front.busy && !wasAsked) {
      this.#isAsked = true;
      this.say(uiMessages[this.look.language].againToLeave);
    } else if (!isHome) this.back();
    else if (isQuit) this.#options.onQuit();
  }

  #interrupt(): void {
    if (this.#screens.front?.busy === true && !this.#isAsked && !this.#prompt.inFront) {
      this.#isAsked = true;
      this.say(uiMessages[this.look.language].againToQuit);
    } else this.#options.onQuit();
  }

  #onClient(client: ControlClient): void {
    this.#prompt.attach(client).catch(() => undefined);
    if (this.#wasAway) this.say(uiMessages[this.look.language].connected);
    this.#wasAway = false;
  }

  #onGone(): void {
    this.#wasAway = true;
    this.#prompt.detach();
    this.say(uiMessages[this.look.language].away);
  }

  #onForeign(event: TimedCardEvent): void {
    this.say(eventLine(event, this.look.language));
  }

  #onWarning(warning: ExpiryWarning): void {
    this.say(warningText(warning.finding, this.look.language));
    this.client?.request('expiry.shown', { ids: [warning.finding.id] }).catch(() => undefined);
  }

  #sayError(error: unknown): void {
    if (!isMiddlewareError(error) || error.code === 'ERR_IPC_DAEMON_UNREACHABLE') return;
    const { sentence, nextStep } = errorText(this.look.language, error.code, {
      ...error.fields,
      ...nextStepFields(this.look),
    });
    this.say(`${sentence} ${nextStep}`.trim());
  }

  /** What stands in the row of sentences when nothing was said. */
  #notice(): string {
    const isAway = this.link.state === 'away' && !this.#screens.isHome;
    return noticeText(this.#prompt, this.look) || (isAway ? uiMessages[this.look.language].away : '');
  }

  #change(): void {
    this.#version += 1;
    this.#listeners.tell();
  }
}
