/*
 * Runs in a module's process alone: everything here may crash or block with the foreign code that it calls.
 */
import pkcs11js, { type Handle, type PKCS11, type Template } from 'pkcs11js';
import {
  limits,
  type LoadRequest,
  type ModuleInfo,
  type SlotNews,
  type TokenContents,
  type TokenFacts,
} from './protocol.js';
import { ckr } from './return-values.js';
import { tokenText } from './token-text.js';

const CKF_DONT_BLOCK = 1;
const CKF_SERIAL_SESSION = 4;
const CKF_RW_SESSION = 2;

/** A module that has been loaded, and what a poll remembers. */
export interface LoadedModule {
  readonly pkcs11: PKCS11;
  slotEvents: boolean;
  readonly seen: Map<string, string>;
}

/** dlopen and C_Initialize. */
export function loadModule({ path, slotEvents }: LoadRequest): { module: LoadedModule; info: ModuleInfo } {
  const pkcs11 = new pkcs11js.PKCS11();
  pkcs11.load(path);
  pkcs11.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
  const { manufacturerID, libraryDescription, libraryVersion } = pkcs11.C_GetInfo();
  const info = {
    manufacturer: clip(manufacturerID),
    description: clip(libraryDescription),
    version: `${libraryVersion.major}.${libraryVersion.minor}`,
  };
  return { module: { pkcs11, slotEvents, seen: new Map() }, info };
}

/** Looks at all slots; never blocks in C_WaitForSlotEvent. */
export function pollSlots(module: LoadedModule): SlotNews[] {
  const { pkcs11, seen } = module;
  const events = drainSlotEvents(module);
  const slots = pkcs11.C_GetSlotList(false).slice(0, limits.slots);
  const withToken = new Set(pkcs11.C_GetSlotList(true).slice(0, limits.slots).map(slotName));
  const news = slots.map((handle): SlotNews => {
    const slot = slotName(handle);
    const hasToken = withToken.has(slot);
    const state = hasToken ? (module.slotEvents ? 'present' : tokenState(pkcs11, handle)) : 'absent';
    const changed = events.has(slot) || seen.get(slot) !== state;
    seen.set(slot, state);
    return { slot, hasToken, changed, reader: clip(pkcs11.C_GetSlotInfo(handle).slotDescription) };
  });
  for (const slot of seen.keys()) if (!news.some((entry) => entry.slot === slot)) seen.delete(slot);
  return news;
}

function drainSlotEvents(module: LoadedModule): Set<string> {
  const events = new Set<string>();
  if (!module.slotEvents) return events;
  try {
    for (let count = 0; count < limits.slots; count += 1) {
      const slot = module.pkcs11.C_WaitForSlotEvent(CKF_DONT_BLOCK);
      if (slot === null) break;
      events.add(slotName(slot));
    }
  } catch {
    // Not every module has it: from now on the tokens themselves are looked at.
    module.slotEvents = false;
  }
  return events;
}

function tokenState(pkcs11: PKCS11, slot: Handle): string {
  try {
    const { serialNumber, label, flags } = pkcs11.C_GetTokenInfo(slot);
    return `${serialNumber} ${label} ${flags}`;
  } catch (error) {
    return `error ${returnValueOf(error)}`;
  }
}

/** Token, certificates, visible keys and mechanisms, without a login. */
export function readToken({ pkcs11 }: LoadedModule, slot: string): TokenContents {
  const handle = slotHandle(slot);
  const session = pkcs11.C_OpenSession(handle, CKF_SERIAL_SESSION);
  try {
    const token = factsOf(pkcs11, handle);
    const mechanisms = pkcs11
      .C_GetMechanismList(handle)
      .slice(0, limits.mechanisms)
      .filter((mechanism) => usedMechanisms.includes(mechanism))
      .map((mechanism) => ({ mechanism, flags: pkcs11.C_GetMechanismInfo(handle, mechanism).flags }));
    const [privateKeys = [], publicKeys = []] = [pkcs11js.CKO_PRIVATE_KEY, pkcs11js.CKO_PUBLIC_KEY].map((kind) =>
      findObjects(pkcs11, session, [{ type: pkcs11js.CKA_CLASS, value: kind }]),
    );
    const idsOf = (keys: readonly Handle[]): Buffer[] =>
      keys.map((key) => attribute(pkcs11, session, key, pkcs11js.CKA_ID)).filter(isId);
    return {
      token,
      certificates: readCertificates(pkcs11, session),
      keyIds: idsOf([...privateKeys, ...publicKeys]),
      pinEachTimeIds: idsOf(privateKeys.filter((key) => wantsPinEachTime(pkcs11, session, key))),
      mechanisms,
    };
  } finally {
    closeQuietly(pkcs11, session);
  }
}

/** What was read has been read. */
function closeQuietly(pkcs11: PKCS11, session: Handle): void {
  try {
    pkcs11.C_CloseSession(session);
  } catch {
    // A token that is gone has no sessions.
  }
}

/** Those that we use: RSA PKCS#1 v1.5, PSS, OAEP, ECDSA and the two that make keys. */
const usedMechanisms = [
  pkcs11js.CKM_RSA_PKCS,
  pkcs11js.CKM_RSA_PKCS_PSS,
  pkcs11js.CKM_RSA_PKCS_OAEP,
  pkcs11js.CKM_ECDSA,
  pkcs11js.CKM_RSA_PKCS_KEY_PAIR_GEN,
  pkcs11js.CKM_EC_KEY_PAIR_GEN,
];

const isId = (id: Buffer | undefined): id is Buffer => id !== undefined && id.length > 0 && id.length <= limits.idBytes;

function readCertificates(pkcs11: PKCS11, session: Handle): TokenContents['certificates'] {
  const found = findObjects(pkcs11, session, [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE },
    { type: pkcs11js.CKA_CERTIFICATE_TYPE, value: pkcs11js.CKC_X_509 },
  ]);
  return found.flatMap((certificate) => {
    const der = attribute(pkcs11, session, certificate, pkcs11js.CKA_VALUE);
    if (der === undefined || der.length > limits.certificateBytes) return [];
    const id = attribute(pkcs11, session, certificate, pkcs11js.CKA_ID);
    const label = attribute(pkcs11, session, certificate, pkcs11js.CKA_LABEL);
    return [{ id: isId(id) ? id : new Uint8Array(), label: clip(label?.toString('utf8') ?? ''), der }];
  });
}

/** CK_TOKEN_INFO of a slot. */
export function factsOf(pkcs11: PKCS11, slot: Handle): TokenFacts {
  const info = pkcs11.C_GetTokenInfo(slot);
  return {
    label: clip(info.label),
    manufacturer: clip(info.manufacturerID),
    model: clip(info.model),
    serial: clip(info.serialNumber),
    flags: info.flags,
    minPinLength: info.minPinLen,
    maxPinLength: info.maxPinLen,
    freePublicMemory: freeMemory(info.freePublicMemory, info.totalPublicMemory),
  };
}

/** CK_UNAVAILABLE_INFORMATION is all ones; tokens that do not know a total say zero for both. */
function freeMemory(free: number, total: number): number | undefined {
  const isTold = Number.isSafeInteger(free) && free >= 0 && free < 0xffff_ffff && (free > 0 || total > 0);
  return isTold ? free : undefined;
}

/** A session that may write where the token lets it. */
export function openSession(pkcs11: PKCS11, slot: Handle, writing: boolean): Handle {
  return pkcs11.C_OpenSession(slot, CKF_SERIAL_SESSION | (writing ? CKF_RW_SESSION : 0));
}

/** At most as many objects as we would show. */
export function findObjects(pkcs11: PKCS11, session: Handle, template: Template): Handle[] {
  pkcs11.C_FindObjectsInit(session, template);
  try {
    const found: Handle[] = [];
    while (found.length < limits.objects) {
      const next = pkcs11.C_FindObjects(session, 1)[0];
      if (next === undefined) break;
      found.push(next);
    }
    return found;
  } finally {
    pkcs11.C_FindObjectsFinal(session);
  }
}

/** One attribute, or undefined where the object has none or does not show it. */
export function attribute(pkcs11: PKCS11, session: Handle, object: Handle, type: number): Buffer | undefined {
  try {
    const value: unknown = pkcs11.C_GetAttributeValue(session, object, [{ type }])[0]?.value;
    return Buffer.isBuffer(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a private key wants the PIN for each use (PKCS#11 v2.40 §4.9, CKA_ALWAYS_AUTHENTICATE). */
export function wantsPinEachTime(pkcs11: PKCS11, session: Handle, key: Handle): boolean {
  return attribute(pkcs11, session, key, pkcs11js.CKA_ALWAYS_AUTHENTICATE)?.[0] === 1;
}

/** CK_SLOT_ID as text and back. */
export const slotName = (slot: Handle): string => slot.toString('hex');
export const slotHandle = (name: string): Handle => Buffer.from(name, 'hex');

/** CK_RV of what a call threw; 0 for what is none. */
export function returnValueOf(error: unknown): number {
  const text = error instanceof Error ? error.message + (error.stack ?? '') : '';
  const inText = /CKR_\w+:(\d+)/.exec(text)?.[1];
  if (inText !== undefined) return Number(inText);
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : ckr.ok;
}

const clip = (text: string): string => tokenText(text).slice(0, limits.labelBytes / 4);
