import type { ControlClient } from '../../client/client.js';
import { actionText, endDates, expiryMessages, localDate, whatEnds } from '../../messages/expiry.js';
import type { ExpiryFinding } from '../../model/expiry.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { createStyle } from '../../terminal/layout/style.js';
import { expiryDetails } from '../../terminal/texts/expiry-lines.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { createDownloadScreen } from './download-screen.js';
import { failureTexts } from './failure-texts.js';
import { LoadedScreen } from './loaded-screen.js';
import { createOptionScreen } from './option-screen.js';
import { createTextScreen } from './text-screen.js';

/** What ends, soonest first; warnings of it can rest. */
export const createExpiryScreen = (ui: Ui): Screen => new ExpiryScreen(ui, ({ id }) => id).start();

/** How long warnings can rest: at most a month. */
const restDays = [1, 3, 7, 14, 30] as const;

class ExpiryScreen extends LoadedScreen<ExpiryFinding> {
  #all: readonly ExpiryFinding[] = [];
  #showsAll = false;

  get title(): string {
    return this.words.title.expiry;
  }

  protected async load(client: ControlClient): Promise<readonly ExpiryFinding[]> {
    const { findings } = await client.request('expiry.get', {});
    this.#all = findings;
    const ids = this.#shown().flatMap(({ id, threshold }) => (threshold === undefined ? [] : [id]));
    if (ids.length > 0) await client.request('expiry.shown', { ids: ids.slice(0, 500) });
    return this.#shown();
  }

  protected textsOf(finding: ExpiryFinding): readonly MarkedText[] {
    const { language, color } = this.ui.look;
    const isClock = finding.subject === 'clock';
    const style = createStyle(color);
    const isUrgent = finding.decisive && (finding.urgency === 'urgent' || finding.urgency === 'past');
    const head = isClock ? '!' : `${localDate(finding.endsAt)}  ${expiryMessages[language].left(endDates(finding))}`;
    return [
      marked(whatEnds(finding, language), `${head}  `, isUrgent ? (text) => style.warning(text) : undefined),
      ...expiryDetails(finding, this.ui.look).map((line) => marked(line, '    ')),
    ];
  }

  protected empty(): string {
    return expiryMessages[this.ui.look.language].nothing;
  }

  protected override below(): readonly MarkedText[] {
    const hidden = this.#all.length - this.#shown().length;
    if (hidden > 0) return [marked(''), marked(this.words.showFine(hidden))];
    return this.#showsAll ? [marked(''), marked(this.words.hideFine)] : [];
  }

  protected ownKeys(): readonly KeyHelp[] {
    const { keys, shortKeys } = this.words;
    return [
      ...(this.pane.selected === undefined
        ? []
        : [
            { key: 'Enter', does: keys.details, short: shortKeys.details },
            { key: 's', does: keys.snooze },
          ]),
      { key: 'd', does: keys.download },
    ];
  }

  protected ownKey(key: string): boolean {
    const { selected } = this.pane;
    if (key === 'a') {
      this.#showsAll = !this.#showsAll;
      this.pane.show(this.#shown());
      this.changed();
    } else if (key === 'd') this.ui.open(createDownloadScreen(this.ui));
    else if (selected === undefined) return false;
    else if (key === 'enter') this.ui.open(this.#details(selected));
    else if (key === 's') this.ui.open(this.#snooze(selected));
    else return false;
    return true;
  }

  /** Of CAs and keys, people are shown those that matter. */
  #shown(): readonly ExpiryFinding[] {
    return this.#all.filter(
      ({ decisive, urgency, subject }) =>
        this.#showsAll || decisive || urgency !== 'fine' || subject === 'certificate' || subject === 'card',
    );
  }

  #details(finding: ExpiryFinding): Screen {
    const { language } = this.ui.look;
    const action = actionText(finding, language);
    return createTextScreen(this.ui, {
      title: this.words.title.expiryOne,
      texts: [
        ...this.textsOf(finding),
        ...(action === undefined ? [] : [marked(''), marked(action)]),
        marked(''),
        marked(finding.name),
        ...(finding.fingerprint === undefined ? [] : [marked(finding.fingerprint)]),
      ],
      keys: [
        { key: 's', does: this.words.keys.snooze },
        { key: 'd', does: this.words.keys.download },
      ],
      onKey: (key) => {
        if (key === 's') this.ui.open(this.#snooze(finding));
        else if (key === 'd') this.ui.open(createDownloadScreen(this.ui));
        else return false;
        return true;
      },
    });
  }

  #snooze(finding: ExpiryFinding): Screen {
    return createOptionScreen(this.ui, {
      title: this.words.title.snooze,
      intro: [marked(this.words.snoozeIntro(whatEnds(finding, this.ui.look.language)))],
      options: restDays.map((days) => ({
        text: this.words.days(days),
        choose: () => void this.#rest(finding.id, days),
      })),
    });
  }

  async #rest(id: string, days: number): Promise<void> {
    const { client, look } = this.ui;
    const words = expiryMessages[look.language];
    try {
      if (client === undefined) throw new TypeError('No daemon answers');
      const report = await client.request('expiry.snooze', { id, days });
      const until = report.findings.find((one) => one.id === id)?.snoozedUntil;
      if (until === undefined) return;
      const isShorter = Date.parse(until) < Date.now() + (days - 0.1) * 86_400_000;
      this.ui.say([this.words.snoozed(localDate(until, true)), ...(isShorter ? [words.snoozedShorter] : [])].join(' '));
    } catch (error) {
      this.ui.say(client === undefined ? this.words.away : (failureTexts(error, look)[0]?.text ?? ''));
    }
    await this.reload();
  }
}
