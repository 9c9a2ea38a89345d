import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about readers. Templates: see `template.ts`. */
export const doctorReadersTexts: DoctorTexts<'readers'> = {
  'readers.here': {
    sv: { sentence: 'Läsare: {reader}.', nextStep: '' },
    en: { sentence: 'Reader: {reader}.', nextStep: '' },
  },
  'readers.none': {
    sv: {
      sentence: 'Ingen kortläsare är ansluten.',
      nextStep: 'Anslut läsaren, helst direkt till datorn och inte genom en hubb, eller prova ett annat USB-uttag.',
    },
    en: {
      sentence: 'No card reader is connected.',
      nextStep: 'Connect the reader, rather to the computer itself than to a hub, or try another USB port.',
    },
  },
  'readers.none-remote': {
    sv: {
      sentence: 'Ingen kortläsare har förts vidare till fjärrskrivbordet ({product}).',
      nextStep:
        'Sätt i läsaren i den dator du sitter vid, slå på vidarekoppling av smarta kort i klienten och anslut på nytt.',
    },
    en: {
      sentence: 'No card reader was redirected to the remote desktop ({product}).',
      nextStep: 'Plug the reader in where you sit, turn on smart card redirection in the client and connect anew.',
    },
  },
  'readers.none-container': {
    sv: {
      sentence: 'Ingen kortläsare syns i containern ({product}).',
      nextStep: 'Släpp in värdens tjänst (montera /run/pcscd/pcscd.comm) eller läsarens USB-enhet.',
    },
    en: {
      sentence: 'No card reader is seen in the container ({product}).',
      nextStep: "Let the host's service in (mount /run/pcscd/pcscd.comm), or the reader's USB device.",
    },
  },
  'readers.none-wsl': {
    sv: {
      sentence: 'Ingen kortläsare syns i WSL.',
      nextStep: 'Kör i Windows, som administratör: ”usbipd list”, ”usbipd bind” och ”usbipd attach --wsl” för läsaren.',
    },
    en: {
      sentence: 'No card reader is seen in WSL.',
      nextStep:
        'In Windows, as administrator, run "usbipd list", "usbipd bind" and "usbipd attach --wsl" for the reader.',
    },
  },
  'readers.unclaimed': {
    sv: {
      sentence: 'Läsaren {device} ({id}) är ansluten, men kortläsartjänsten har inte tagit den i bruk.',
      nextStep:
        'Dra ut den och sätt i den igen. Hjälper det inte: installera libccid och kör ”systemctl restart pcscd”.',
    },
    en: {
      sentence: 'The reader {device} ({id}) is plugged in, but the PC/SC service has not taken it.',
      nextStep:
        'Unplug it and plug it in again. If that does not help, install libccid and run "systemctl restart pcscd".',
    },
  },
  'readers.claimed': {
    sv: {
      sentence: 'Läsaren {device} ({id}) är upptagen av drivrutinen {driver}, så kortläsartjänsten får den inte.',
      nextStep: 'Blockera drivrutinen (”blacklist {driver}” i /etc/modprobe.d), eller släpp läsaren ur usbip.',
    },
    en: {
      sentence: 'The reader {device} ({id}) is taken by the driver {driver}, so that the PC/SC service cannot have it.',
      nextStep: 'Keep the driver out ("blacklist {driver}" in /etc/modprobe.d), or release the reader from usbip.',
    },
  },
  'readers.held': {
    sv: {
      sentence: 'Läsaren {device} ({id}) används av ett annat program, utan att gå genom kortläsartjänsten.',
      nextStep:
        'Oftast är det scdaemon från GnuPG: skriv ”disable-ccid” i ~/.gnupg/scdaemon.conf och kör ”gpgconf --kill scdaemon”.',
    },
    en: {
      sentence: 'The reader {device} ({id}) is used by another program that does not go through the PC/SC service.',
      nextStep:
        'Mostly that is scdaemon of GnuPG: write "disable-ccid" into ~/.gnupg/scdaemon.conf and run "gpgconf --kill scdaemon".',
    },
  },
  'readers.slow': {
    sv: {
      sentence: 'Läsaren {reader} är långsam: det snabbaste svaret från kortet tog {milliseconds} ms.',
      nextStep:
        'Är den vidarekopplad från en annan dator beror det på nätet dit. Annars: prova en annan kabel eller ett annat USB-uttag.',
    },
    en: {
      sentence: 'The reader {reader} is slow: the fastest answer of the card took {milliseconds} ms.',
      nextStep:
        'If it is redirected from another computer, the network in between is the cause. Otherwise try another cable or USB port.',
    },
  },
  'readers.redirected': {
    sv: { sentence: 'Läsaren {reader} förs vidare från en annan dator ({product}).', nextStep: '' },
    en: { sentence: 'The reader {reader} is redirected from another computer ({product}).', nextStep: '' },
  },
  'readers.virtual': {
    sv: { sentence: '{reader} är ingen läsare för kort, utan systemets egna nycklar: den används inte.', nextStep: '' },
    en: { sentence: "{reader} is no reader for cards but holds the system's own keys: it is not used.", nextStep: '' },
  },
  'readers.sam': {
    sv: { sentence: '{reader} är en läsares plats för säkerhetsmoduler: den används inte.', nextStep: '' },
    en: { sentence: "{reader} is a reader's slot for security modules: it is not used.", nextStep: '' },
  },
  'readers.many': {
    sv: {
      sentence: '{count} läsare är anslutna: kortläsartjänsten klarar inte fler än 16.',
      nextStep: 'Dra ut några, om en läsare saknas i listan.',
    },
    en: {
      sentence: '{count} readers are connected: the PC/SC service takes no more than 16.',
      nextStep: 'Unplug some, if a reader is missing from the list.',
    },
  },
  'readers.unknown': {
    sv: { sentence: 'Vilka läsare som finns går inte att veta, eftersom kortläsartjänsten inte svarar.', nextStep: '' },
    en: { sentence: 'Which readers there are cannot be known, since the PC/SC service does not answer.', nextStep: '' },
  },
};
