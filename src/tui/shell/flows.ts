import type { UiMessages } from '../../messages/ui.js';
import type { Screen, Ui } from '../screen.js';

/** Something that can be done from the home screen, by its key. */
export interface Flow {
  /** One character. */
  readonly key: string;
  readonly does: keyof UiMessages['keys'];
  /** Whether it is about one card. */
  readonly ofCard: boolean;
  /** `card` names the chosen card: its id. */
  open(ui: Ui, card: string | undefined): Promise<Screen>;
}

/** In the order in which they are shown. Each is loaded when it is opened. */
export const flows: readonly Flow[] = [];
