import { redacted } from './redact.js';

/** Words that stand in the program itself: what is one of them tells nobody anything about anybody. */
export type Vocabulary = ReadonlySet<string>;

/** A sentence or word that stands in the program, or nothing. */
export function knownWord(value: unknown, words: Vocabulary): string {
  return typeof value === 'string' && words.has(value) && !/\d{4}/.test(value) ? value : redacted;
}

/** Makers and models as they stand in the names of readers; whatever else a name holds is left out. */
const readerWords: ReadonlySet<string> = new Set(
  `idprime myeid piv isoapplet pkcs15 docker podman acr acs advanced alcor atr broadcom card cardman cards ccid cherry circle citrix cloud communication contact contactless
  corp corporation dell desktop dual e-id emulator epass fido feitian fingerprint fortify fujitsu gemalto gemplus generic
  global gmbh hid hp icc id idbridge identiv identive inc inside instant interface keyboard keypad kort lenovo link linux
  lite logitech ltd microchip microsystems microsoft mini mobile net nfc omnikey opensc otp pc pcd piccreader picc pin
  pinpad plug port pro rdp reader readers realtek reiner remote sandbox scm sct secugen security series silicon sim slot
  smart smartcard smarterminal softhsm systems techologies technologies technology terminal thales token twin ubiq usb
  user utimaco vasco veridt versatile virtual vmware vpcd windows with xiring yubico yubikey`.split(/\s+/),
);

/** The name of a reader or a card's product by the words that makers use: nobody's own words, no serial number. */
export function shownReader(name: string): string {
  return name.replaceAll(/[^\s()[\]/,]+/gu, (word) => {
    const bare = word.toLowerCase().replaceAll(/[.:®™-]/g, '');
    const isModel = /^[a-z]{0,4}\d{1,4}[a-z]{0,2}$/.test(bare) || /^[a-f0-9]{2}$/.test(bare);
    return readerWords.has(bare) || readerWords.has(word.toLowerCase()) || isModel || /^\W+$/.test(word)
      ? word
      : redacted;
  });
}

const folders: ReadonlySet<string> = new Set(
  `bin boot config cache data dev etc home kort lib lib64 libexec local mnt opt private proc run sbin share snap src state
  system tmp users usr var library applications program files windows system32 node node_modules node.exe x86_64-linux-gnu
  pkcs11 pcsc pcscd polkit-1 systemd user dist applications .config .local .cache`.split(/\s+/),
);

/** What kind of file it is; whatever else stands behind a dot may be a name (`/home/first.last`). */
const knownEnding =
  /\.(?:bak|cer|cfg|cjs|comm|conf|crt|csv|dat|der|desktop|dll|dylib|exe|head|ini|js|jsonl?|lock|log|mjs|module|new|p12|pem|pfx|plist|service|sh|sock|socket|so|toml|txt|xml|ya?ml)$/i;

/** A path by the folders that systems and this program have; names that people gave are left out. */
export function shownPath(path: string, words: Vocabulary): string {
  return path
    .split(/([/\\])/)
    .map((part) => {
      if (part === '' || part === '/' || part === '\\' || part === '~') return part;
      const isKnown = folders.has(part.toLowerCase()) || (words.has(part) && !/\d{4}/.test(part));
      if (isKnown || /^lib[a-z0-9_.+-]{1,40}\.(?:so|dylib)(?:\.\d+){0,3}$/.test(part)) return part;
      const [ending = ''] = knownEnding.exec(part) ?? [];
      return `${redacted}${ending}`;
    })
    .join('');
}

/** What programs are called, without where they lie and what they were told. */
export function shownProgram(text: string): string {
  const name =
    (
      text
        .trim()
        .split(/[\s"']+/)
        .find((word) => word !== '') ?? ''
    )
      .split(/[/\\]/)
      .at(-1) ?? '';
  return /^[A-Za-z][\w.+-]{0,40}$/.test(name) && !/\d{4}/.test(name) ? name : redacted;
}

/** A version as programs have them. */
export function shownVersion(text: string): string {
  return /^v?\d{1,4}(?:[.:~+-]\w{1,12}){0,6}$/.test(text) && !/\d{6}/.test(text) ? text : redacted;
}
