import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Addresses of the computer itself and of its own wire, where its services and those of its cloud listen (RFC 6890; the
 * metadata services of clouds have 169.254.169.254): no server of a CA is there. Private networks are left in, since
 * organizations have CAs of their own.
 */
const inside = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(network, prefix, 'ipv6');
}

/** Whether a URL's host is a name, or an address that servers of others may have; what a name leads to is not looked at. */
export function isOutsideHost(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  return isIP(address) === 0 || isOutside(address);
}

// IPv4 within IPv6 (::ffff:127.0.0.1) is checked as IPv4.
const isOutside = (address: string): boolean => !inside.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');

/** Finds the addresses of a name, and fails when one of them is inside: a name server may say anything. */
export const lookupOutside: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[] | undefined) => {
    const addresses = found ?? [];
    const [first] = addresses;
    const isRefused = first === undefined || !addresses.every(({ address }) => isOutside(address));
    if (error !== null || isRefused) callback(error ?? refusal(hostname), '', 0);
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

const refusal = (hostname: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${hostname} leads to this computer`), { code: 'EACCES' });
