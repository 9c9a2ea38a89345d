import type { StatusReader, StatusReport } from '../control-contract/status.js';
import { knownWord, shownReader, shownVersion, type Vocabulary } from './report-words.js';

/** A status without the names of people, cards and their numbers. */
export function shownStatus({ daemon, service, readers }: StatusReport, words: Vocabulary) {
  const { version, sandbox, startedAt, loopback, surfaces, openOrders, unfinishedDownloads } = daemon;
  const { port, listening, problemCode } = loopback;
  return {
    daemon: {
      ...{ version: shownVersion(version), sandbox, startedAt, surfaces, openOrders, unfinishedDownloads },
      loopback: {
        port,
        listening,
        ...(problemCode === undefined ? {} : { problemCode: knownWord(problemCode, words) }),
      },
    },
    service,
    readers: readers.map((reader) => shownState(reader, words)),
  };
}

function shownState({ name, card, sharing, token, sameAs, skipped, problem }: StatusReader, words: Vocabulary) {
  return {
    ...{ name: shownReader(name), card, sharing, skipped },
    ...(sameAs === undefined ? {} : { sameAs: shownReader(sameAs) }),
    ...(problem === undefined ? {} : { problem: knownWord(problem.code, words) }),
    ...(token === undefined ? {} : { token: shownToken(token, words) }),
  };
}

function shownToken({ product, pins, certificates }: NonNullable<StatusReader['token']>, words: Vocabulary) {
  return {
    product: shownReader(product),
    pins: pins.map(({ role, attemptsRemaining, blocked }) => ({ role, attemptsRemaining, blocked })),
    certificates: certificates.map(({ level, notAfter, keyType, keyBits, purpose, usable, revocation }) => ({
      ...{ level, keyBits, purpose, usable, keyType: knownWord(keyType, words) },
      // A month: the very second would tell a certificate.
      ends: notAfter.slice(0, 7),
      revocation: revocation?.status,
    })),
  };
}
