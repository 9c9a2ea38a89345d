import type { TimedCardEvent } from '../../model/card-event.js';
import type { ExpiryReport } from '../../model/expiry.js';
import type { Ui } from '../screen.js';
import type { DaemonState } from './daemon-link.js';

/** What the home screen shows. */
export interface HomeSource extends Ui {
  readonly link: {
    readonly state: DaemonState;
    readonly expiry: ExpiryReport | undefined;
    readonly problem: unknown;
    start(): Promise<void>;
  };
  /** What other programs did with the cards since the UI began, the newest first. */
  readonly foreign: readonly TimedCardEvent[];
}
