import { encodeTlv } from '../../core/ber-tlv.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import { hasPin, type PivContext } from './piv-context.js';
import { BIOMETRIC_GROUP, DISCOVERY, discoveryObject, isKnownObject, isPinProtected } from './piv-objects.js';
import { readTlvs } from './piv-template.js';

const TAG_LIST = 0x5c;
const DATA = 0x53;
const CURRENT_APPLICATION = 0x3fff;

const toTag = (bytes: Uint8Array): number | undefined =>
  bytes.length >= 1 && bytes.length <= 3 ? bytes.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;

const isForApplication = ({ p1, p2 }: ParsedCommand): boolean => ((p1 << 8) | p2) === CURRENT_APPLICATION;

/** The one tag that a GET DATA asks for. */
function wantedTag(command: ParsedCommand): number | undefined {
  const [list, ...rest] = readTlvs(command.data) ?? [];
  return list?.tag === TAG_LIST && rest.length === 0 ? toTag(list.value) : undefined;
}

/** Whether this is a read of the discovery object, which hosts put before everything they do. */
export function isDiscoveryRead(command: ParsedCommand): boolean {
  return command.ins === 0xcb && isForApplication(command) && wantedTag(command) === DISCOVERY;
}

/** GET DATA (SP 800-73-4 part 2 §3.1.2). */
export function getData(card: PivContext, command: ParsedCommand): Reply {
  if (!isForApplication(command)) return status(sw.badP1P2);
  const tag = wantedTag(command);
  if (tag === undefined) return status(sw.badData);
  if (isPinProtected(tag) && !hasPin(card)) return status(sw.securityStatus);
  const data = readObject(card, tag);
  return data === undefined ? status(sw.fileNotFound) : answer(data);
}

/** The discovery object and the group of biometric templates stand for themselves, all others stand in tag 53. */
function readObject({ state }: PivContext, tag: number): Uint8Array | undefined {
  if (tag === DISCOVERY) return state.discovery ? discoveryObject(state) : undefined;
  const value = state.objects.find((object) => object.tag === tag)?.value;
  return value && encodeTlv(tag === BIOMETRIC_GROUP ? tag : DATA, value);
}

/** PUT DATA (SP 800-73-4 part 2 §3.3.1). An empty 53 deletes. */
export function putData(card: PivContext, command: ParsedCommand): Reply {
  if (!isForApplication(command)) return status(sw.badP1P2);
  if (!card.volatile.managementAuthenticated) return status(sw.securityStatus);
  const object = readWrittenObject(command.data);
  if (object === undefined) return status(sw.badData);
  const { tag, value } = object;
  if (!isKnownObject(tag, card.state.yubico)) return status(sw.unsupported);
  const others = card.state.objects.filter((existing) => existing.tag !== tag);
  const used = others.reduce((sum, existing) => sum + existing.value.length, 0);
  if (used + value.length > card.state.capacity) return status(sw.noSpace);
  card.state.objects = value.length === 0 ? others : [...others, { tag, value: value.slice() }];
  card.save();
  return status(sw.ok);
}

function readWrittenObject(data: Uint8Array): { readonly tag: number; readonly value: Uint8Array } | undefined {
  const [first, second, ...rest] = readTlvs(data) ?? [];
  if (first?.tag === BIOMETRIC_GROUP && second === undefined) return first;
  const tag = first?.tag === TAG_LIST ? toTag(first.value) : undefined;
  const isWhole = second?.tag === DATA && rest.length === 0 && tag !== BIOMETRIC_GROUP;
  return tag !== undefined && isWhole ? { tag, value: second.value } : undefined;
}
