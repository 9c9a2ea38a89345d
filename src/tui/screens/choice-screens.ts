import type { ControlClient } from '../../client/client.js';
import type { CertificateDetails } from '../../control-contract/certificates.js';
import type { RelyingPartySummary } from '../../control-contract/relying-parties.js';
import { certificateMessages } from '../../messages/certificate.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { explanationTexts, ruleTexts } from '../../terminal/texts/choice-texts.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { failureTexts } from './failure-texts.js';
import { LoadedScreen } from './loaded-screen.js';
import { createTextScreen } from './text-screen.js';

/** What a login of a service would offer now, and why: which service is asked. */
export const createWhyScreen = (ui: Ui): Screen => new WhyScreen(ui, ({ clientId }) => clientId).start();

/** Lets a certificate come first, for one service or for all, or takes that back. */
export const createPreferScreen = (ui: Ui, certificate: CertificateDetails, onDone: () => void): Screen =>
  new PreferScreen(ui, certificate, onDone).start();

class WhyScreen extends LoadedScreen<RelyingPartySummary> {
  get title(): string {
    return this.words.title.whichService;
  }

  protected async load(client: ControlClient): Promise<readonly RelyingPartySummary[]> {
    const { relyingParties } = await client.request('rp.list', {});
    return relyingParties;
  }

  protected textsOf({ clientId, displayName }: RelyingPartySummary): readonly MarkedText[] {
    return [marked(`${displayName[this.ui.look.language]} (${clientId})`)];
  }

  protected empty(): string {
    return this.words.noServices;
  }

  protected ownKeys(): readonly KeyHelp[] {
    return this.pane.selected === undefined
      ? []
      : [{ key: 'Enter', does: this.words.keys.why, short: this.words.shortKeys.why }];
  }

  protected ownKey(key: string): boolean {
    const { selected } = this.pane;
    if (key !== 'enter' || selected === undefined) return false;
    void this.#explain(selected.clientId);
    return true;
  }

  async #explain(clientId: string): Promise<void> {
    const { client, look } = this.ui;
    if (client === undefined) return;
    try {
      const explanation = await client.request('certificate.why', { clientId });
      if (this.isClosed) return;
      this.ui.open(
        createTextScreen(this.ui, { title: this.words.title.why, texts: explanationTexts(explanation, look) }),
      );
    } catch (error) {
      this.ui.say(failureTexts(error, look)[0]?.text ?? '');
    }
  }
}

/** Where a preference counts: in one service, in all, or no more. */
type Place =
  { readonly kind: 'all' } | { readonly kind: 'none' } | { readonly kind: 'one'; readonly party: RelyingPartySummary };

class PreferScreen extends LoadedScreen<Place> {
  readonly #certificate: CertificateDetails;
  readonly #onDone: () => void;
  #result: readonly MarkedText[] = [];

  constructor(ui: Ui, certificate: CertificateDetails, onDone: () => void) {
    super(ui, (place) => (place.kind === 'one' ? place.party.clientId : ` ${place.kind}`));
    this.#certificate = certificate;
    this.#onDone = onDone;
  }

  get title(): string {
    return this.words.title.prefer;
  }

  protected async load(client: ControlClient): Promise<readonly Place[]> {
    const { relyingParties } = await client.request('rp.list', {});
    return [
      { kind: 'all' },
      ...relyingParties.map((party): Place => ({ kind: 'one', party })),
      ...(this.#certificate.preferred ? [{ kind: 'none' } as const] : []),
    ];
  }

  protected override above(): readonly MarkedText[] {
    return [marked(this.words.preferIntro(this.#certificate.holder)), marked('')];
  }

  protected textsOf(place: Place): readonly MarkedText[] {
    const { words } = this;
    if (place.kind === 'all') return [marked(words.preferForAll)];
    if (place.kind === 'none') return [marked(words.unpreferred)];
    return [marked(words.preferFor(place.party.displayName[this.ui.look.language]))];
  }

  protected override below(): readonly MarkedText[] {
    return this.#result.length === 0 ? [] : [marked(''), ...this.#result];
  }

  protected empty(): string {
    return '';
  }

  protected ownKeys(): readonly KeyHelp[] {
    return [{ key: 'Enter', does: this.words.keys.choose }];
  }

  protected ownKey(key: string): boolean {
    const { selected } = this.pane;
    if (key !== 'enter' || selected === undefined) return false;
    void this.#prefer(selected);
    return true;
  }

  async #prefer(place: Place): Promise<void> {
    const { client, look } = this.ui;
    const words = certificateMessages[look.language];
    if (client === undefined) return;
    const clientId = place.kind === 'one' ? place.party.clientId : undefined;
    const { fingerprint } = this.#certificate;
    try {
      const { rules } =
        place.kind === 'none'
          ? await client.request('certificate.unprefer', { clientId })
          : await client.request('certificate.prefer', { fingerprint, clientId });
      const said = place.kind === 'none' ? words.unpreferredNow : words.preferredNow;
      this.#result = [marked(said, '✓ '), ...ruleTexts(rules, look)];
      this.changed();
      this.#onDone();
    } catch (error) {
      this.ui.say(failureTexts(error, look)[0]?.text ?? '');
    }
  }
}
