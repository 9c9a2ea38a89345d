import { errorText } from '../../messages/error-text.js';
import type { Language } from '../../messages/language.js';
import {
  waitingPageMessages,
  type EndSituation,
  type PageText,
  type RefusalSituation,
  type WaitingSituation,
} from '../../messages/waiting-page.js';
import type { RelyingParty } from '../../model/relying-party.js';
import type { Launch, LaunchProblem, LaunchState } from '../../oob/oob-service.js';
import { renderPage, type PageContent, type PageStep } from './page-template.js';

/** A page, or where the browser goes on. */
export type PageAnswer =
  { readonly status: number; readonly html: string } | { readonly status: 303; readonly location: string };

/** Who looks: in which language, and at which daemon. */
export interface PageReader {
  readonly language: Language;
  readonly port: number;
}

/** The name of a state in the address of the next refresh; undefined for an end, which nobody waits beyond. */
export function situationOf(state: LaunchState): WaitingSituation | undefined {
  if (state.step === 'pending') return state.hint;
  return state.step === 'fetching' || state.step === 'delivering' ? state.step : undefined;
}

/** What the browser gets for the state of a launch. */
export function launchPage(launch: Launch, reader: PageReader): PageAnswer {
  const { state } = launch;
  const situation = situationOf(state);
  if (situation !== undefined) return { status: 200, html: waitingPage(launch, situation, reader) };
  if (state.step === 'failed') return endPage(launch, state.hint, state.problem, reader);
  if (state.step !== 'done') throw new Error('A state without a page');
  const location = state.redirectUri;
  if (location !== undefined && isOwnOrigin(launch.relyingParty, location)) return { status: 303, location };
  return endPage(launch, state.failed ?? 'noReturn', undefined, reader);
}

/** A page about nobody: the same for everyone who reads this language. */
export function refusalPage(situation: RefusalSituation, { language, port }: PageReader): string {
  const messages = waitingPageMessages[language];
  return renderPage({ language, ...content(messages.refusals[situation]), footer: messages.instance(port) });
}

/** The relying party's word is not enough: the browser is sent to registered origins only. */
function isOwnOrigin({ origins }: RelyingParty, address: string): boolean {
  return URL.canParse(address) && origins.includes(new URL(address).origin);
}

function waitingPage(launch: Launch, situation: WaitingSituation, reader: PageReader): string {
  const messages = waitingPageMessages[reader.language];
  // What machines do is over soon: the next answer is asked for at once, and waits for the change.
  const seconds = situation === 'fetching' || situation === 'delivering' ? 0 : 1;
  return renderPage({
    ...frame(launch, reader, messages.asks[launch.purpose ?? 'unknown']),
    refresh: { seconds, target: `?seen=${situation}`, label: messages.refresh },
    steps: { label: messages.steps.label, list: stepsFor(situation, messages.steps) },
    ...content(messages.waiting[situation]),
    never: { rule: messages.neverHere, only: messages.onlyThere },
  });
}

function endPage(
  launch: Launch,
  hint: EndSituation,
  problem: LaunchProblem | undefined,
  reader: PageReader,
): PageAnswer {
  const { language, port } = reader;
  const messages = waitingPageMessages[language];
  const headings = hint === 'deliveryFailed' || hint === 'noReturn' ? messages.notCompleted : messages.ended;
  const text = problem ? errorText(language, problem.code, problem.fields) : messages.ends[hint];
  const origin = launch.relyingParty.origins.find((one) => one === launch.origin) ?? launch.relyingParty.origins[0];
  const html = renderPage({
    ...frame(launch, reader),
    ...content({ heading: headings[launch.purpose ?? 'unknown'], ...text }),
    ...(origin === undefined
      ? {}
      : { link: { href: origin, text: messages.goBack(launch.relyingParty.displayName[language]) } }),
    footer: messages.instance(port),
  });
  return { status: 200, html };
}

function frame(
  { relyingParty }: Launch,
  { language }: PageReader,
  asks?: string,
): Pick<PageContent, 'language' | 'party'> {
  return { language, party: { asks, name: relyingParty.displayName[language] } };
}

function content({ heading, sentence, nextStep }: PageText): Pick<PageContent, 'heading' | 'paragraphs'> {
  return { heading, paragraphs: [sentence, nextStep] };
}

const way = ['card', 'pin', 'back'] as const;
const placeOf: Readonly<Record<WaitingSituation, (typeof way)[number] | undefined>> = {
  fetching: undefined,
  outstandingTransaction: 'card',
  noCard: 'card',
  chooseCard: 'card',
  cardBusy: 'card',
  userSign: 'pin',
  delivering: 'back',
};

function stepsFor(
  situation: WaitingSituation,
  names: Readonly<Record<(typeof way)[number], string>>,
): readonly PageStep[] {
  const current = way.findIndex((step) => step === placeOf[situation]);
  return way.map((step, index) => {
    const ahead = index > current ? 'ahead' : 'past';
    return { name: names[step], state: index === current ? 'current' : ahead };
  });
}
