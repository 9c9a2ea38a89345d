import type {
  FailedAnswer,
  FoundCertificate,
  LoadRequest,
  ModuleInfo,
  OpenWork,
  SignWork,
  SlotNews,
  TokenContents,
  TokenFacts,
  UseAnswer,
  UseRequest,
  Work,
} from './protocol.js';
import {
  decipherAlgorithms,
  keySpecs,
  limits,
  openWorkKinds,
  signatureAlgorithms,
  useStages,
  workKinds,
} from './protocol.js';
import { tokenText } from './token-text.js';
import type { WireReader, WireWriter } from './wire.js';

/** One thing that crosses the pipe, both ways. */
export interface Codec<T> {
  write(writer: WireWriter, value: T): void;
  read(reader: WireReader): T;
}

const pathBytes = 4096;
const derBytes = limits.certificateBytes;

/** Text that foreign code chose, and that people will see. */
const shown = (r: WireReader): string => tokenText(r.text(limits.labelBytes));

export const loadRequest: Codec<LoadRequest> = {
  write: (w, { path, slotEvents }) => void w.text(path).flag(slotEvents),
  read: (r) => ({ path: r.text(pathBytes), slotEvents: r.flag() }),
};

export const moduleInfo: Codec<ModuleInfo> = {
  write: (w, info) => void w.text(info.manufacturer).text(info.description).text(info.version),
  read: (r) => ({
    manufacturer: shown(r),
    description: shown(r),
    version: shown(r),
  }),
};

export const slotList: Codec<readonly SlotNews[]> = {
  write: (w, slots) =>
    void w.list(slots, ({ slot, hasToken, changed, reader }) => w.text(slot).flag(hasToken).flag(changed).text(reader)),
  read: (r) =>
    r.list(limits.slots, () => ({
      slot: r.text(limits.slotIdBytes),
      hasToken: r.flag(),
      changed: r.flag(),
      reader: shown(r),
    })),
};

export const slotId: Codec<string> = {
  write: (w, slot) => void w.text(slot),
  read: (r) => r.text(limits.slotIdBytes),
};

const tokenFacts: Codec<TokenFacts> = {
  write: (w, t) =>
    void w
      .text(t.label)
      .text(t.manufacturer)
      .text(t.model)
      .text(t.serial)
      .u32(t.flags)
      .u32(t.minPinLength)
      .u32(t.maxPinLength)
      .optionalU32(t.freePublicMemory),
  read: (r) => ({
    label: shown(r),
    manufacturer: shown(r),
    model: shown(r),
    serial: shown(r),
    flags: r.u32(),
    minPinLength: r.u32(),
    maxPinLength: r.u32(),
    freePublicMemory: r.optionalU32(),
  }),
};

const foundCertificate: Codec<FoundCertificate> = {
  write: (w, { id, label, der }) => void w.bytes(id).text(label).bytes(der),
  read: (r) => ({ id: r.bytes(limits.idBytes), label: shown(r), der: r.bytes(derBytes) }),
};

export const tokenContents: Codec<TokenContents> = {
  write(w, { token, certificates, keyIds, pinEachTimeIds, mechanisms }) {
    tokenFacts.write(w, token);
    w.list(certificates, (certificate) => foundCertificate.write(w, certificate));
    w.list(keyIds, (id) => w.bytes(id));
    w.list(pinEachTimeIds, (id) => w.bytes(id));
    w.list(mechanisms, ({ mechanism, flags }) => w.u32(mechanism).u32(flags));
  },
  read: (r) => ({
    token: tokenFacts.read(r),
    certificates: r.list(limits.objects, () => foundCertificate.read(r)),
    keyIds: r.list(2 * limits.objects, () => r.bytes(limits.idBytes)),
    pinEachTimeIds: r.list(limits.objects, () => r.bytes(limits.idBytes)),
    mechanisms: r.list(limits.mechanisms, () => ({ mechanism: r.u32(), flags: r.u32() })),
  }),
};

const signWork: Codec<SignWork> = {
  write(w, { keyId, algorithm, digests }) {
    w.bytes(keyId).oneOf(signatureAlgorithms, algorithm);
    w.list(digests, (digest) => w.bytes(digest));
  },
  read: (r) => ({
    kind: 'sign',
    keyId: r.bytes(limits.idBytes),
    algorithm: r.oneOf(signatureAlgorithms),
    digests: r.list(limits.signatures, () => r.bytes(limits.resultBytes)),
  }),
};

const work: Codec<Work> = {
  write(w, value) {
    w.oneOf(workKinds, value.kind);
    if (value.kind === 'sign') signWork.write(w, value);
    if (value.kind === 'open') w.u32(value.idleMs);
    if (value.kind === 'decipher') {
      w.bytes(value.keyId).oneOf(decipherAlgorithms, value.algorithm).bytes(value.data);
    }
  },
  read(r): Work {
    const kind = r.oneOf(workKinds);
    if (kind === 'sign') return signWork.read(r);
    if (kind === 'open') return { kind, idleMs: r.u32() };
    if (kind !== 'decipher') return { kind };
    return {
      kind,
      keyId: r.bytes(limits.idBytes),
      algorithm: r.oneOf(decipherAlgorithms),
      data: r.bytes(limits.resultBytes),
    };
  },
};

export const openWork: Codec<OpenWork> = {
  write(w, value) {
    w.oneOf(openWorkKinds, value.kind);
    switch (value.kind) {
      case 'sign':
        signWork.write(w, value);
        return;
      case 'generate':
        w.bytes(value.keyId).oneOf(keySpecs, value.spec).text(value.label);
        return;
      case 'store':
        w.bytes(value.keyId).text(value.label).bytes(value.der);
        w.bytes(value.subject).bytes(value.serial).bytes(value.issuer);
        return;
      case 'find-key':
      case 'remove-key':
        w.bytes(value.keyId);
        return;
      case 'remove-certificate':
        w.bytes(value.der).flag(value.keepKey);
    }
  },
  read(r): OpenWork {
    const kind = r.oneOf(openWorkKinds);
    if (kind === 'sign') return signWork.read(r);
    if (kind === 'remove-certificate') return { kind, der: r.bytes(derBytes), keepKey: r.flag() };
    const keyId = r.bytes(limits.idBytes);
    if (kind === 'find-key' || kind === 'remove-key') return { kind, keyId };
    if (kind === 'generate') {
      return { kind, keyId, spec: r.oneOf(keySpecs), label: r.text(limits.labelBytes) };
    }
    return {
      kind,
      keyId,
      label: r.text(limits.labelBytes),
      der: r.bytes(derBytes),
      subject: r.bytes(derBytes),
      serial: r.bytes(derBytes),
      issuer: r.bytes(derBytes),
    };
  },
};

/** What a piece of {@link OpenWork} gave. */
export const openWorkAnswer: Codec<Uint8Array> = {
  write: (w, value) => void w.bytes(value),
  read: (r) => r.bytes(limits.resultBytes),
};

export const useRequest: Codec<UseRequest> = {
  write(w, request) {
    w.text(request.slot).text(request.serial).text(request.label).u32(request.pinFlags);
    work.write(w, request.work);
  },
  read: (r) => ({
    slot: r.text(limits.slotIdBytes),
    serial: r.text(limits.labelBytes),
    label: r.text(limits.labelBytes),
    pinFlags: r.u32(),
    work: work.read(r),
  }),
};

export const useAnswer: Codec<UseAnswer> = {
  write(w, { stage, returnValue, flags, value }) {
    w.oneOf(useStages, stage).u32(returnValue).optionalU32(flags).bytes(value);
  },
  read: (r) => ({
    stage: r.oneOf(useStages),
    returnValue: r.u32(),
    flags: r.optionalU32(),
    value: r.bytes(limits.signatures * limits.resultBytes),
  }),
};

export const failedAnswer: Codec<FailedAnswer> = {
  write: (w, { returnValue, message }) => void w.u32(returnValue).text(message.slice(0, limits.errorBytes)),
  read: (r) => ({ returnValue: r.u32(), message: tokenText(r.text(limits.labelBytes * 4)) }),
};
