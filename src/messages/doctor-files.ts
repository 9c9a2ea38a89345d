import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about our files and settings. Templates: see `template.ts`. */
export const doctorFilesTexts: DoctorTexts<'files' | 'settings'> = {
  'files.folder-open': {
    sv: {
      sentence: 'Andra kan använda mappen {path} (rättigheter {mode}): kortd vägrar då att starta.',
      nextStep: 'Kör ”chmod 700 {path}”.',
    },
    en: {
      sentence: 'Others can use the folder {path} (mode {mode}): kortd then refuses to start.',
      nextStep: 'Run "chmod 700 {path}".',
    },
  },
  'files.folder-foreign': {
    sv: {
      sentence: 'Mappen {path} tillhör {owner}, inte dig.',
      nextStep: 'Kör som administratör ”chown -R $USER {path}”, eller ta bort mappen.',
    },
    en: {
      sentence: 'The folder {path} belongs to {owner}, not to you.',
      nextStep: 'Run "chown -R $USER {path}" as administrator, or remove the folder.',
    },
  },
  'files.folder-link': {
    sv: {
      sentence: '{path} är en länk: kortd vägrar att följa den.',
      nextStep: 'Ersätt länken med en riktig mapp. En annan plats väljs med XDG_STATE_HOME och XDG_CONFIG_HOME.',
    },
    en: {
      sentence: '{path} is a link: kortd refuses to follow it.',
      nextStep: 'Replace the link by a real folder. Another place is chosen by XDG_STATE_HOME and XDG_CONFIG_HOME.',
    },
  },
  'files.folder-blocked': {
    sv: {
      sentence: 'Vid {path} behövs en mapp, men det ligger något annat i vägen.',
      nextStep: 'Flytta undan det.',
    },
    en: {
      sentence: 'A folder is needed at {path}, but something else is in the way.',
      nextStep: 'Move it away.',
    },
  },
  'files.folder-denied': {
    sv: {
      sentence: 'Du får inte skriva i {path}.',
      nextStep: 'Kör ”chmod u+rwx {path}”, eller be administratören ge dig mappen.',
    },
    en: {
      sentence: 'You may not write to {path}.',
      nextStep: 'Run "chmod u+rwx {path}", or ask the administrator to give you the folder.',
    },
  },
  'files.file-open': {
    sv: {
      sentence: 'Andra kan läsa eller ändra {path} (rättigheter {mode}).',
      nextStep: 'Kör ”chmod go= {path}”.',
    },
    en: {
      sentence: 'Others can read or change {path} (mode {mode}).',
      nextStep: 'Run "chmod go= {path}".',
    },
  },
  'files.file-foreign': {
    sv: {
      sentence: '{path} tillhör {owner}, inte dig: kortd kan kanske inte skriva i den.',
      nextStep: 'Kör som administratör ”chown $USER {path}”. Det händer när kort har körts med sudo.',
    },
    en: {
      sentence: '{path} belongs to {owner}, not to you: kortd may be unable to write to it.',
      nextStep: 'Run "chown $USER {path}" as administrator. It happens when kort was run by sudo.',
    },
  },
  'files.parent-open': {
    sv: {
      sentence: 'Alla kan ändra i {path} (rättigheter {mode}), och på så sätt byta ut dina mappar där.',
      nextStep: 'Kör ”chmod go-w {path}”.',
    },
    en: {
      sentence: 'Everyone can change {path} (mode {mode}), and so replace your folders below it.',
      nextStep: 'Run "chmod go-w {path}".',
    },
  },
  'files.full': {
    sv: {
      sentence: 'Disken med {path} är full: {megabytes} MB är kvar, och historiken kan inte skrivas.',
      nextStep: 'Frigör utrymme. Inga inloggningar görs så länge de inte kan skrivas i historiken.',
    },
    en: {
      sentence: 'The disk with {path} is full: {megabytes} MB are left, and the history cannot be written.',
      nextStep: 'Free some space. No logins are carried out while they cannot be written to the history.',
    },
  },
  'files.read-only': {
    sv: {
      sentence: '{path} ligger på en disk som bara går att läsa.',
      nextStep: 'Montera disken för skrivning. Blev den skrivskyddad av sig själv är den kanske trasig.',
    },
    en: {
      sentence: '{path} is on a disk that can only be read.',
      nextStep: 'Mount the disk for writing. One that became read-only by itself may be broken.',
    },
  },
  'files.network': {
    sv: {
      sentence: '{path} ligger på en nätverksdisk ({kind}), där lås och socketar kan svikta.',
      nextStep: 'Välj en lokal disk med XDG_STATE_HOME, om inloggningar ibland fastnar.',
    },
    en: {
      sentence: '{path} is on a network disk ({kind}), where locks and sockets may fail.',
      nextStep: 'Choose a local disk by XDG_STATE_HOME, if logins hang at times.',
    },
  },
  'files.not-tried': {
    sv: {
      sentence: 'På {system} har filer ingen ägare och inga rättigheter som kan kontrolleras så här.',
      nextStep: '',
    },
    en: { sentence: 'On {system} files have no owner and no mode that could be checked like this.', nextStep: '' },
  },
  'settings.relying-party': {
    sv: {
      sentence: 'Tjänsten i {path} används inte[: {reason}].',
      nextStep: 'Rätta filen eller ta bort den, och starta om kortd. ”kort rp check FIL” visar felet.',
    },
    en: {
      sentence: 'The service in {path} is not used[: {reason}].',
      nextStep: 'Correct the file or remove it, and restart kortd. "kort rp check FILE" shows what is wrong.',
    },
  },
  'settings.trust': {
    sv: {
      sentence: 'Utfärdaren i {path} används inte[: {reason}].',
      nextStep: 'Ersätt filen med utfärdarens certifikat i PEM-form, och starta om kortd.',
    },
    en: {
      sentence: 'The issuer in {path} is not used[: {reason}].',
      nextStep: "Replace the file by the issuer's certificate in PEM form, and restart kortd.",
    },
  },
  'settings.choice': {
    sv: {
      sentence: 'Reglerna för val av certifikat i {path} används inte[: {reason}].',
      nextStep: 'Rätta filen eller ta bort den, och starta om kortd.',
    },
    en: {
      sentence: 'The rules for choosing certificates in {path} are not used[: {reason}].',
      nextStep: 'Correct the file or remove it, and restart kortd.',
    },
  },
  'settings.revocation': {
    sv: {
      sentence: '{path} går inte att använda[: {reason}], så spärrkontroller görs inte alls.',
      nextStep: 'Rätta filen eller ta bort den, och starta om kortd.',
    },
    en: {
      sentence: '{path} cannot be used[: {reason}], so that no revocation checks are made at all.',
      nextStep: 'Correct the file or remove it, and restart kortd.',
    },
  },
  'settings.expiry': {
    sv: {
      sentence: '{path} går inte att använda[: {reason}], så programmet minns inte kort som inte sitter i.',
      nextStep: 'Rätta filen eller ta bort den, och starta om kortd.',
    },
    en: {
      sentence: '{path} cannot be used[: {reason}], so that cards that are not inserted are not remembered.',
      nextStep: 'Correct the file or remove it, and restart kortd.',
    },
  },
  'settings.user': {
    sv: {
      sentence: 'En inställning i {path} används inte[: {reason}].',
      nextStep: 'Rätta filen, eller sätt inställningen på nytt med ”kort setting”.',
    },
    en: {
      sentence: 'A setting in {path} is not used[: {reason}].',
      nextStep: 'Correct the file, or set the setting anew with "kort setting".',
    },
  },
  'settings.hook': {
    sv: {
      sentence: 'Programmet {path} körs inte när kort sätts i och dras ut[: {reason}].',
      nextStep:
        'Se till att bara du och administratören kan ändra filen och mapparna ovanför, och att den går att köra.',
    },
    en: {
      sentence: 'The program {path} is not run when cards come and go[: {reason}].',
      nextStep:
        'See to it that only you and the administrator can change the file and its folders, and that it can be run.',
    },
  },
};
