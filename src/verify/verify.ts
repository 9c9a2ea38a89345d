/*
 * Public entry `kort/verify`: what an IdP needs to ask for a login and to check the answer. No native add-on, no network.
 */
export { MiddlewareError } from '../core/errors.js';
export { levelUri, type CertificateInfo, type LevelUri } from '../model/certificate.js';
export type { PersonIssuer, TrustPolicy } from '../model/trust.js';
export { defaultLevelTable, trustPolicyFrom, type LevelTable } from '../pki/level-table.js';
export {
  createRequestObject,
  newConfirmationCode,
  type CreatedRequest,
  type RequestKey,
  type RequestWishes,
} from './create-request.js';
export type { Expectations } from './expected.js';
export type { VerifyErrorCode } from './refusal.js';
export { verifyAssertion, type VerifiedLogin } from './verify-assertion.js';
