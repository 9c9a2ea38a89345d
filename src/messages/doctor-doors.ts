import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about the ways in: the port, links, and places for the PIN. Templates: see `template.ts`. */
export const doctorDoorsTexts: DoctorTexts<'port' | 'links' | 'surfaces'> = {
  'port.taken': {
    sv: {
      sentence: 'Ett annat program[ ({owner})] har port {port}, som inloggningar från webbläsaren går till.',
      nextStep:
        'Stäng det programmet, eller be den som sköter datorn att flytta det till en annan port. kortd tar över porten av sig självt när den blir ledig.',
    },
    en: {
      sentence: 'Another program[ ({owner})] has port {port}, which logins from the browser go to.',
      nextStep:
        'Close that program, or ask whoever runs this computer to move it to another port. kortd takes the port over by itself as soon as it is free.',
    },
  },
  'port.other-daemon': {
    sv: {
      sentence: 'En annan kortd[ ({owner})] har port {port}: en annan användares, eller en annan instans.',
      nextStep: 'Stoppa den andra, eller starta den här med en egen port: ”kort daemon start --port <port>”.',
    },
    en: {
      sentence: "Another kortd[ ({owner})] has port {port}: another user's, or another instance.",
      nextStep: 'Stop that one, or start this one on a port of its own: "kort daemon start --port <port>".',
    },
  },
  'port.not-ours': {
    sv: {
      sentence: 'Det som svarar på {address}, port {port}, är inte kortd[ utan {owner}].',
      nextStep:
        'Stäng det program som svarar där och starta om kortd. Gå inte vidare med en inloggning innan det är gjort.',
    },
    en: {
      sentence: 'What answers at {address}, port {port}, is not kortd[ but {owner}].',
      nextStep: 'Close the program that answers there and restart kortd. Do not go on with a login before that.',
    },
  },
  'port.silent': {
    sv: {
      sentence: 'kortd går inte att nå på {address}, port {port}, fast den lyssnar där.',
      nextStep:
        'En brandvägg eller ett säkerhetsprogram stoppar förbindelsen: tillåt program på datorn att nå 127.0.0.1 och ::1.',
    },
    en: {
      sentence: 'kortd cannot be reached at {address}, port {port}, although it listens there.',
      nextStep:
        'A firewall or a security program stops the connection: let programs of this computer reach 127.0.0.1 and ::1.',
    },
  },
  'port.unknown': {
    sv: { sentence: 'Porten kontrollerades inte, eftersom kortd inte svarar.', nextStep: '' },
    en: { sentence: 'The port was not checked, since kortd does not answer.', nextStep: '' },
  },
  'port.not-served': {
    sv: { sentence: 'Den här instansen tar inte emot inloggningar, bara virtuella läsare och kort.', nextStep: '' },
    en: { sentence: 'This instance takes no logins: it has virtual readers and cards only.', nextStep: '' },
  },
  'links.nobody': {
    sv: {
      sentence: 'Inget program öppnar länkar som börjar med kort:, men en registrerad tjänst använder sådana.',
      nextStep: 'Kör ”kort[ --instance {instance}] link register”.',
    },
    en: {
      sentence: 'No program opens links that begin with kort:, but a registered service uses them.',
      nextStep: 'Run "kort[ --instance {instance}] link register".',
    },
  },
  'links.other-program': {
    sv: {
      sentence: 'Ett annat program öppnar länkar som börjar med kort:: {name}[ ({command})].',
      nextStep: 'Kör ”kort[ --instance {instance}] link register”, och ta reda på vad det andra programmet är.',
    },
    en: {
      sentence: 'Another program opens links that begin with kort:: {name}[ ({command})].',
      nextStep: 'Run "kort[ --instance {instance}] link register", and find out what the other program is.',
    },
  },
  'links.other-installation': {
    sv: {
      sentence: 'Länkar som börjar med kort: öppnas av en annan installation av kort[: {command}].',
      nextStep: 'Kör ”kort[ --instance {instance}] link register” med den installation som ska öppna dem.',
    },
    en: {
      sentence: 'Links that begin with kort: are opened by another installation of kort[: {command}].',
      nextStep: 'Run "kort[ --instance {instance}] link register" with the installation that shall open them.',
    },
  },
  'links.other-instance': {
    sv: { sentence: 'Länkar som börjar med kort: öppnas av en annan instans[: {command}].', nextStep: '' },
    en: { sentence: 'Links that begin with kort: are opened by another instance[: {command}].', nextStep: '' },
  },
  'links.program-missing': {
    sv: {
      sentence: 'Länkar som börjar med kort: är registrerade på ett program som inte finns: {program}.',
      nextStep: 'Kör ”kort[ --instance {instance}] link register”.',
    },
    en: {
      sentence: 'Links that begin with kort: are registered for a program that is not there: {program}.',
      nextStep: 'Run "kort[ --instance {instance}] link register".',
    },
  },
  'links.untold': {
    sv: { sentence: 'Datorn talar inte om vem som öppnar länkar[ ({detail})].', nextStep: '' },
    en: { sentence: 'This computer does not tell who opens links[ ({detail})].', nextStep: '' },
  },
  'surfaces.none': {
    sv: {
      sentence: 'En inloggning som kom nu hade ingenstans att fråga efter PIN-koden.',
      nextStep:
        'Öppna ”kort[ --instance {instance}] ui” eller ”kort[ --instance {instance}] prompt” i en terminal, eller installera pinentry (på Debian och Ubuntu: ”apt install pinentry-gnome3”).',
    },
    en: {
      sentence: 'A login that came now would have nowhere to ask for the PIN.',
      nextStep:
        'Open "kort[ --instance {instance}] ui" or "kort[ --instance {instance}] prompt" in a terminal, or install pinentry (on Debian and Ubuntu: "apt install pinentry-gnome3").',
    },
  },
  'surfaces.none-in-sandbox': {
    sv: {
      sentence:
        'Ingen plats för PIN-koden är öppen just nu: ”kort[ --instance {instance}] prompt” i en terminal öppnar en.',
      nextStep: '',
    },
    en: {
      sentence: 'No place for the PIN is open just now: "kort[ --instance {instance}] prompt" in a terminal opens one.',
      nextStep: '',
    },
  },
  'surfaces.unknown': {
    sv: { sentence: 'Det gick inte att ta reda på, eftersom kortd inte svarar.', nextStep: '' },
    en: { sentence: 'That could not be found out, since kortd does not answer.', nextStep: '' },
  },
};
