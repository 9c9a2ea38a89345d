import { MiddlewareError } from '../core/errors.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import type { CertificateBackups } from '../model/certificate-backup.js';
import type { CertificateInfo } from '../model/certificate.js';
import { explainChoice, type ExplainChoiceDependencies } from '../operations/explain-choice.js';
import { certificatesOffCard, findHeldCertificate } from '../operations/held-certificate.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import { purposeOf } from '../pki/suitability.js';
import { listCertificates } from './certificate-list.js';
import type { ChoiceRuleStore } from './choice-rule-store.js';
import type { RelyingPartyStore } from './relying-party-store.js';

/** What the `certificate.*` methods work with. */
export interface CertificateMethodsOptions extends ExplainChoiceDependencies {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>;
  readonly rules: ChoiceRuleStore;
  readonly relyingParties: Pick<RelyingPartyStore, 'find'>;
  readonly backups: CertificateBackups;
}

/** The `certificate.*` methods but those of its inventory: they read what is known of the cards and ask none anew. */
export function certificateMethods(options: CertificateMethodsOptions): ControlHandlers {
  const { tokens, rules, relyingParties, backups } = options;
  return {
    'certificate.list': () => ({ certificates: listCertificates(options) }),
    'certificate.export': ({ fingerprint }) => {
      const { certificate } = findHeldCertificate(tokens.entries, fingerprint);
      return { fingerprint: certificate.fingerprint, der: Buffer.from(certificate.der).toString('base64') };
    },
    'certificate.backups': async () => {
      const off = certificatesOffCard(await backups.all(), tokens.entries);
      return { backups: off.map(({ der: _der, keyReference: _key, ...backup }) => backup) };
    },
    'certificate.prefer': ({ fingerprint, clientId }) => {
      const { certificate } = findHeldCertificate(tokens.entries, fingerprint);
      const relyingParty = clientId === undefined ? undefined : relyingParties.find(clientId).clientId;
      rules.prefer({ fingerprint: certificate.fingerprint, purpose: purposeOrRefuse(certificate), relyingParty });
      return { rules: rules.all };
    },
    'certificate.unprefer': ({ clientId }) => {
      rules.unprefer(clientId);
      return { rules: rules.all };
    },
    'certificate.why': async ({ clientId, purpose, levels }, { signal }) =>
      await explainChoice(options, { relyingParty: relyingParties.find(clientId), purpose, levels }, signal),
  };
}

function purposeOrRefuse(certificate: CertificateInfo) {
  const purpose = purposeOf(certificate);
  if (purpose === undefined) {
    throw new MiddlewareError('ERR_CERT_PURPOSE', 'Certificate is for neither logins nor signatures');
  }
  return purpose;
}
