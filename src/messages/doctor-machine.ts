import type { DoctorCardCode, DoctorMachineCode } from '../model/doctor-codes-machine.js';
import { doctorCardMessages } from './doctor-cards.js';
import type { DoctorText } from './doctor-text.js';
import type { Language } from './language.js';

const programsAndFiles: Readonly<
  Record<Exclude<DoctorMachineCode, DoctorCardCode>, Readonly<Record<Language, DoctorText>>>
> = {
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

/** Of the checks about this machine. Templates: see `template.ts`. */
export const doctorMachineMessages: Readonly<Record<DoctorMachineCode, Readonly<Record<Language, DoctorText>>>> = {
  ...programsAndFiles,
  ...doctorCardMessages,
};
