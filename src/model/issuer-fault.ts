/**
 * How the sandbox's issuer may fail: it is not there, answers after 20 s, answers something else, cuts its answer in the
 * middle, signs and then does not answer, certifies another key or another person, refuses, asks to come again later, or
 * signs with a CA that nobody trusts.
 */
export const issuerFaults = [
  'none',
  'down',
  'slow',
  'garbage',
  'cut',
  'sign-and-hang-up',
  'other-key',
  'other-person',
  'refuse',
  'retry-later',
  'untrusted',
] as const;
/** One of {@link issuerFaults}. */
export type IssuerFault = (typeof issuerFaults)[number];
