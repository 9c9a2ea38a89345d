import type { PromptPlace } from '../../control-contract/prompts.js';
import type { ControlCaller } from './handlers.js';
import type { PromptStand } from './prompt-stand.js';
import type { SurfaceRanks } from './surface-ranks.js';

/** What each surface knows of where prompts stand and come to. */
export class PromptPlaces {
  readonly #ranks: SurfaceRanks;
  readonly #stand: Pick<PromptStand, 'prompt' | 'holder'>;
  readonly #told = new WeakMap<ControlCaller, string>();

  constructor(ranks: SurfaceRanks, stand: Pick<PromptStand, 'prompt' | 'holder'>) {
    this.#ranks = ranks;
    this.#stand = stand;
  }

  /** What this surface is being told in an answer. */
  learn(caller: ControlCaller): PromptPlace {
    const place = this.#placeFor(caller);
    this.#told.set(caller, JSON.stringify(place));
    return place;
  }

  /** Each surface is told when what it knows has become old. */
  tell(): void {
    for (const caller of this.#ranks.callers) {
      const known = this.#told.get(caller);
      const place = this.learn(caller);
      if (this.#told.get(caller) !== known) caller.notify('prompt.place', place);
    }
  }

  #placeFor(caller: ControlCaller): PromptPlace {
    const { prompt, holder: holds } = this.#stand;
    const holder = prompt === undefined ? this.#ranks.first() : holds;
    const here = holder === caller;
    const question = here ? undefined : prompt?.waiting;
    const kind = this.#ranks.kindOf(holder) ?? this.#ranks.kindOf(caller) ?? 'terminal';
    return { here, kind, ...(question === undefined ? {} : { question }) };
  }
}
