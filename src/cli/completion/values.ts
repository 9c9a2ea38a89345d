import { sandboxRevocationReasons } from '../../model/sandbox-revocation-reason.js';
import { certificateOrderKinds } from '../../model/certificate-order.js';
import { doctorCheckNames } from '../../model/doctor.js';
import { historyKinds } from '../../model/history.js';
import { issuerFaults } from '../../model/issuer-fault.js';
import { settingNames } from '../../model/setting.js';
import { faultKinds } from '../values.js';
import { shells } from './shells.js';

/** Values that are asked of the daemon while a person types; none of them says who somebody is. */
export const askedKinds = [
  'card',
  'reader',
  'client-id',
  'issuer',
  'fingerprint',
  'backup',
  'expiry-id',
  'download',
  'sandbox-card',
  'sandbox-reader',
  'sandbox-place',
] as const;

/** In front of a kind, what `kort completion` is called with by the scripts. */
export const askedPrefix = 'values:';

/** One of {@link askedKinds}. */
export type AskedKind = (typeof askedKinds)[number];

/** What may stand where a value does: these words, a name in the file system, what the daemon knows, or anything. */
export type ValueSource = readonly string[] | 'file' | 'anything' | AskedKind;

/**
 * Of every option that takes a value and of every argument: `noun verb --option` or `noun verb 1`, the first argument;
 * an option's name alone is for all commands that are not named.
 */
export const valueSources: Readonly<Record<string, ValueSource>> = {
  '--lang': ['sv', 'en'],
  '--instance': 'anything',
  '--card': 'card',
  '--reader': 'reader',
  '--pin': ['authentication', 'signature'],
  '--for': 'client-id',
  '--issuer': 'issuer',
  '--out': 'file',
  '--since': 'anything',
  '--until': 'anything',
  '--limit': 'anything',
  '--rp': 'client-id',
  '--port': 'anything',
  '--days': 'anything',
  '--within': 'anything',
  'certificate show 1': 'fingerprint',
  'certificate export 1': 'fingerprint',
  'certificate prefer 1': 'fingerprint',
  'certificate remove 1': 'fingerprint',
  'certificate restore 1': 'backup',
  'certificate download --order': 'anything',
  'certificate download --resume': 'download',
  'certificate download --discard': 'download',
  'completion 1': shells,
  'doctor --check': doctorCheckNames,
  'doctor --report': 'file',
  'expiry --ics': 'file',
  'expiry snooze 1': 'expiry-id',
  'expiry note 1': ['none'],
  'expiry forget 1': 'anything',
  'history list --kind': historyKinds,
  'history verify --head': 'anything',
  'history export 1': 'file',
  'history export --kind': historyKinds,
  'open 1': 'anything',
  'rp add 1': 'file',
  'rp show 1': 'client-id',
  'rp remove 1': 'client-id',
  'rp check 1': 'file',
  'rp check --page': 'anything',
  'setting get 1': settingNames,
  'setting set 1': settingNames,
  'setting set 2': 'anything',
  'setting unset 1': settingNames,
  'sandbox start --vpcd-port': 'anything',
  'sandbox insert 1': 'sandbox-card',
  'sandbox insert 2': 'sandbox-reader',
  'sandbox remove 1': 'sandbox-place',
  'sandbox fault 1': 'sandbox-card',
  'sandbox fault 2': faultKinds,
  'sandbox fault 3': 'anything',
  'sandbox fault --command': 'anything',
  'sandbox add-reader 1': 'anything',
  'sandbox press 1': ['ok', 'cancel', 'timeout'],
  'sandbox press --reader': 'sandbox-place',
  'sandbox remove-reader 1': 'sandbox-reader',
  'sandbox revoke 1': 'sandbox-card',
  'sandbox revoke --reason': sandboxRevocationReasons,
  'sandbox unrevoke 1': 'sandbox-card',
  'sandbox order 1': 'sandbox-card',
  'sandbox order --kind': certificateOrderKinds,
  'sandbox issuer --fault': issuerFaults,
};
