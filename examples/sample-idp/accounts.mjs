/* Who signed in last under each subject, and what the certificate says of them. */

import { BoundedMap } from '../kort-login/bounded-map.mjs';

/** The claims that relying applications in Swedish health care expect, by the scope that brings them. */
export const claimsByScope = {
  openid: ['sub', 'acr', 'amr'],
  profile: ['given_name', 'family_name', 'name'],
  employee: [
    'employeeHsaId',
    'credentialPersonalIdentityNumber',
    'credentialGivenName',
    'credentialSurname',
    'credentialDisplayName',
    'credentialOrganizationName',
    'credentialCertificatePolicies',
    'x509SubjectName',
    'x509IssuerName',
    'authnMethod',
    'levelOfAssurance',
  ],
};

const personalNumber = /^\d{12}$/;

/** @param {import('kort/verify').VerifiedLogin} login */
export function claimsOf(login) {
  const { subject, level, amr, certificate } = login;
  const { person } = certificate;
  // 2.5.4.5 holds the one or the other, by the kind of certificate.
  const id = personalNumber.test(subject) ? { credentialPersonalIdentityNumber: subject } : { employeeHsaId: subject };
  return {
    sub: subject,
    given_name: person.givenName,
    family_name: person.surname,
    name: person.commonName,
    ...id,
    credentialGivenName: person.givenName,
    credentialSurname: person.surname,
    credentialDisplayName: person.commonName,
    credentialOrganizationName: person.organization,
    // Cards of some issuers name none.
    ...(certificate.policies.length === 0 ? {} : { credentialCertificatePolicies: certificate.policies }),
    x509SubjectName: certificate.subject,
    x509IssuerName: certificate.issuer,
    authnMethod: amr,
    levelOfAssurance: level,
  };
}

export function createAccounts() {
  const claims = new BoundedMap();
  return {
    remember(login) {
      claims.set(login.subject, claimsOf(login));
    },
    /** As oidc-provider asks for it. */
    find: (_context, id) =>
      claims.has(id) ? { accountId: id, claims: () => Promise.resolve(claims.get(id)) } : undefined,
  };
}
