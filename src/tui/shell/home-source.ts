import type { ExpiryReport } from '../../model/expiry.js';
import type { Screen, Ui } from '../screen.js';
import type { CardsPast } from './card-past.js';
import type { DaemonState } from './daemon-link.js';

/** What the home screen shows. */
export interface HomeSource extends Ui {
  /** Opens a screen that is still being loaded; `leave` is called right before. Keys that come until then mean nothing. */
  openSoon(loading: Promise<Screen>, leave: () => void): void;
  readonly link: {
    readonly state: DaemonState;
    readonly expiry: ExpiryReport | undefined;
    /** What other programs did with the cards, before the UI began too. */
    readonly past: CardsPast;
    readonly problem: unknown;
    start(): Promise<void>;
  };
}
