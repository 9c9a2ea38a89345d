import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about the way to servers. Templates: see `template.ts`. */
export const doctorNetworkTexts: DoctorTexts<'proxy' | 'tls' | 'issuers'> = {
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
};
