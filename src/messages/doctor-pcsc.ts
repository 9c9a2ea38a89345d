import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about the PC/SC service. Templates: see `template.ts`. */
export const doctorPcscTexts: DoctorTexts<'pcsc'> = {
  'pcsc.here': {
    sv: { sentence: 'Kortläsartjänsten svarar[ på {socket}].', nextStep: '' },
    en: { sentence: 'The PC/SC service answers[ at {socket}].', nextStep: '' },
  },
  'pcsc.sandbox': {
    sv: { sentence: 'Detta är en sandlåda med egna läsare: datorns kortläsartjänst används inte.', nextStep: '' },
    en: {
      sentence: "This is a sandbox with readers of its own: the computer's PC/SC service is not used.",
      nextStep: '',
    },
  },
  'pcsc.library-missing': {
    sv: {
      sentence: 'Programbiblioteket för kortläsare (libpcsclite) är inte installerat.',
      nextStep: 'Installera det (på Debian och Ubuntu: ”apt install pcscd libpcsclite1”), och starta om kortd.',
    },
    en: {
      sentence: 'The library for card readers (libpcsclite) is not installed.',
      nextStep: 'Install it (on Debian and Ubuntu: "apt install pcscd libpcsclite1"), and restart kortd.',
    },
  },
  'pcsc.not-installed': {
    sv: {
      sentence: 'Kortläsartjänsten (pcscd) är inte installerad.',
      nextStep: 'Installera den (på Debian och Ubuntu: ”apt install pcscd”).',
    },
    en: {
      sentence: 'The PC/SC service (pcscd) is not installed.',
      nextStep: 'Install it (on Debian and Ubuntu: "apt install pcscd").',
    },
  },
  'pcsc.not-running': {
    sv: {
      sentence: 'Kortläsartjänsten (pcscd) är inte igång: {socket} finns inte.',
      nextStep: 'Starta den: ”systemctl enable --now pcscd.socket”. kortd fortsätter sedan av sig själv.',
    },
    en: {
      sentence: 'The PC/SC service (pcscd) is not running: there is no {socket}.',
      nextStep: 'Start it: "systemctl enable --now pcscd.socket". kortd then goes on by itself.',
    },
  },
  'pcsc.masked': {
    sv: {
      sentence: 'Kortläsartjänsten är avstängd av administratören ({unit} är maskerad).',
      nextStep: 'Slå på den: ”systemctl unmask {unit}” och ”systemctl enable --now pcscd.socket”.',
    },
    en: {
      sentence: 'The administrator has turned the PC/SC service off ({unit} is masked).',
      nextStep: 'Turn it on: "systemctl unmask {unit}" and "systemctl enable --now pcscd.socket".',
    },
  },
  'pcsc.dead-socket': {
    sv: {
      sentence: 'Kortläsartjänsten (pcscd) har avslutats: {socket} ligger kvar, men ingen svarar.',
      nextStep: 'Starta den igen: ”systemctl restart pcscd.socket pcscd.service”.',
    },
    en: {
      sentence: 'The PC/SC service (pcscd) has stopped: {socket} is still there, and nobody answers.',
      nextStep: 'Start it again: "systemctl restart pcscd.socket pcscd.service".',
    },
  },
  'pcsc.denied': {
    sv: {
      sentence: 'Du får inte använda kortläsartjänstens socket {socket}[ (ägare {owner})].',
      nextStep:
        'Be administratören släppa in dig: socketen ska ha rättigheterna 666, eller så ska din användare vara med i dess grupp.',
    },
    en: {
      sentence: 'You may not use the socket of the PC/SC service, {socket}[ (owner {owner})].',
      nextStep: 'Ask the administrator to let you in: the socket should have mode 666, or your user be in its group.',
    },
  },
  'pcsc.refused': {
    sv: {
      sentence: 'Kortläsartjänsten avvisar dig: systemets regler (polkit) tillåter inte kort i den här sessionen.',
      nextStep:
        'Be administratören tillåta org.debian.pcsc-lite.access_pcsc och access_card för dig. Utan regel tillåts bara den som sitter vid datorn.',
    },
    en: {
      sentence: "The PC/SC service turns you away: the system's rules (polkit) allow no cards in this session.",
      nextStep:
        'Ask the administrator to allow you org.debian.pcsc-lite.access_pcsc and access_card. Without a rule, only who sits at the computer is allowed.',
    },
  },
  'pcsc.silent': {
    sv: {
      sentence: 'Kortläsartjänsten har hängt sig: {socket} tar emot, men svarar inte inom {seconds} s.',
      nextStep: 'Dra ut läsarna, kör ”systemctl restart pcscd” och sätt i dem igen.',
    },
    en: {
      sentence: 'The PC/SC service hangs: {socket} takes connections and does not answer within {seconds} s.',
      nextStep: 'Unplug the readers, run "systemctl restart pcscd" and plug them in again.',
    },
  },
  'pcsc.socket-name': {
    sv: {
      sentence: 'PCSCLITE_CSOCK_NAME pekar på {path}, där det inte finns någon kortläsartjänst.',
      nextStep: 'Ta bort variabeln ur miljön (”unset PCSCLITE_CSOCK_NAME”), och starta om kortd utan den.',
    },
    en: {
      sentence: 'PCSCLITE_CSOCK_NAME points at {path}, where there is no PC/SC service.',
      nextStep: 'Remove the variable from the environment ("unset PCSCLITE_CSOCK_NAME"), and restart kortd without it.',
    },
  },
  'pcsc.failed': {
    sv: {
      sentence: 'Kortläsartjänsten svarar med ett fel ({status}).',
      nextStep: 'Starta om den: ”systemctl restart pcscd”. Hjälper det inte, se ”journalctl -u pcscd”.',
    },
    en: {
      sentence: 'The PC/SC service answers with an error ({status}).',
      nextStep: 'Restart it: "systemctl restart pcscd". If that does not help, see "journalctl -u pcscd".',
    },
  },
  'pcsc.driver-missing': {
    sv: {
      sentence: 'Drivrutinen för vanliga USB-läsare (CCID) finns inte i {folder}.',
      nextStep: 'Installera den (på Debian och Ubuntu: ”apt install libccid”), och kör ”systemctl restart pcscd”.',
    },
    en: {
      sentence: 'The driver for ordinary USB readers (CCID) is not in {folder}.',
      nextStep: 'Install it (on Debian and Ubuntu: "apt install libccid"), and run "systemctl restart pcscd".',
    },
  },
  'pcsc.daemon-blind': {
    sv: {
      sentence: 'Kommandot kort når kortläsartjänsten, men kortd gör det inte: kortd är startad i en annan miljö.',
      nextStep:
        'Starta om kortd härifrån: ”kort {group} stop[ --instance {groupInstance}]” och ”kort {group} start[ --instance {groupInstance}]”.',
    },
    en: {
      sentence:
        'The command kort reaches the PC/SC service, but kortd does not: it was started in another environment.',
      nextStep:
        'Restart kortd from here: "kort {group} stop[ --instance {groupInstance}]" and "kort {group} start[ --instance {groupInstance}]".',
    },
  },
  'pcsc.not-tried': {
    sv: { sentence: 'På {system} är kontrollen av kortläsartjänsten oprövad.', nextStep: '' },
    en: { sentence: 'On {system} the check of the PC/SC service has not been tried.', nextStep: '' },
  },
};
