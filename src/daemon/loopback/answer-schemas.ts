import { z } from 'zod';
import type { FailedHint, PendingHint } from '../../oob/oob-service.js';
import { errorWords, type ErrorWord } from './http-errors.js';

/** Why an order waits, each with what it means. */
const pendingHints: Readonly<Record<PendingHint, string>> = {
  outstandingTransaction: 'the user has not been asked yet',
  noCard: 'the user is asked to insert a card',
  chooseCard:
    'the user chooses between cards, or reads why none goes; of a request with user or issuers, until the first answer also for userSign and cardBusy',
  userSign: 'the user is asked for the PIN',
  cardBusy: 'another program holds the card',
};

/** Why an order failed, each with what it means. */
const failedHints: Readonly<Record<FailedHint, string>> = {
  userCancel: 'the user said no',
  expiredTransaction: 'nobody answered in time',
  certificateErr: 'the certificate is expired or not trusted there, or the card failed',
  noSuitableCertificate: 'no certificate is for this purpose, or for this user or issuer',
  levelNotMet: 'no certificate has a level that was asked for',
  pinBlocked: 'the PIN is blocked',
  cardRemoved: 'the card was pulled before the answer was complete',
  cancelled: 'cancelled by the caller, replaced by a newer order, or not polled for 30 seconds',
  startFailed: 'nothing on the machine can show a prompt, or the program failed or was started anew',
  requestFailed: 'the request object could not be fetched or was not accepted (redirect and scheme)',
  deliveryFailed: 'the answer could not be posted (redirect and scheme)',
};

const oneOf = <Word extends string>(meanings: Readonly<Record<Word, string>>) => {
  const words = Object.keys(meanings) as [Word, ...Word[]];
  return z.enum(words).meta({ description: words.map((word) => `${word}: ${meanings[word]}`).join('; ') });
};

const orderRef = z.string().meta({ description: '256 random bits, base64url; never put it into an address' });
const complete = z.literal('complete');

/** The answers of the calls, for the OpenAPI text. */
export const answerSchemas = {
  WellKnown: z.object({
    name: z.literal('kort'),
    protocolVersions: z.array(z.int()),
    version: z.string(),
    paths: z.array(z.string()),
  }),
  Started: z.object({ orderRef, expiresAt: z.iso.datetime() }),
  Collected: z.union([
    z.object({ orderRef, status: z.literal('pending'), hintCode: oneOf(pendingHints) }),
    z.object({ orderRef, status: z.literal('failed'), hintCode: oneOf(failedHints) }),
    z.object({ orderRef, status: complete, assertion: z.string().meta({ description: 'Compact JWS' }) }),
    z.object({
      orderRef,
      status: complete,
      signatures: z.array(z.base64()).meta({ description: 'One CAdES signature a document, DER, in their order' }),
    }),
  ]),
  Cancelled: z.object({}),
  Error: z.object({
    errorCode: z.enum(Object.keys(errorWords) as [ErrorWord, ...ErrorWord[]]),
    details: z.string().meta({ description: 'For developers; never show it to users, never depend on it' }),
  }),
} as const;
