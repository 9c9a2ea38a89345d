import { existsSync } from 'node:fs';

/** Where distributions keep their roots as one file: Debian and its kin, Fedora and its kin, SUSE, Alpine. */
const places = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
] as const;

/** The system's roots, with those that the administrator has added; undefined when there is no such file. */
export function systemBundleLinux(): string | undefined {
  return places.find((path) => existsSync(path));
}
