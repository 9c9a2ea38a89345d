import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about where the user sits. Templates: see `template.ts`. */
export const doctorSessionTexts: DoctorTexts<'session'> = {
  'session.desktop': {
    sv: { sentence: 'Du sitter vid den här datorns skrivbord.', nextStep: '' },
    en: { sentence: 'You sit at the desktop of this computer.', nextStep: '' },
  },
  'session.console': {
    sv: { sentence: 'Du arbetar i en textterminal utan skrivbord.', nextStep: '' },
    en: { sentence: 'You work in a text terminal without a desktop.', nextStep: '' },
  },
  'session.ssh': {
    sv: {
      sentence: 'Du är ansluten med ssh: de läsare som används är den här datorns, inte din egen dators.',
      nextStep: 'Kortet ska sitta i en läsare på den här datorn.',
    },
    en: {
      sentence: "You are connected by ssh: the readers used are this computer's, not those where you sit.",
      nextStep: 'The card must be in a reader of this computer.',
    },
  },
  'session.remote': {
    sv: {
      sentence: 'Detta är ett fjärrskrivbord ({product}): din läsare måste föras vidare hit.',
      nextStep: 'Slå på vidarekoppling av smarta kort i klienten på den dator du sitter vid, om läsaren saknas här.',
    },
    en: {
      sentence: 'This is a remote desktop ({product}): your reader has to be redirected to it.',
      nextStep: 'Turn on smart card redirection in the client where you sit, if the reader is missing here.',
    },
  },
  'session.container': {
    sv: {
      sentence: 'Programmet körs i en container ({product}), som har egna tjänster och enheter.',
      nextStep: 'Läsare syns bara om värdens kortläsartjänst eller USB-enhet har släppts in i containern.',
    },
    en: {
      sentence: 'The program runs in a container ({product}), which has its own services and devices.',
      nextStep: "Readers are seen only if the host's PC/SC service or USB device was let into the container.",
    },
  },
  'session.wsl': {
    sv: {
      sentence: 'Programmet körs i Windows undersystem för Linux (WSL).',
      nextStep: 'Anslut läsaren till WSL med usbipd: ”usbipd attach --wsl”.',
    },
    en: {
      sentence: 'The program runs in the Windows Subsystem for Linux (WSL).',
      nextStep: 'Attach the reader to WSL with usbipd: "usbipd attach --wsl".',
    },
  },
  'session.runtime-unset': {
    sv: { sentence: 'XDG_RUNTIME_DIR är inte satt: {path} används i stället.', nextStep: '' },
    en: { sentence: 'XDG_RUNTIME_DIR is not set: {path} is used instead.', nextStep: '' },
  },
  'session.runtime-missing': {
    sv: {
      sentence: 'XDG_RUNTIME_DIR pekar på {path}, som inte finns.',
      nextStep: 'Logga in på nytt, men inte med su eller sudo: då skapar systemet mappen.',
    },
    en: {
      sentence: 'XDG_RUNTIME_DIR points at {path}, which is not there.',
      nextStep: 'Sign in again, but not by su or sudo: the system then makes the folder.',
    },
  },
  'session.runtime-foreign': {
    sv: {
      sentence: 'XDG_RUNTIME_DIR pekar på {path}, som tillhör {owner}: kort når då inte din kortd.',
      nextStep: 'Logga in som dig själv (”su -” eller ”machinectl shell”, inte ”su” eller ”sudo -E”).',
    },
    en: {
      sentence: 'XDG_RUNTIME_DIR points at {path}, which belongs to {owner}: kort then does not reach your kortd.',
      nextStep: 'Sign in as yourself ("su -" or "machinectl shell", not "su" or "sudo -E").',
    },
  },
  'session.runtime-open': {
    sv: {
      sentence: 'Mappen {path} (XDG_RUNTIME_DIR) är öppen för andra (rättigheter {mode}).',
      nextStep: 'Kör ”chmod 700 {path}”.',
    },
    en: {
      sentence: 'The folder {path} (XDG_RUNTIME_DIR) is open to others (mode {mode}).',
      nextStep: 'Run "chmod 700 {path}".',
    },
  },
  'session.no-user-manager': {
    sv: {
      sentence: 'Systemd har ingen session för dig här: tjänster som ska starta vid inloggning gör det inte.',
      nextStep: 'Starta kortd själv: ”kort {group} start[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'Systemd has no session for you here: services that start at sign-in do not.',
      nextStep: 'Start kortd yourself: "kort {group} start[ --instance {groupInstance}]".',
    },
  },
  'session.locale': {
    sv: {
      sentence: 'Språkinställningen {locale} använder inte UTF-8: å, ä och ö kan visas fel.',
      nextStep: 'Välj en med UTF-8, till exempel LANG=sv_SE.UTF-8.',
    },
    en: {
      sentence: 'The locale {locale} does not use UTF-8: letters such as å, ä and ö may look wrong.',
      nextStep: 'Choose one with UTF-8, such as LANG=sv_SE.UTF-8.',
    },
  },
  'session.root': {
    sv: {
      sentence: 'Du kör kort som root: kortd hör då till root och inte till dig.',
      nextStep: 'Kör kort som din vanliga användare, utan sudo.',
    },
    en: {
      sentence: 'You run kort as root: the daemon is then that of root and not yours.',
      nextStep: 'Run kort as your ordinary user, without sudo.',
    },
  },
};
