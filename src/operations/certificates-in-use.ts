/** Which certificates logins and signatures are about at the moment, so that nobody takes them off their cards. */
export interface CertificatesInUse {
  /** @returns how to let it go. */
  take(token: string, fingerprint: string): () => void;
  has(token: string, fingerprint: string): boolean;
}

/** That none is. */
export function createCertificatesInUse(): CertificatesInUse {
  const taken = new Set<{ readonly token: string; readonly fingerprint: string }>();
  return {
    take(token, fingerprint) {
      const use = { token, fingerprint };
      taken.add(use);
      return () => void taken.delete(use);
    },
    has: (token, fingerprint) => [...taken].some((use) => use.token === token && use.fingerprint === fingerprint),
  };
}
