import type { Language } from './language.js';

interface CertificateTexts {
  readonly none: string;
  issuer(name: string): string;
  readonly howToExport: string;
}

/** What `kort certificate list` says besides what `kort status` says of certificates. */
export const certificateTexts: Readonly<Record<Language, CertificateTexts>> = {
  sv: {
    none: 'Inget certifikat på något kort som sitter i en läsare.',
    issuer: (name) => `utfärdat av ${name}`,
    howToExport: 'Ett certifikat skrivs ut med ”kort certificate export” och början av dess fingeravtryck.',
  },
  en: {
    none: 'No certificate on any inserted card.',
    issuer: (name) => `issued by ${name}`,
    howToExport: 'One is written out by "kort certificate export" and the beginning of its fingerprint.',
  },
};
