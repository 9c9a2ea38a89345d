import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about other programs that use cards. Templates: see `template.ts`. */
export const doctorOtherProgramsTexts: DoctorTexts<'other-programs'> = {
  'other-programs.using': {
    sv: { sentence: 'Andra program använder kortläsartjänsten nu: {programs}.', nextStep: '' },
    en: { sentence: 'Other programs use the PC/SC service now: {programs}.', nextStep: '' },
  },
  'other-programs.exclusive': {
    sv: {
      sentence: 'Ett annat program har kortet i {reader} för sig självt[ (anslutna: {programs})].',
      nextStep: 'Avsluta det programmet, eller ställ om det så att det delar kortet.',
    },
    en: {
      sentence: 'Another program has the card in {reader} for itself[ (connected: {programs})].',
      nextStep: 'End that program, or set it so that it shares the card.',
    },
  },
  'other-programs.gpg-exclusive': {
    sv: {
      sentence: 'GnuPG (scdaemon) har kortet i {reader} för sig självt.',
      nextStep: 'Skriv ”disable-ccid” och ”pcsc-shared” i ~/.gnupg/scdaemon.conf och kör ”gpgconf --kill scdaemon”.',
    },
    en: {
      sentence: 'GnuPG (scdaemon) has the card in {reader} for itself.',
      nextStep: 'Write "disable-ccid" and "pcsc-shared" into ~/.gnupg/scdaemon.conf and run "gpgconf --kill scdaemon".',
    },
  },
  'other-programs.installed': {
    sv: { sentence: '{name} är installerat ({path}).', nextStep: '' },
    en: { sentence: '{name} is installed ({path}).', nextStep: '' },
  },
  'other-programs.running': {
    sv: { sentence: '{name} är igång (process {pid}).', nextStep: '' },
    en: { sentence: '{name} is running (process {pid}).', nextStep: '' },
  },
  'other-programs.gpg': {
    sv: {
      sentence: 'GnuPG:s kortprogram scdaemon är igång (process {pid}) och kan ta kortet för sig självt.',
      nextStep:
        'Skriv ”disable-ccid” och ”pcsc-shared” i ~/.gnupg/scdaemon.conf och kör ”gpgconf --kill scdaemon”, om kortet blir upptaget.',
    },
    en: {
      sentence: "GnuPG's card program scdaemon is running (process {pid}) and may take the card for itself.",
      nextStep:
        'Write "disable-ccid" and "pcsc-shared" into ~/.gnupg/scdaemon.conf and run "gpgconf --kill scdaemon", if the card gets busy.',
    },
  },
  'other-programs.browser': {
    sv: { sentence: '{browser} använder kortmodulen {module} ({path}).', nextStep: '' },
    en: { sentence: '{browser} uses the card module {module} ({path}).', nextStep: '' },
  },
  'other-programs.browser-missing': {
    sv: {
      sentence: '{browser} ska använda kortmodulen {module}, men {path} finns inte.',
      nextStep: 'Ta bort modulen i webbläsarens inställningar (Säkerhetsenheter), eller installera den på nytt.',
    },
    en: {
      sentence: '{browser} is to use the card module {module}, but there is no {path}.',
      nextStep: "Remove the module in the browser's settings (Security Devices), or install it anew.",
    },
  },
  'other-programs.p11-kit': {
    sv: { sentence: 'p11-kit erbjuder andra program kortmodulen {module} ({path}).', nextStep: '' },
    en: { sentence: 'p11-kit offers other programs the card module {module} ({path}).', nextStep: '' },
  },
  'other-programs.p11-kit-missing': {
    sv: {
      sentence: 'p11-kit ska erbjuda kortmodulen {module}, men {path} finns inte.',
      nextStep: 'Installera modulen på nytt, eller ta bort dess fil i /etc/pkcs11/modules.',
    },
    en: {
      sentence: 'p11-kit is to offer the card module {module}, but there is no {path}.',
      nextStep: 'Install the module anew, or remove its file in /etc/pkcs11/modules.',
    },
  },
  'other-programs.not-tried': {
    sv: { sentence: '{system} talar inte om vilka program som använder kort.', nextStep: '' },
    en: { sentence: '{system} does not tell which programs use cards.', nextStep: '' },
  },
};
