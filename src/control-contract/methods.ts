import type { TimedCardEvent } from '../model/card-event.js';
import type { CertificateOrder, CertificateOrderKind } from '../model/certificate-order.js';
import type { HistoryEntry, HistoryPage, HistoryQuery, HistoryVerdict } from '../model/history.js';
import type { SurfaceKind } from '../model/surface.js';
import type { PinCard, PinOutcome } from '../model/pin-care.js';
import type { CertificateEvents, CertificateMethods } from './certificates.js';
import type { CardEventSnapshot } from './card-events.js';
import type { BegunPinOperation, PinProgress, PinRequest } from './pins.js';
import type { DoctorFacts } from './doctor-facts.js';
import type { PromptOverview, PromptPlace, ClosedPrompt, RefusedPin, WaitingPrompt, WirePrompt } from './prompts.js';
import type { LaunchOutcome, LaunchProgress } from './launches.js';
import type { RelyingPartyDetails, RelyingPartyFinding, RelyingPartyList } from './relying-parties.js';
import type { SandboxRevocationReason } from '../model/sandbox-revocation-reason.js';
import type { SandboxFault, SandboxKey, SandboxReport } from './sandbox.js';
import type { DaemonStatus, StatusReport } from './status.js';
import type { IssuerFault } from '../model/issuer-fault.js';

/** A method without parameters, or without a result worth telling. */
export type Nothing = Readonly<Record<string, never>>;

/** Whether an answer was the first that fitted the open prompt. */
export interface Accepted {
  readonly accepted: boolean;
}

/** Every method of the control socket. A PIN is in none of them, but for those that the sandbox prints itself. */
export interface ControlMethods extends CertificateMethods {
  'daemon.status': { params: Nothing; result: DaemonStatus };
  /** Answered before the daemon ends. */
  'daemon.stop': { params: Nothing; result: Nothing };
  'status.get': { params: Nothing; result: StatusReport };
  /** What only the daemon knows of its readers, for whoever looks for faults; no command is sent to a card for it. */
  'doctor.facts': { params: Nothing; result: DoctorFacts };
  /** `entry` is what a file of `relying-parties.d` holds. */
  'rp.add': { params: { readonly entry: unknown }; result: RelyingPartyDetails };
  'rp.list': { params: Nothing; result: RelyingPartyList };
  'rp.show': { params: { readonly clientId: string }; result: RelyingPartyDetails };
  'rp.remove': { params: { readonly clientId: string }; result: Nothing };
  /**
   * Of a registered relying party, or of an entry that is not registered yet; with `live` also of its addresses and
   * login pages on the network, of the first page of each origin where none is named.
   */
  'rp.check': {
    params: ({ readonly clientId: string } | { readonly entry: unknown }) & {
      readonly live?: { readonly pages: readonly string[] } | undefined;
    };
    result: { readonly findings: readonly RelyingPartyFinding[] };
  };
  /**
   * A `kort:` link: ids only. Answered when it has ended; the end of the connection cancels it. `launch.progress` tells
   * of it meanwhile.
   */
  'launch.open': { params: { readonly clientId: string; readonly ref: string }; result: LaunchOutcome };
  'prompt.attach': { params: { readonly kind: SurfaceKind }; result: PromptOverview };
  /** From now on prompts come here, until another surface takes them or this one detaches. */
  'prompt.take': { params: Nothing; result: Accepted };
  'prompt.detach': { params: Nothing; result: Nothing };
  'prompt.choose': { params: { readonly ticket: string; readonly candidateId: string }; result: Accepted };
  /** Instead of a PIN frame: it will be typed on the reader's keypad, whose display speaks `language`. */
  'prompt.usePinPad': {
    params: {
      readonly ticket: string;
      readonly lastTryConsent: boolean;
      readonly language?: 'sv' | 'en' | undefined;
    };
    result: Accepted;
  };
  /** The confirmation code, where the prompt asks to type it. */
  'prompt.typeCode': { params: { readonly ticket: string; readonly code: string }; result: Accepted };
  'prompt.acknowledge': { params: { readonly ticket: string }; result: Accepted };
  /** Counts in every state of the prompt, unlike the other answers. */
  'prompt.cancel': { params: { readonly promptId: string }; result: Accepted };
  /** Opens a waiting order's prompt while no other stands open. */
  'prompt.pick': { params: { readonly promptId: string }; result: Accepted };
  'history.recent': { params: { readonly limit: number }; result: { readonly entries: readonly HistoryEntry[] } };
  /** Newest first. */
  'history.list': { params: HistoryQuery; result: HistoryPage };
  'history.verify': { params: Nothing; result: HistoryVerdict };
  /** The user's personal phrase, which only the real program knows; shown at every prompt. */
  'phrase.get': { params: Nothing; result: { readonly phrase?: string | undefined } };
  /** Without one it is removed. */
  'phrase.set': { params: { readonly phrase?: string | undefined }; result: Nothing };
  /** Every PIN of every inserted card, its counters read from the card for this answer. */
  'pin.list': { params: Nothing; result: { readonly cards: readonly PinCard[] } };
  /** Takes the place of an operation that this connection has begun before; its codes are wiped. */
  'pin.begin': { params: PinRequest; result: BegunPinOperation };
  /** Once; the codes have come in PIN frames before, or are typed on the reader. */
  'pin.run': {
    params: {
      readonly operationId: string;
      readonly lastTryConsent: boolean;
      readonly onPinPad?: boolean | undefined;
      /** Of the keypad's display. */
      readonly language?: 'sv' | 'en' | undefined;
    };
    result: PinOutcome;
  };
  /** Wipes the codes; a running operation is given up as long as no code has gone to the card. */
  'pin.cancel': { params: { readonly operationId: string }; result: Accepted };
  /** From now on this connection gets `card.event`. */
  'events.subscribe': { params: Nothing; result: CardEventSnapshot };
  'events.unsubscribe': { params: Nothing; result: Nothing };
  /** `fingerprint`: the SHA-256 of the DER in lower-case hex, or its beginning; `der`: base64. */
  'certificate.export': {
    params: { readonly fingerprint: string };
    result: { readonly fingerprint: string; readonly der: string };
  };
  /** From now on this connection gets `trace.line`, of all readers or of one, which must be there. */
  'trace.start': {
    params: { readonly reader?: string | undefined };
    result: { readonly header: readonly string[] };
  };
  'trace.stop': { params: Nothing; result: Nothing };
  'sandbox.list': { params: Nothing; result: SandboxReport };
  'sandbox.insert': { params: { readonly card: string; readonly reader?: string | undefined }; result: SandboxReport };
  /** `reader` may also be the name of the card that is in it. */
  'sandbox.remove': { params: { readonly reader: string }; result: SandboxReport };
  'sandbox.fault': { params: { readonly card: string; readonly fault: SandboxFault }; result: Nothing };
  /** `extendedLength`: the reader tells that it passes on more than 256 bytes at once. */
  'sandbox.addReader': {
    params: {
      readonly name?: string | undefined;
      readonly extendedLength?: boolean | undefined;
      readonly pinPad?: boolean | undefined;
    };
    result: SandboxReport;
  };
  /** Presses keys of a virtual keypad: of the only one that asks for a code, unless a reader is named. */
  'sandbox.press': {
    params: { readonly keys: readonly SandboxKey[]; readonly reader?: string | undefined };
    result: SandboxReport;
  };
  'sandbox.removeReader': { params: { readonly reader: string }; result: SandboxReport };
  /** Revokes all certificates of a card, or takes that back. */
  'sandbox.revoke': {
    params: { readonly card: string; readonly reason: SandboxRevocationReason };
    result: SandboxReport;
  };
  'sandbox.unrevoke': { params: { readonly card: string }; result: SandboxReport };
  /** Lets the sandbox's issuer have a certificate waiting for the holder of a card; each holder has some at the start. */
  'sandbox.order': {
    params: { readonly card: string; readonly kind: CertificateOrderKind };
    result: { readonly order: CertificateOrder };
  };
  /** How the sandbox's issuer fails from now on, until `none`. */
  'sandbox.issuerFault': { params: { readonly fault: IssuerFault }; result: Nothing };
  /** All cards with the PIN, PUK and counters of new ones and good certificates, the first orders, and no faults. */
  'sandbox.reset': { params: Nothing; result: SandboxReport };
}

/** Every event that the daemon pushes. Only attached surfaces get `prompt.*`. */
export interface ControlEvents extends CertificateEvents {
  /** Something of {@link StatusReport} changed: ask for it. */
  'status.changed': Nothing;
  /** An order has begun whose first state is still to come: its cards are being looked at. */
  'prompt.begin': { readonly promptId: string };
  /** A prompt opened, or the open one has a new state. */
  'prompt.show': WirePrompt;
  'prompt.close': ClosedPrompt;
  /** Which of the attached surfaces prompts come to, and whether that is this one; others show where. */
  'prompt.place': PromptPlace;
  /** The personal phrase is another one now, or none. */
  'prompt.phrase': { readonly phrase?: string | undefined };
  'prompt.waiting': { readonly waiting: readonly WaitingPrompt[] };
  /** Also for a code of `pin.begin` whose ticket counts no more. */
  'prompt.refused': RefusedPin;
  'pin.progress': PinProgress;
  'card.event': TimedCardEvent;
  /** The subscriber did not read fast enough and gets no more events, unless it subscribes anew. */
  'events.dropped': Nothing;
  /** Of a `launch.open` of this connection. */
  'launch.progress': LaunchProgress;
  /** A command to a card or its answer, hexadecimal; `..*` and `..` stand for what is withheld. */
  'trace.line': { readonly line: string };
}

/** Name of a method. */
export type ControlMethod = keyof ControlMethods;
/** Name of an event. */
export type ControlEvent = keyof ControlEvents;
/** Parameters of a method. */
export type ParamsOf<M extends ControlMethod> = ControlMethods[M]['params'];
/** Result of a method. */
export type ResultOf<M extends ControlMethod> = ControlMethods[M]['result'];
