import { isMiddlewareError } from '../../core/errors.js';
import { doctorMessages, doctorText } from '../../messages/doctor.js';
import { uiListMessages, type UiListMessages } from '../../messages/ui-lists.js';
import {
  doctorCheckNames,
  type DoctorCheckName,
  type DoctorCheckResult,
  type DoctorReport,
} from '../../model/doctor.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { createStyle } from '../../terminal/layout/style.js';
import { nextStepFields } from '../../terminal/look.js';
import { createScroll } from '../scroll.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { failureTexts } from './failure-texts.js';
import { letterOf, linesOfTexts, rowsOfTexts, rowsText, RowScreen } from './row-screen.js';

/** Everything that fails in the field is looked at; works without a daemon too. */
export const createDoctorScreen = (ui: Ui): Screen => new DoctorScreen(ui);

const marks: Readonly<Record<DoctorCheckResult['state'], string>> = {
  ok: '✓ ',
  warning: '! ',
  fault: '✗ ',
  notTried: '- ',
};

class DoctorScreen extends RowScreen {
  readonly title: string;
  readonly #words: UiListMessages;
  readonly #scroll = createScroll();
  readonly #results = new Map<DoctorCheckName, DoctorCheckResult>();
  #run = new AbortController();
  #report: DoctorReport | undefined;
  #failure: unknown;
  #note: readonly MarkedText[] = [];
  #isAsking = false;
  #isWriting = false;

  constructor(ui: Ui) {
    super(ui);
    this.#words = uiListMessages[ui.look.language];
    this.title = this.#words.title.doctor;
    void this.#examine();
  }

  protected override atWork(): boolean {
    return this.#isWriting;
  }

  get keys(): readonly KeyHelp[] {
    const { keys, shortKeys, letters } = this.#words;
    if (this.#isAsking) {
      return [
        { key: letters[0], does: keys.yes },
        { key: letters[1], does: keys.no },
      ];
    }
    return [
      ...(this.#report === undefined ? [] : [{ key: 'w', does: keys.report, short: shortKeys.report }]),
      ...(this.#isRunning ? [] : [{ key: 'r', does: keys.again, short: shortKeys.again }]),
      { key: '↑ ↓', does: keys.scroll, scrolls: true },
    ];
  }

  key(key: Key, byte: number): boolean {
    if (this.#scroll.key(key)) {
      this.changed();
      return true;
    }
    const letter = letterOf(key, byte);
    if (this.#isAsking) return this.#answer(key, letter);
    if (letter === 'r' && !this.#isRunning && !this.#isWriting) void this.#examine();
    else if (letter === 'w' && this.#report !== undefined && !this.#isWriting) this.#ask(true);
    else return false;
    return true;
  }

  rows(size: WindowSize): readonly string[] {
    return this.#scroll.window(rowsOfTexts(this.#texts(), size.columns), size, rowsText(this.ui.look.language));
  }

  /** How many are done says nothing beside what is: only that is said. */
  linear(): readonly string[] {
    if (!this.#isRunning) return linesOfTexts(this.#texts());
    const done = doctorCheckNames.filter((name) => this.#results.has(name));
    return linesOfTexts([marked(this.#words.examining), ...done.flatMap((name) => this.#checkTexts(name))]);
  }

  override close(): void {
    super.close();
    this.#run.abort();
  }

  get #isRunning(): boolean {
    return this.#report === undefined && this.#failure === undefined;
  }

  #answer(key: Key, letter: string): boolean {
    const [yes, no] = this.#words.letters;
    if (key !== 'escape' && letter !== yes && letter !== no) return letter !== '?';
    this.#ask(false);
    if (letter === yes) void this.#write();
    return true;
  }

  #ask(isAsking: boolean): void {
    this.#isAsking = isAsking;
    this.#note = [];
    this.#scroll.top();
    this.changed();
  }

  async #examine(): Promise<void> {
    const run = new AbortController();
    this.#run = run;
    this.#results.clear();
    this.#report = undefined;
    this.#failure = undefined;
    this.#note = [];
    this.changed();
    try {
      const report = await this.ui.ports.examine((result) => this.#take(run, result), run.signal);
      if (run.signal.aborted) return;
      for (const result of report.checks) this.#results.set(result.check, result);
      this.#report = report;
    } catch (error) {
      this.#failure = error;
    }
    this.changed();
  }

  #take(run: AbortController, result: DoctorCheckResult): void {
    if (run !== this.#run || run.signal.aborted) return;
    this.#results.set(result.check, result);
    this.changed();
  }

  async #write(): Promise<void> {
    const report = this.#report;
    if (report === undefined) return;
    this.#isWriting = true;
    this.#note = [marked(this.#words.writing, '… ')];
    this.changed();
    try {
      const path = await this.ui.ports.writeReport(report);
      this.#note = [marked(this.#words.written(path), '✓ ')];
    } catch (error) {
      this.#note = failureTexts(error, this.ui.look);
    }
    this.#isWriting = false;
    this.changed();
  }

  #texts(): readonly MarkedText[] {
    return [...this.#head(), marked(''), ...this.#ordered().flatMap((name) => this.#checkTexts(name))];
  }

  #head(): readonly MarkedText[] {
    const words = doctorMessages[this.ui.look.language];
    const results = [...this.#results.values()];
    const count = (state: DoctorCheckResult['state']): number => results.filter((one) => one.state === state).length;
    const faults = count('fault');
    const warnings = count('warning');
    if (this.#isAsking) return [marked(this.#words.askReport)];
    if (this.#failure !== undefined) {
      const isStopped = isMiddlewareError(this.#failure, 'ERR_ABORTED');
      return isStopped ? [marked(this.#words.stopped)] : failureTexts(this.#failure, this.ui.look);
    }
    if (this.#isRunning) return [marked(this.#words.running(results.length, doctorCheckNames.length), '… ')];
    return [
      ...this.#note,
      faults + warnings === 0 ? marked(words.healthy, '✓ ') : marked(words.summary(faults, warnings)),
    ];
  }

  /** What is wrong first, once that is known. */
  #ordered(): readonly DoctorCheckName[] {
    if (this.#isRunning) return doctorCheckNames;
    const order: readonly DoctorCheckResult['state'][] = ['fault', 'warning', 'notTried', 'ok'];
    const placeOf = (name: DoctorCheckName): number => order.indexOf(this.#results.get(name)?.state ?? 'notTried');
    return [...doctorCheckNames].sort((a, b) => placeOf(a) - placeOf(b));
  }

  #checkTexts(name: DoctorCheckName): readonly MarkedText[] {
    const { language, color } = this.ui.look;
    const words = doctorMessages[language];
    const result = this.#results.get(name);
    if (result === undefined) return [marked(words.checks[name], this.#isRunning ? '  ' : marks.notTried)];
    const style = createStyle(color);
    const isBad = result.state === 'fault' || result.state === 'warning';
    return [
      marked(
        `${words.checks[name]}: ${words.states[result.state]}`,
        marks[result.state],
        isBad ? (text) => style.warning(text) : undefined,
      ),
      ...result.findings.flatMap((finding) => {
        const { sentence, nextStep } = doctorText(language, finding, nextStepFields(this.ui.look));
        return [marked(sentence, '    '), ...(nextStep === '' ? [] : [marked(nextStep, `    ${words.nextStep}: `)])];
      }),
    ];
  }
}
