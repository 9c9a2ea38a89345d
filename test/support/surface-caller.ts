import type { PromptPlace, WaitingPrompt, WirePrompt } from '../../src/control-contract/prompts.js';
import { promptView } from './prompt-view.js';
import { testCaller, type TestCaller } from './test-caller.js';

/** A connection that is a PIN surface, and what it was told. */
export interface SurfaceCaller extends TestCaller {
  /** The newest state that this surface was shown. */
  readonly shown: () => WirePrompt;
  /** Where prompts come to, as this surface was told last. */
  readonly place: () => PromptPlace;
  /** The payloads of all events of a name. */
  readonly told: (event: string) => readonly unknown[];
}

export function surfaceCaller(): SurfaceCaller {
  const caller = testCaller();
  const told = (event: string): readonly unknown[] =>
    caller.events.filter((one) => one.event === event).map(({ payload }) => payload);
  return {
    ...caller,
    told,
    shown: () => told('prompt.show').at(-1) as WirePrompt,
    place: () => told('prompt.place').at(-1) as PromptPlace,
  };
}

/** What other surfaces learn of a {@link promptView}. */
export function questionOf(id: string): WaitingPrompt {
  const { promptId, relyingParty, purpose, launcher, origin } = promptView(id);
  return { promptId, relyingParty, purpose, launcher, origin };
}
