import type { CardApplication, CardContents, CardPin } from '../cards/card-application.js';
import { isMiddlewareError } from '../core/errors.js';
import type { Logger } from '../core/ports.js';
import type { CertificateInfo } from '../model/certificate.js';
import { pinPadLengths } from '../cards/pin-pad.js';
import type { ReaderFeatures } from '../transport/reader-features.js';
import type { TokenCertificate, TokenInfo, TokenPin } from './token.js';

/** What {@link describeCertificates} needs besides the contents. */
export interface DescribeOptions {
  readonly reader: string;
  readonly application: CardApplication;
  readonly parseCertificate: (der: Uint8Array) => CertificateInfo;
  readonly logger: Logger;
}

/** The certificates as the layers above see them; one that cannot be parsed is logged and left out. */
export function describeCertificates(
  contents: CardContents,
  { reader, application, parseCertificate, logger }: DescribeOptions,
): readonly TokenCertificate[] {
  for (const { name, error } of contents.unreadable) {
    logger.warn({ reader, name, code: error.code }, 'Certificate left out');
  }
  return contents.certificates.flatMap(({ der, name, key }): TokenCertificate[] => {
    try {
      const certificate = parseCertificate(der);
      // Nobody here signs with keys of other kinds: to everybody else they are not there.
      if (key === undefined || certificate.keyType === 'other') return [{ certificate }];
      const { reference, pin, canSign, canDecipher, pinEachTime } = key;
      const algorithms = canSign ? application.algorithms[certificate.keyType] : [];
      const decipherAlgorithms = canDecipher && certificate.keyType === 'rsa' ? application.decipherAlgorithms : [];
      return [{ certificate, key: { reference, pin, algorithms, decipherAlgorithms, pinEachTime } }];
    } catch (error) {
      if (!isMiddlewareError(error)) throw error;
      logger.warn({ reader, name, code: error.code }, 'Certificate left out');
      return [];
    }
  });
}

/** What {@link describeToken} needs besides the contents. */
export interface DescribeTokenOptions {
  readonly id: string;
  readonly application: CardApplication;
  readonly reader: string;
  readonly features: ReaderFeatures;
}

/** Who a token is. */
export function describeToken(
  { id, application, reader, features }: DescribeTokenOptions,
  contents: CardContents,
  held: readonly TokenCertificate[],
): TokenInfo {
  const { product, serial } = application;
  return {
    id,
    product,
    serial,
    label: contents.label ?? held[0]?.certificate.person.commonName ?? product,
    reader,
    pins: contents.pins.map((pin) => describePin(pin, features)),
  };
}

function describePin(pin: CardPin, features: ReaderFeatures): TokenPin {
  const { reference, role, format, puk } = pin;
  const operations = (['verify', 'change', 'unblock'] as const).filter(
    (operation) => (operation !== 'unblock' || puk !== undefined) && pinPadLengths(features, pin, operation),
  );
  return {
    reference,
    role,
    format,
    pinPad: operations,
    ...(puk === undefined ? {} : { puk: { reference: puk.reference, format: puk.format } }),
  };
}

/** Whether two readings found the same certificates with the same keys. */
export function sameCertificates(a: readonly TokenCertificate[], b: readonly TokenCertificate[]): boolean {
  const nameOf = ({ certificate, key }: TokenCertificate): string =>
    `${certificate.fingerprint}/${key?.reference ?? ''}`;
  return a.length === b.length && a.every((held, index) => b[index] !== undefined && nameOf(held) === nameOf(b[index]));
}
