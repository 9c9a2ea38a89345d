import { describeCardsOverPcscd } from '../support/cards-over-pcscd.js';

describeCardsOverPcscd(({ name }) => name.startsWith('PIV'));
