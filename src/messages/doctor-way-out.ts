import type { DoctorWayOutCode } from '../model/doctor-codes-way-out.js';
import type { DoctorText } from './doctor-text.js';
import type { Language } from './language.js';

/** Of the checks about the way out. Templates: see `template.ts`. */
export const doctorWayOutMessages: Readonly<Record<DoctorWayOutCode, Readonly<Record<Language, DoctorText>>>> = {
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
  'clock.before-release': {
    sv: {
      sentence: 'Datorns klocka ({now}) visar en tid före den dag då det här programmet gjordes.',
      nextStep: 'Ställ klockan, eller be den som sköter datorn att göra det. Med fel tid nekas inloggningar.',
    },
    en: {
      sentence: "This computer's clock ({now}) shows a time before this program was made.",
      nextStep: 'Set the clock, or ask whoever runs this computer to do so. Logins are refused with a wrong time.',
    },
  },
  'clock.before-certificate': {
    sv: {
      sentence: 'Datorns klocka går minst {minutes} {minutes|minut|minuter} efter: ett certifikat på kortet är nyare.',
      nextStep: 'Ställ klockan, eller be den som sköter datorn att göra det. Med fel tid nekas inloggningar.',
    },
    en: {
      sentence:
        "This computer's clock is at least {minutes} {minutes|minute|minutes} slow: a certificate on the card is newer.",
      nextStep: 'Set the clock, or ask whoever runs this computer to do so. Logins are refused with a wrong time.',
    },
  },
  'clock.jumped-back': {
    sv: {
      sentence: 'Datorns klocka ställdes nyligen tillbaka {minutes} {minutes|minut|minuter}.',
      nextStep: 'Kontrollera att den går rätt nu.',
    },
    en: {
      sentence: "This computer's clock was lately set back by {minutes} {minutes|minute|minutes}.",
      nextStep: 'Check that it is right now.',
    },
  },
  'clock.slow': {
    sv: {
      sentence: 'Datorns klocka går {minutes} {minutes|minut|minuter} efter, jämfört med {host}.',
      nextStep: 'Ställ klockan, eller be den som sköter datorn att göra det. Med fel tid nekas inloggningar.',
    },
    en: {
      sentence: "This computer's clock is {minutes} {minutes|minute|minutes} slow, by the clock of {host}.",
      nextStep: 'Set the clock, or ask whoever runs this computer to do so. Logins are refused with a wrong time.',
    },
  },
  'clock.fast': {
    sv: {
      sentence: 'Datorns klocka går {minutes} {minutes|minut|minuter} före, jämfört med {host}.',
      nextStep: 'Ställ klockan, eller be den som sköter datorn att göra det. Med fel tid nekas inloggningar.',
    },
    en: {
      sentence: "This computer's clock is {minutes} {minutes|minute|minutes} fast, by the clock of {host}.",
      nextStep: 'Set the clock, or ask whoever runs this computer to do so. Logins are refused with a wrong time.',
    },
  },
  'clock.unsynced': {
    sv: { sentence: 'Datorn säger att dess klocka inte ställs av någon tidsserver.', nextStep: '' },
    en: { sentence: 'This computer says that no time server sets its clock.', nextStep: '' },
  },
  'clock.zone': {
    sv: {
      sentence: 'Tidszonen i variabeln TZ är okänd: {zone}. Datum och tider visas därför fel.',
      nextStep: 'Sätt TZ till ett känt namn, som Europe/Stockholm, eller ta bort variabeln.',
    },
    en: {
      sentence:
        'The time zone in the variable TZ is unknown: {zone}. Dates and times are shown wrongly because of that.',
      nextStep: 'Set TZ to a known name, such as Europe/Stockholm, or remove the variable.',
    },
  },
  'proxy.loopback': {
    sv: {
      sentence:
        'En proxy är inställd ({variable}), och program som startar en inloggning leds dit i stället för till kortd.',
      nextStep: 'Lägg till 127.0.0.1, localhost och ::1 i variabeln NO_PROXY (och no_proxy).',
    },
    en: {
      sentence: 'A proxy is set ({variable}), and programs that begin a login are led there instead of to kortd.',
      nextStep: 'Add 127.0.0.1, localhost and ::1 to the variable NO_PROXY (and no_proxy).',
    },
  },
  'proxy.malformed': {
    sv: {
      sentence: 'Variabeln {variable} innehåller ingen adress till en proxy.',
      nextStep: 'Rätta variabeln (http://proxy.example:8080) eller ta bort den.',
    },
    en: {
      sentence: 'The variable {variable} holds no address of a proxy.',
      nextStep: 'Correct the variable (http://proxy.example:8080) or remove it.',
    },
  },
  'proxy.unreachable': {
    sv: {
      sentence: 'Proxyn i {variable} ({host}) går inte att nå[: {reason}].',
      nextStep: 'Rätta variabeln, eller ta bort den där ingen proxy behövs, till exempel utanför arbetsplatsens nät.',
    },
    en: {
      sentence: 'The proxy in {variable} ({host}) cannot be reached[: {reason}].',
      nextStep: 'Correct the variable, or remove it where no proxy is needed, such as outside the network at work.',
    },
  },
  'proxy.not-used': {
    sv: {
      sentence:
        'En proxy är inställd ({variable}). kort går inte genom den, utan rakt till de registrerade adresserna.',
      nextStep: '',
    },
    en: {
      sentence: 'A proxy is set ({variable}). kort does not go through it, but straight to the registered addresses.',
      nextStep: '',
    },
  },
  'proxy.desktop': {
    sv: {
      sentence:
        'Skrivbordet har en proxyinställning ({mode}) som webbläsaren följer. kort läser den inte, utan går rakt till de registrerade adresserna.',
      nextStep: '',
    },
    en: {
      sentence:
        'The desktop has a proxy setting ({mode}) that the browser follows. kort does not read it, but goes straight to the registered addresses.',
      nextStep: '',
    },
  },
  'tls.intercepted': {
    sv: {
      sentence:
        'Någon öppnar den krypterade förbindelsen till {host} på vägen: certifikatet där kommer från ”{issuer}”.',
      nextStep: 'Be den som sköter nätet att undanta {host} från granskningen.',
    },
    en: {
      sentence:
        'Somebody opens the encrypted connection to {host} on its way: the certificate there is from "{issuer}".',
      nextStep: 'Ask whoever runs the network to leave {host} out of the inspection.',
    },
  },
  'tls.private-root': {
    sv: {
      sentence:
        'Certifikatet hos {host} kommer från ”{issuer}”, som bara är känd för att någon har lagt till den på den här datorn.',
      nextStep:
        'Är det er egen utfärdare: ange dess certifikat som ca_file i tjänstens fil. Annars öppnar någon förbindelsen på vägen: fråga den som sköter nätet.',
    },
    en: {
      sentence:
        'The certificate at {host} is from "{issuer}", which is known only because somebody has added it to this computer.',
      nextStep:
        "If that is your organization's own CA: give its certificate as ca_file in the service's file. Otherwise somebody opens the connection on its way: ask whoever runs the network.",
    },
  },
  'tls.unknown-issuer': {
    sv: {
      sentence: 'Certifikatet hos {host} kommer från[ ”{issuer}”,] någon som den här datorn inte känner.',
      nextStep:
        'Är det er egen utfärdare: ange dess certifikat som ca_file i tjänstens fil. Annars är det fel server, eller så öppnar någon förbindelsen på vägen: fråga den som sköter nätet.',
    },
    en: {
      sentence: 'The certificate at {host} is from[ "{issuer}",] somebody whom this computer does not know.',
      nextStep:
        "If that is your organization's own CA: give its certificate as ca_file in the service's file. Otherwise it is the wrong server, or somebody opens the connection on its way: ask whoever runs the network.",
    },
  },
  'tls.extra-ca': {
    sv: { sentence: 'NODE_EXTRA_CA_CERTS är satt ({path}). Programmet kort använder den inte.', nextStep: '' },
    en: { sentence: 'NODE_EXTRA_CA_CERTS is set ({path}). kort does not use it.', nextStep: '' },
  },
  'tls.extra-ca-unreadable': {
    sv: {
      sentence: 'NODE_EXTRA_CA_CERTS pekar på en fil som inte går att läsa: {path}.',
      nextStep: 'Rätta variabeln eller ta bort den. Programmet kort använder den inte, men andra program gör det.',
    },
    en: {
      sentence: 'NODE_EXTRA_CA_CERTS points to a file that cannot be read: {path}.',
      nextStep: 'Correct the variable or remove it. kort does not use it, but other programs do.',
    },
  },
  'tls.unchecked': {
    sv: {
      sentence: 'NODE_TLS_REJECT_UNAUTHORIZED=0 är satt: andra Node-program kontrollerar inte vem de talar med.',
      nextStep: 'Ta bort variabeln. Programmet kort kontrollerar alltid.',
    },
    en: {
      sentence: 'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: other Node programs do not check whom they talk to.',
      nextStep: 'Remove the variable. kort always checks.',
    },
  },
  'tls.key-log': {
    sv: {
      sentence: 'SSLKEYLOGFILE är satt ({path}): webbläsare skriver nycklarna till krypterade förbindelser dit.',
      nextStep: 'Ta bort variabeln och filen, om ingen felsöker med dem just nu.',
    },
    en: {
      sentence: 'SSLKEYLOGFILE is set ({path}): browsers write the keys of encrypted connections there.',
      nextStep: 'Remove the variable and the file, unless somebody is looking for a fault with them now.',
    },
  },
  'issuers.unreachable': {
    sv: {
      sentence: 'Servern {host} ({service}) går inte att nå[: {reason}].',
      nextStep:
        'Kontrollera nätet. Är det bara denna server: be den som sköter nätet att släppa fram {host}, eller fråga dem som har servern.',
    },
    en: {
      sentence: 'The server {host} ({service}) cannot be reached[: {reason}].',
      nextStep:
        'Check the network. If it is this server alone: ask whoever runs the network to let {host} through, or ask those who run the server.',
    },
  },
  'issuers.tls': {
    sv: {
      sentence: 'Servern {host} ({service}) kunde inte visa vem den är[: {reason}].',
      nextStep: 'Kontrollera klockan först. Är den rätt: fråga dem som har servern, eller den som sköter nätet.',
    },
    en: {
      sentence: 'The server {host} ({service}) could not show who it is[: {reason}].',
      nextStep: 'Check the clock first. If it is right: ask those who run the server, or whoever runs the network.',
    },
  },
  'issuers.answer': {
    sv: {
      sentence: 'Servern {host} ({service}) svarar med ett eget fel ({status}).',
      nextStep: 'Försök igen om en stund. Består felet: fråga dem som har servern.',
    },
    en: {
      sentence: 'The server {host} ({service}) answers with a failure of its own ({status}).',
      nextStep: 'Try again after a while. If it stays so: ask those who run the server.',
    },
  },
  'issuers.ca-file': {
    sv: {
      sentence: 'CA-filen för {service} går inte att använda[: {path}][, {reason}].',
      nextStep: 'Rätta ca_file i tjänstens fil, eller filens rättigheter.',
    },
    en: {
      sentence: 'The CA file of {service} cannot be used[: {path}][, {reason}].',
      nextStep: "Correct ca_file in the service's file, or the permissions of the file.",
    },
  },
  'issuers.slow': {
    sv: {
      sentence: 'Servern {host} ({service}) behövde {seconds} {seconds|sekund|sekunder} för att svara.',
      nextStep: 'Blir det inte bättre: fråga den som sköter nätet, eller dem som har servern.',
    },
    en: {
      sentence: 'The server {host} ({service}) needed {seconds} {seconds|second|seconds} to answer.',
      nextStep: 'If that does not get better: ask whoever runs the network, or those who run the server.',
    },
  },
  'issuers.revocation': {
    sv: {
      sentence:
        'Det går inte att fråga {host} ({service}) om certifikat är spärrade[: {reason}][: svaret var {status}].',
      nextStep: 'Inloggningar fungerar ändå. Be den som sköter nätet att släppa fram {host}.',
    },
    en: {
      sentence:
        '{host} ({service}) cannot be asked whether certificates were revoked[: {reason}][: the answer was {status}].',
      nextStep: 'Logins work all the same. Ask whoever runs the network to let {host} through.',
    },
  },
  'issuers.none': {
    sv: { sentence: 'Inga adresser är registrerade, så det finns ingenting att nå.', nextStep: '' },
    en: { sentence: 'No addresses are registered, so that there is nothing to reach.', nextStep: '' },
  },
  'history.broken': {
    sv: {
      sentence: 'Historiken är ändrad eller skadad: {file}, rad {line}.',
      nextStep: 'Kopiera filen åt den som utreder, och kör sedan ”kort[ --instance {instance}] history verify”.',
    },
    en: {
      sentence: 'The history was changed or damaged: {file}, line {line}.',
      nextStep: 'Copy the file for whoever looks into it, and then run "kort[ --instance {instance}] history verify".',
    },
  },
  'history.cut': {
    sv: {
      sentence: 'De senaste raderna saknas i historiken: {file} slutar vid rad {line}.',
      nextStep: 'Kopiera filen åt den som utreder, och kör sedan ”kort[ --instance {instance}] history verify”.',
    },
    en: {
      sentence: 'The latest lines are missing from the history: {file} ends at line {line}.',
      nextStep: 'Copy the file for whoever looks into it, and then run "kort[ --instance {instance}] history verify".',
    },
  },
  'history.head': {
    sv: {
      sentence: 'Historikens kontrollsumma, som sparas för sig, saknas eller stämmer inte ({file}).',
      nextStep: 'Kopiera filerna åt den som utreder, och kör sedan ”kort[ --instance {instance}] history verify”.',
    },
    en: {
      sentence: "The history's checksum, which is kept apart, is missing or does not fit ({file}).",
      nextStep: 'Copy the files for whoever looks into it, and then run "kort[ --instance {instance}] history verify".',
    },
  },
  'history.seal': {
    sv: {
      sentence: 'En avslutad del av historiken är ändrad eller borta: {file}.',
      nextStep: 'Kopiera filerna åt den som utreder, och kör sedan ”kort[ --instance {instance}] history verify”.',
    },
    en: {
      sentence: 'A finished part of the history was changed or is gone: {file}.',
      nextStep: 'Copy the files for whoever looks into it, and then run "kort[ --instance {instance}] history verify".',
    },
  },
  'history.kept-aside': {
    sv: {
      sentence: 'En skadad historik har lagts åt sidan och en ny har påbörjats: {file}.',
      nextStep: 'Lämna filen till den som utreder, och flytta den sedan därifrån.',
    },
    en: {
      sentence: 'A damaged history was set aside and a new one begun: {file}.',
      nextStep: 'Give the file to whoever looks into it, and then move it away.',
    },
  },
  'history.unreadable': {
    sv: {
      sentence: 'Historiken går inte att läsa[ ({detail})].',
      nextStep: 'Kontrollera rättigheterna till mappen, och att disken inte är full.',
    },
    en: {
      sentence: 'The history cannot be read[ ({detail})].',
      nextStep: 'Check the permissions of the folder, and that the disk is not full.',
    },
  },
};
