import type { UiMessages } from '../../messages/ui.js';
import type { Screen, Ui } from '../screen.js';

/** Something that can be done from the home screen, by its key. */
export interface Flow {
  /** One character. */
  readonly key: string;
  readonly does: keyof UiMessages['keys'];
  /** Whether it cannot be without a card. */
  readonly ofCard: boolean;
  /** `card` is the id of the chosen card, if there is one. */
  open(ui: Ui, card: string | undefined): Promise<Screen>;
}

/** In the order in which they are shown. Each is loaded when it is opened. */
export const flows: readonly Flow[] = [
  {
    key: 'p',
    does: 'change',
    ofCard: true,
    open: async (ui, card) => (await pinScreens()).createPinChangeScreen(ui, { card }),
  },
  {
    key: 'u',
    does: 'unlock',
    ofCard: true,
    open: async (ui, card) => (await pinScreens()).createUnlockScreen(ui, { card }),
  },
  {
    key: 'v',
    does: 'verify',
    ofCard: true,
    open: async (ui, card) => (await pinScreens()).createPinVerifyScreen(ui, { card }),
  },
  {
    key: 'c',
    does: 'certificates',
    ofCard: false,
    open: async (ui) => (await import('../screens/certificates-screen.js')).createCertificatesScreen(ui),
  },
  {
    key: 'd',
    does: 'download',
    ofCard: false,
    open: async (ui, card) => (await import('../screens/download-screen.js')).createDownloadScreen(ui, { card }),
  },
  {
    key: 'e',
    does: 'expiry',
    ofCard: false,
    open: async (ui) => (await import('../screens/expiry-screen.js')).createExpiryScreen(ui),
  },
  {
    key: 'h',
    does: 'history',
    ofCard: false,
    open: async (ui) => (await import('../screens/history-screen.js')).createHistoryScreen(ui),
  },
  {
    key: 'x',
    does: 'doctor',
    ofCard: false,
    open: async (ui) => (await import('../screens/doctor-screen.js')).createDoctorScreen(ui),
  },
];

const pinScreens = () => import('../screens/pin-screens.js');
