/*
 * Public entry `kort/verify`: what an IdP needs to ask for a login and to check the answer. No native add-on; the network
 * only through a checker of revocation.
 */
export { MiddlewareError } from '../core/errors.js';
export { levelUri, type CertificateInfo, type LevelUri } from '../model/certificate.js';
export type { DigestAlgorithm, OrderDocument } from '../model/signature.js';
export type { PersonIssuer, TrustPolicy } from '../model/trust.js';
export type { RevocationReason } from '../pki/crl-entries.js';
export type { CertificatePath } from '../pki/path.js';
export { defaultLevelTable, trustPolicyFrom, type LevelTable } from '../pki/level-table.js';
export {
  createRequestObject,
  newConfirmationCode,
  type CreatedRequest,
  type DirectPost,
  type RequestKey,
  type RequestWishes,
  type SignatureWishes,
} from './create-request.js';
export type { Expectations } from './expected.js';
export type { VerifyErrorCode } from './refusal.js';
export type { RemovalJwk } from './removal-jwk.js';
export { createRevocationChecker, type RevocationOptions } from './revocation.js';
export type { RevocationAnswer, RevocationCall, RevocationFetch } from './revocation-fetch.js';
export type { RevocationChecker, RevocationUnknown, RevocationVerdict } from './revocation-verdict.js';
export { verifyAssertion, type VerifiedLogin } from './verify-assertion.js';
export { verifyRemoval, type RemovalExpectations, type VerifiedRemoval } from './verify-removal.js';
export {
  verifySignatures,
  type SignatureExpectations,
  type SignedDocument,
  type VerifiedSignatures,
} from './verify-signatures.js';
