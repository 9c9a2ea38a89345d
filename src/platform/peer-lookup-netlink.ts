import { equalBytes } from '../core/bytes.js';
import type { LoopbackConnection } from '../core/ports.js';
import { askSockDiag, isLittleEndian as little } from './netlink-sock-diag.js';
import { isMappedIpv4, loopbackAddressBytes } from './peer-lookup-address.js';
import type { SocketOwner } from './peer-lookup-owner.js';

/** `unavailable`: ask elsewhere. `refused`: the answer is not about the socket that was asked for. */
export type NetlinkAnswer =
  { readonly kind: 'found'; readonly owner: SocketOwner } | { readonly kind: 'absent' | 'unavailable' | 'refused' };

// linux/netlink.h, linux/sock_diag.h, linux/inet_diag.h.
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DIAG_BY_FAMILY = 20;
const NLMSG_ERROR = 2;
const NLM_F_REQUEST = 1;
const IPPROTO_TCP = 6;
const TCP_ESTABLISHED = 1;
const ENOENT = 2;
const NLMSG_HEADER = 16;
const SOCKET_ID = 48;
const REQUEST_LENGTH = NLMSG_HEADER + 8 + SOCKET_ID;
const ANSWER_LENGTH = NLMSG_HEADER + 4 + SOCKET_ID + 20;

/**
 * Asks the kernel for the one established socket whose local end is our remote one. The lookup by address pair covers
 * the tcp and the tcp6 table: an IPv6 socket connected to a v4-mapped address is found by its IPv4 pair.
 */
export function askNetlink(connection: LoopbackConnection): NetlinkAnswer {
  const request = encodeRequest(connection);
  if (!request) return { kind: 'refused' };
  let answer: NetlinkAnswer = { kind: 'unavailable' };
  askSockDiag(request, (bytes) => {
    answer = decodeAnswer(bytes, connection);
    return 'complete';
  });
  return answer;
}

/** `struct nlmsghdr` and `struct inet_diag_req_v2`; undefined unless both ends are loopback addresses. */
export function encodeRequest(connection: LoopbackConnection): Uint8Array | undefined {
  const source = loopbackAddressBytes(connection.remoteAddress);
  const destination = loopbackAddressBytes(connection.localAddress);
  if (!source || !destination || isMappedIpv4(source) !== isMappedIpv4(destination)) return undefined;
  const bytes = new Uint8Array(REQUEST_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, REQUEST_LENGTH, little);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, little);
  view.setUint16(6, NLM_F_REQUEST, little);
  const mapped = isMappedIpv4(source);
  bytes.set([mapped ? AF_INET : AF_INET6, IPPROTO_TCP], NLMSG_HEADER);
  view.setUint32(NLMSG_HEADER + 4, 1 << TCP_ESTABLISHED, little);
  const id = NLMSG_HEADER + 8;
  view.setUint16(id, connection.remotePort);
  view.setUint16(id + 2, connection.localPort);
  bytes.set(mapped ? source.subarray(12) : source, id + 4);
  bytes.set(mapped ? destination.subarray(12) : destination, id + 20);
  // INET_DIAG_NOCOOKIE: the kernel's cookie of the socket is not known, any will do.
  bytes.fill(0xff, id + 40, id + 48);
  return bytes;
}

/**
 * `struct nlmsghdr` and `struct inet_diag_msg`. The kernel falls back to a listening socket and also reports closed
 * ones, so the pair and the state in the answer are compared with what was asked.
 */
export function decodeAnswer(bytes: Uint8Array, connection: LoopbackConnection): NetlinkAnswer {
  if (bytes.length < NLMSG_HEADER + 4) return { kind: 'unavailable' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint16(4, little);
  if (type === NLMSG_ERROR) {
    return { kind: view.getInt32(NLMSG_HEADER, little) === -ENOENT ? 'absent' : 'unavailable' };
  }
  if (type !== SOCK_DIAG_BY_FAMILY || bytes.length < ANSWER_LENGTH) return { kind: 'unavailable' };
  const family = bytes[NLMSG_HEADER];
  const id = NLMSG_HEADER + 4;
  const isThePair =
    bytes[NLMSG_HEADER + 1] === TCP_ESTABLISHED &&
    view.getUint16(id) === connection.remotePort &&
    view.getUint16(id + 2) === connection.localPort &&
    isAddress(bytes.subarray(id + 4, id + 20), family, connection.remoteAddress) &&
    isAddress(bytes.subarray(id + 20, id + 36), family, connection.localAddress);
  if (!isThePair) return { kind: 'refused' };
  const facts = id + SOCKET_ID;
  const owner = { uid: view.getUint32(facts + 12, little), inode: view.getUint32(facts + 16, little) };
  return { kind: 'found', owner };
}

function isAddress(found: Uint8Array, family: number | undefined, asked: string): boolean {
  const expected = loopbackAddressBytes(asked);
  if (!expected) return false;
  if (family === AF_INET) return isMappedIpv4(expected) && equalBytes(found.subarray(0, 4), expected.subarray(12));
  return family === AF_INET6 && equalBytes(found, expected);
}
