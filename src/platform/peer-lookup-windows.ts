// Not tried: written from the Windows API reference and never run on Windows. Every doubt counts as "not ours".
import koffi from 'koffi';
import { equalBytes } from '../core/bytes.js';
import type { LoopbackConnection, PeerLookup } from '../core/ports.js';
import { isMappedIpv4, loopbackAddressBytes } from './peer-lookup-address.js';

const AF_INET = 2;
const AF_INET6 = 23;
const TCP_TABLE_OWNER_PID_CONNECTIONS = 4;
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
const TOKEN_QUERY = 0x0008;
const TokenUser = 1;
const MIB_TCP_STATE_ESTAB = 5;

/** Compares the user SID of the process that owns the client's end (GetExtendedTcpTable) with our own. */
export function windowsPeerLookup(): PeerLookup {
  let api: WindowsApi | undefined;
  return {
    isOwnUser(connection) {
      try {
        api ??= loadApi();
        const pid = findOwnerPid(api, connection);
        const ours = userSid(api, process.pid);
        const theirs = pid === undefined ? undefined : userSid(api, pid);
        return Promise.resolve(ours !== undefined && theirs !== undefined && equalBytes(ours, theirs));
      } catch {
        return Promise.resolve(false);
      }
    },
  };
}

type Native = (...args: readonly unknown[]) => number;

interface WindowsApi {
  readonly tcpTable: Native;
  readonly openProcess: (access: number, inherit: number, pid: number) => unknown;
  readonly openToken: Native;
  readonly tokenInformation: Native;
  readonly closeHandle: Native;
}

function loadApi(): WindowsApi {
  const [ip, kernel, advapi] = ['iphlpapi.dll', 'kernel32.dll', 'advapi32.dll'].map((name) => koffi.load(name));
  if (!ip || !kernel || !advapi) throw new Error('Windows libraries missing');
  return {
    tcpTable: ip.func(
      'uint32_t __stdcall GetExtendedTcpTable(void *, _Inout_ uint32_t *, int, uint32_t, int, uint32_t)',
    ),
    openProcess: kernel.func('void * __stdcall OpenProcess(uint32_t, int, uint32_t)') as WindowsApi['openProcess'],
    openToken: advapi.func('int __stdcall OpenProcessToken(void *, uint32_t, _Out_ void **)'),
    tokenInformation: advapi.func('int __stdcall GetTokenInformation(void *, int, void *, uint32_t, _Out_ uint32_t *)'),
    closeHandle: kernel.func('int __stdcall CloseHandle(void *)'),
  };
}

function readTable(api: WindowsApi, family: number): Buffer {
  const size = [0];
  api.tcpTable(null, size, 0, family, TCP_TABLE_OWNER_PID_CONNECTIONS, 0);
  // The table may grow between the two calls; then the second one fails and the peer is refused.
  const table = Buffer.alloc((size[0] ?? 0) + 4096);
  size[0] = table.length;
  return api.tcpTable(table, size, 0, family, TCP_TABLE_OWNER_PID_CONNECTIONS, 0) === 0 ? table : Buffer.alloc(4);
}

/** MIB_TCPROW_OWNER_PID and MIB_TCP6ROW_OWNER_PID; an IPv6 socket with a v4-mapped peer is in the IPv4 table. */
function findOwnerPid(api: WindowsApi, connection: LoopbackConnection): number | undefined {
  const client = loopbackAddressBytes(connection.remoteAddress);
  const server = loopbackAddressBytes(connection.localAddress);
  if (!client || !server) return undefined;
  const mapped = isMappedIpv4(client);
  const [from, rowLength] = mapped ? [12, 24] : [0, 56];
  const at = mapped
    ? { state: 0, local: 4, localPort: 8, remote: 12, remotePort: 16, pid: 20 }
    : { local: 0, localPort: 20, remote: 24, remotePort: 44, state: 48, pid: 52 };
  const table = readTable(api, mapped ? AF_INET : AF_INET6);
  const pids: number[] = [];
  for (let index = 0; index < table.readUInt32LE(0); index += 1) {
    const row = table.subarray(4 + index * rowLength, 4 + (index + 1) * rowLength);
    const isClientEnd =
      row.readUInt32LE(at.state) === MIB_TCP_STATE_ESTAB &&
      row.readUInt16BE(at.localPort) === connection.remotePort &&
      row.readUInt16BE(at.remotePort) === connection.localPort &&
      equalBytes(row.subarray(at.local, at.local + 16 - from), client.subarray(from)) &&
      equalBytes(row.subarray(at.remote, at.remote + 16 - from), server.subarray(from));
    if (isClientEnd) pids.push(row.readUInt32LE(at.pid));
  }
  return pids.length === 1 ? pids[0] : undefined;
}

/** The SID of the process's user, as bytes; undefined when we may not ask. */
function userSid(api: WindowsApi, pid: number): Uint8Array | undefined {
  const handle = api.openProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid);
  if (!handle) return undefined;
  const token: unknown[] = [null];
  try {
    if (!api.openToken(handle, TOKEN_QUERY, token)) return undefined;
    try {
      const answer = Buffer.alloc(256);
      if (!api.tokenInformation(token[0], TokenUser, answer, answer.length, [0])) return undefined;
      // TOKEN_USER: a pointer and attributes (16 bytes), then the SID; byte 1 of a SID counts its 4-byte parts.
      return answer.subarray(16, 16 + 8 + 4 * answer.readUInt8(17));
    } finally {
      api.closeHandle(token[0]);
    }
  } finally {
    api.closeHandle(handle);
  }
}
