import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about the programs themselves: their versions and the daemon. Templates: see `template.ts`. */
export const doctorProgramTexts: DoctorTexts<'versions' | 'daemon'> = {
  'versions.here': {
    sv: { sentence: 'kort {kort}, Node {node}, {system}, kärna {kernel}[, pcscd {pcsc}].', nextStep: '' },
    en: { sentence: 'kort {kort}, Node {node}, {system}, kernel {kernel}[, pcscd {pcsc}].', nextStep: '' },
  },
  'versions.node-old': {
    sv: {
      sentence: 'Node {version} är för gammal för kort.',
      nextStep: 'Installera Node {needed} eller nyare, och starta om kortd.',
    },
    en: {
      sentence: 'Node {version} is too old for kort.',
      nextStep: 'Install Node {needed} or newer, and restart kortd.',
    },
  },
  'versions.daemon-older': {
    sv: {
      sentence: 'kortd som är igång är äldre ({daemon}) än det installerade programmet ({kort}).',
      nextStep:
        'Starta om den: ”kort {group} stop[ --instance {groupInstance}]” och ”kort {group} start[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'The kortd that is running is older ({daemon}) than the installed program ({kort}).',
      nextStep:
        'Restart it: "kort {group} stop[ --instance {groupInstance}]" and "kort {group} start[ --instance {groupInstance}]".',
    },
  },
  'versions.daemon-newer': {
    sv: {
      sentence: 'kortd som är igång är nyare ({daemon}) än det kort som du kör ({kort}).',
      nextStep: 'Det finns en nyare installation: kör kort därifrån, och ta bort den gamla.',
    },
    en: {
      sentence: 'The kortd that is running is newer ({daemon}) than the kort that you run ({kort}).',
      nextStep: 'There is a newer installation: run kort from there, and remove the old one.',
    },
  },
  'versions.several': {
    sv: {
      sentence: 'Det finns {count} installationer av kort i PATH: {paths}.',
      nextStep: 'Behåll en av dem, så att du vet vilken som startar.',
    },
    en: {
      sentence: 'There are {count} installations of kort on the PATH: {paths}.',
      nextStep: 'Keep one of them, so that you know which one starts.',
    },
  },
  'daemon.here': {
    sv: {
      sentence: 'kortd {version} är igång (process {pid}) sedan {started}[, startad av {launcher}][: {program}].',
      nextStep: '',
    },
    en: {
      sentence: 'kortd {version} is running (process {pid}) since {started}[, started by {launcher}][: {program}].',
      nextStep: '',
    },
  },
  'daemon.absent': {
    sv: {
      sentence: 'kortd är inte igång: ingen kan logga in med kortet.',
      nextStep: 'Starta den: ”kort {group} start[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'kortd is not running: nobody can log in with the card.',
      nextStep: 'Start it: "kort {group} start[ --instance {groupInstance}]".',
    },
  },
  'daemon.crashed': {
    sv: {
      sentence: 'kortd har avslutats utan att städa efter sig: {socket} ligger kvar, men ingen svarar.',
      nextStep:
        'Starta den igen: ”kort {group} start[ --instance {groupInstance}]”. Händer det på nytt, se slutet av loggen[ {log}].',
    },
    en: {
      sentence: 'kortd ended without tidying up: {socket} is still there, and nobody answers.',
      nextStep:
        'Start it again: "kort {group} start[ --instance {groupInstance}]". If it happens once more, see the end of the log[ {log}].',
    },
  },
  'daemon.silent': {
    sv: {
      sentence: 'kortd har hängt sig: {socket} tar emot, men svarar inte[ (process {pid})].',
      nextStep:
        'Avsluta den med ”kill -9[ {pid}]” och starta den igen: ”kort {group} start[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'kortd hangs: {socket} takes connections and does not answer[ (process {pid})].',
      nextStep: 'End it with "kill -9[ {pid}]" and start it again: "kort {group} start[ --instance {groupInstance}]".',
    },
  },
  'daemon.denied': {
    sv: {
      sentence: 'Du kommer inte åt din kortd: {path} är inte din egen eller är öppen för andra.',
      nextStep: 'Ta bort eller byt ägare på {path}, och starta kortd igen.',
    },
    en: {
      sentence: 'You cannot reach your kortd: {path} is not your own or is open to others.',
      nextStep: 'Remove {path} or change its owner, and start kortd again.',
    },
  },
  'daemon.stranger': {
    sv: {
      sentence: 'Något annat än kortd svarar på {socket}.',
      nextStep: 'Avsluta det programmet, ta bort {socket} och starta kortd igen.',
    },
    en: {
      sentence: 'Something that is no kortd answers at {socket}.',
      nextStep: 'End that program, remove {socket} and start kortd again.',
    },
  },
  'daemon.other-program': {
    sv: {
      sentence: 'kortd som är igång kommer från en annan installation ({running}) än kort ({installed}).',
      nextStep:
        'Starta om den härifrån: ”kort {group} stop[ --instance {groupInstance}]” och ”kort {group} start[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'The kortd that is running comes from another installation ({running}) than kort ({installed}).',
      nextStep:
        'Restart it from here: "kort {group} stop[ --instance {groupInstance}]" and "kort {group} start[ --instance {groupInstance}]".',
    },
  },
  'daemon.program-gone': {
    sv: {
      sentence: 'Programfilen som kortd startades från finns inte längre ({running}).',
      nextStep:
        'Starta om den: ”kort {group} stop[ --instance {groupInstance}]” och ”kort {group} start[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'The program file that kortd was started from is gone ({running}).',
      nextStep:
        'Restart it: "kort {group} stop[ --instance {groupInstance}]" and "kort {group} start[ --instance {groupInstance}]".',
    },
  },
  'daemon.several': {
    sv: {
      sentence: 'Flera kortd av samma instans är igång; de här går inte att nå: {pids}.',
      nextStep: 'Avsluta dem: ”kill {pids}”.',
    },
    en: {
      sentence: 'Several kortd of the same instance are running; these cannot be reached: {pids}.',
      nextStep: 'End them: "kill {pids}".',
    },
  },
  'daemon.log-large': {
    sv: {
      sentence: 'Loggen {path} har vuxit till {megabytes} MB.',
      nextStep: 'Se vad som upprepas i den, och ta sedan bort den medan kortd är stoppad.',
    },
    en: {
      sentence: 'The log {path} has grown to {megabytes} MB.',
      nextStep: 'See what repeats itself in it, then remove it while kortd is stopped.',
    },
  },
  'daemon.log-errors': {
    sv: {
      sentence: 'I loggen finns {count} fel, det senaste[ {time}]: ”{last}”.',
      nextStep: 'Se slutet av {path}.',
    },
    en: {
      sentence: 'The log has {count} {count|error|errors}, the last one[ {time}]: "{last}".',
      nextStep: 'See the end of {path}.',
    },
  },
  'daemon.idprime-writing': {
    sv: {
      sentence: 'kortd är startad med --experimental-idprime-writing: skrivning till IDPrime-kort är oprövad.',
      nextStep: 'Starta om kortd utan den, om den inte behövs just nu.',
    },
    en: {
      sentence: 'kortd was started with --experimental-idprime-writing: writing to IDPrime cards is untried.',
      nextStep: 'Restart kortd without it, unless it is needed right now.',
    },
  },
};
