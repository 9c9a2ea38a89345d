import { describeCardsOverPcscd } from '../support/cards-over-pcscd.js';

// Runs inside scripts/isolated-pcscd, started by integration/pcsc-real-service.test.ts, and so do those beside it.
describeCardsOverPcscd(({ name }) => name.startsWith('IDPrime'));
