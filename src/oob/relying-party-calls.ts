import { z } from 'zod';
import { MiddlewareError } from '../core/errors.js';
import type { Clock, HttpCall, HttpClient } from '../core/ports.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { RelyingPartyCalls } from './oob-service.js';
import { protocol } from './protocol.js';
import { createFetchedKeys } from './fetched-keys.js';
import { readJson, trustOf } from './remote-answer.js';

/** What calls to relying parties are made with. */
export interface RelyingPartyCallsDependencies {
  readonly http: HttpClient;
  readonly clock: Clock;
}

const requestAnswer = z.object({ request: z.string().min(1).max(protocol.maxCompactBytes) });
const responseAnswer = z.object({ redirect_uri: z.string().max(4096).optional() });

/** Calls to the registered addresses of relying parties, and to no others. */
export function createRelyingPartyCalls({ http, clock }: RelyingPartyCallsDependencies): RelyingPartyCalls {
  const fetchedKeys = createFetchedKeys(http, clock);
  return {
    async fetchRequest({ clientId, endpoints }, { ref, walletNonce }, signal) {
      const url = registered(endpoints.request, 'ERR_OOB_REQUEST_FAILED');
      const body = { client_id: clientId, ref, wallet_nonce: walletNonce };
      const answer = await http.send({ ...postJson(url, body), trust: trustOf(endpoints), signal });
      if (answer.status !== 200) throw refused('ERR_OOB_REQUEST_FAILED', answer.status);
      return { request: readJson(answer, requestAnswer, url).request, date: answer.date };
    },
    async postResponse(party, answer, signal) {
      const url = registered(party.endpoints.response, 'ERR_OOB_DELIVERY_FAILED');
      const sent =
        'signatures' in answer
          ? { ...answer, signatures: answer.signatures.map((der) => Buffer.from(der).toString('base64')) }
          : answer;
      const received = await http.send({ ...postJson(url, sent), trust: trustOf(party.endpoints), signal });
      if (received.status !== 200) throw refused('ERR_OOB_DELIVERY_FAILED', received.status);
      const { redirect_uri: redirectUri } = readJson(received, responseAnswer, url);
      return { redirectUri: redirectUri === undefined ? undefined : wayOn(redirectUri, party) };
    },
    async keysOf(party) {
      return party.endpoints.keys === undefined ? party.jwks.keys : await fetchedKeys(party, party.endpoints.keys);
    },
  };
}

const postJson = (
  url: string,
  body: unknown,
): Pick<HttpCall, 'method' | 'url' | 'body' | 'contentType' | 'accept'> => ({
  method: 'POST',
  url,
  body: JSON.stringify(body),
  contentType: 'application/json',
  accept: 'application/json',
});

type CallErrorCode = 'ERR_OOB_REQUEST_FAILED' | 'ERR_OOB_DELIVERY_FAILED';

function registered(address: string | undefined, code: CallErrorCode): string {
  if (address !== undefined) return address;
  throw new MiddlewareError(code, 'No address is registered', { fields: { reason: 'unregistered' } });
}

/** 404 and 410 to a `ref`: it never was, or its request object was given out already (protocol: once). */
function refused(code: CallErrorCode, status: number): MiddlewareError {
  const isUsed = code === 'ERR_OOB_REQUEST_FAILED' && (status === 404 || status === 410);
  return new MiddlewareError(code, 'Relying party refused the call', {
    fields: { reason: isUsed ? 'used' : 'refused', status, detail: `HTTP ${status}` },
  });
}

/** Origins are exact, and http ones are on the loopback and in entries of the user only, by the registry's own check. */
function wayOn(redirectUri: string, { origins }: RelyingParty): string {
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : undefined;
  // A blob: address has the origin of whoever made it.
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  const isBare = url?.username === '' && url.password === '';
  if (isWeb && isBare && origins.includes(url.origin)) return url.href;
  throw new MiddlewareError('ERR_OOB_DELIVERY_FAILED', 'Address to go on to is not on a registered origin', {
    fields: { reason: 'redirect-uri', detail: 'redirect_uri' },
  });
}
