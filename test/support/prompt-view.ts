import type { PromptView } from '../../src/model/prompt.js';

/** A prompt of an invented clinic that asks for a PIN. */
export function promptView(promptId: string, change: Partial<PromptView> = {}): PromptView {
  return {
    promptId,
    orderId: `order of ${promptId}`,
    relyingParty: { name: { sv: 'Exempelkliniken', en: 'Example Clinic' }, registeredBy: 'system' },
    purpose: 'auth',
    launcher: 'page',
    origin: 'https://login.clinic.example',
    confirmationCode: 'AB23',
    bindingMessage: undefined,
    visibleText: undefined,
    documents: [],
    documentsSigned: 0,
    documentsNow: 0,
    levels: [3],
    state: 'pin',
    candidates: [
      {
        id: 'c1',
        reader: 'Reader 1',
        tokenLabel: 'Tolvan 940',
        holder: 'Tolvan Tolvansson',
        organization: 'TEST Organisation',
        level: 3,
        notAfter: Date.UTC(2028, 10, 21),
      },
    ],
    unfit: [],
    reading: false,
    chosen: 'c1',
    chosenBecause: 'only-one',
    pinPad: false,
    pinRole: 'authentication',
    attemptsRemaining: 3,
    lastTry: false,
    problem: undefined,
    askedAgain: false,
    waitingOrders: 0,
    expiresAt: Date.now() + 180_000,
    ...change,
  };
}
