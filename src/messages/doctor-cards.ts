import type { DoctorCardCode } from '../model/doctor-codes-machine.js';
import type { DoctorText } from './doctor-text.js';
import type { Language } from './language.js';

/** Of the checks about readers, cards and the programs that use them. Templates: see `template.ts`. */
export const doctorCardMessages: Readonly<Record<DoctorCardCode, Readonly<Record<Language, DoctorText>>>> = {
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
  'cards.here': {
    sv: { sentence: 'Kortet {card} ({product}) sitter i {reader}.', nextStep: '' },
    en: { sentence: 'The card {card} ({product}) is in {reader}.', nextStep: '' },
  },
  'cards.none': {
    sv: { sentence: 'Inget kort sitter i någon läsare.', nextStep: '' },
    en: { sentence: 'No card is in any reader.', nextStep: '' },
  },
  'cards.unread': {
    sv: { sentence: 'Korten läses av kortd, som inte är igång.', nextStep: '' },
    en: { sentence: 'The cards are read by kortd, which is not running.', nextStep: '' },
  },
  'cards.reading': {
    sv: { sentence: 'Kortet i {reader} håller på att läsas.', nextStep: '' },
    en: { sentence: 'The card in {reader} is being read.', nextStep: '' },
  },
  'cards.unknown': {
    sv: {
      sentence: 'Kortet i {reader} är av ett slag som programmet inte känner till[ (ATR {atr})].',
      nextStep:
        'Är det ett tjänstekort: installera korttillverkarens program, och starta om kortd, som då använder det.',
    },
    en: {
      sentence: 'The card in {reader} is of a kind that this program does not know[ (ATR {atr})].',
      nextStep: "If it is a work card, install the card maker's software, and restart kortd, which then uses it.",
    },
  },
  'cards.mute': {
    sv: {
      sentence: 'Kortet i {reader} svarar inte alls: det sitter kanske upp och ned.',
      nextStep: 'Sätt i kortet med chippet först och uppåt. Torka av chippet, och prova en annan läsare.',
    },
    en: {
      sentence: 'The card in {reader} gives no answer at all: it may be upside down.',
      nextStep: 'Insert it chip first, with the chip up. Wipe the chip, and try another reader.',
    },
  },
  'cards.unresponsive': {
    sv: {
      sentence: 'Kortet i {reader} slutade svara mitt i ett kommando.',
      nextStep: 'Dra ut kortet och sätt i det igen.',
    },
    en: {
      sentence: 'The card in {reader} stopped answering in the middle of a command.',
      nextStep: 'Take the card out and insert it again.',
    },
  },
  'cards.unreadable': {
    sv: {
      sentence: 'Kortet i {reader} gick inte att läsa ({code})[, ATR {atr}].',
      nextStep: 'Dra ut kortet och sätt i det igen. ”kort[ --instance {instance}] status” visar mer.',
    },
    en: {
      sentence: 'The card in {reader} could not be read ({code})[, ATR {atr}].',
      nextStep: 'Take the card out and insert it again. "kort[ --instance {instance}] status" shows more.',
    },
  },
  'cards.refused': {
    sv: {
      sentence: 'Systemets regler (polkit) låter dig inte använda kortet i {reader}.',
      nextStep:
        'Be administratören tillåta org.debian.pcsc-lite.access_card för dig. Utan regel tillåts bara den som sitter vid datorn.',
    },
    en: {
      sentence: "The system's rules (polkit) do not let you use the card in {reader}.",
      nextStep:
        'Ask the administrator to allow you org.debian.pcsc-lite.access_card. Without a rule, only who sits at the computer is allowed.',
    },
  },
  'cards.no-certificate': {
    sv: {
      sentence: 'Kortet {card} i {reader} har inga certifikat.',
      nextStep:
        'Hämta ett: ”kort[ --instance {instance}] certificate download”, eller vänd dig till dem som gav ut kortet.',
    },
    en: {
      sentence: 'The card {card} in {reader} has no certificates.',
      nextStep:
        'Download one: "kort[ --instance {instance}] certificate download", or turn to whoever issued the card.',
    },
  },
  'cards.pin-blocked': {
    sv: {
      sentence: 'PIN-koden för legitimering på kortet {card} i {reader} är låst.',
      nextStep: 'Lås upp den med PUK-koden: ”kort[ --instance {instance}] unlock --puk”.',
    },
    en: {
      sentence: 'The PIN for logins of the card {card} in {reader} is locked.',
      nextStep: 'Unlock it with the PUK: "kort[ --instance {instance}] unlock --puk".',
    },
  },
  'cards.signature-pin-blocked': {
    sv: {
      sentence: 'PIN-koden för underskrift på kortet {card} i {reader} är låst.',
      nextStep: 'Lås upp den med PUK-koden: ”kort[ --instance {instance}] unlock --puk”.',
    },
    en: {
      sentence: 'The PIN for signatures of the card {card} in {reader} is locked.',
      nextStep: 'Unlock it with the PUK: "kort[ --instance {instance}] unlock --puk".',
    },
  },
  'cards.pin-low': {
    sv: {
      sentence: 'PIN-koden för legitimering på kortet {card} i {reader} har bara {attempts} försök kvar.',
      nextStep:
        'Är du säker på koden: använd den en gång, så får den alla försök tillbaka. Annars: ha PUK-koden till hands.',
    },
    en: {
      sentence: 'The PIN for logins of the card {card} in {reader} has only {attempts} {attempts|try|tries} left.',
      nextStep: 'If you are sure of it, use it once, and all tries are back. Otherwise have the PUK at hand.',
    },
  },
  'cards.signature-pin-low': {
    sv: {
      sentence: 'PIN-koden för underskrift på kortet {card} i {reader} har bara {attempts} försök kvar.',
      nextStep:
        'Är du säker på koden: använd den en gång, så får den alla försök tillbaka. Annars: ha PUK-koden till hands.',
    },
    en: {
      sentence: 'The PIN for signatures of the card {card} in {reader} has only {attempts} {attempts|try|tries} left.',
      nextStep: 'If you are sure of it, use it once, and all tries are back. Otherwise have the PUK at hand.',
    },
  },
  'cards.certificate-expired': {
    sv: {
      sentence: 'Certifikatet {fingerprint} på kortet {card} gick ut {date}.',
      nextStep: 'Hämta ett nytt: ”kort[ --instance {instance}] certificate download”.',
    },
    en: {
      sentence: 'The certificate {fingerprint} on the card {card} expired on {date}.',
      nextStep: 'Download a new one: "kort[ --instance {instance}] certificate download".',
    },
  },
  'cards.certificate-future': {
    sv: {
      sentence: 'Certifikatet {fingerprint} på kortet {card} gäller först från {date}.',
      nextStep: 'Kontrollera datorns datum. Stämmer det, vänta till dess eller vänd dig till dem som gav ut kortet.',
    },
    en: {
      sentence: 'The certificate {fingerprint} on the card {card} is valid only from {date}.',
      nextStep: "Check the computer's date. If that is right, wait until then, or turn to whoever issued the card.",
    },
  },
  'cards.certificate-revoked': {
    sv: {
      sentence: 'Certifikatet {fingerprint} på kortet {card} är spärrat av utfärdaren.',
      nextStep: 'Det går inte att använda längre. Vänd dig till dem som gav ut kortet.',
    },
    en: {
      sentence: 'The certificate {fingerprint} on the card {card} was revoked by its issuer.',
      nextStep: 'It can no longer be used. Turn to whoever issued the card.',
    },
  },
  'cards.certificate-no-level': {
    sv: {
      sentence:
        'Certifikatet {fingerprint} på kortet {card} har ingen känd tillitsnivå: utfärdaren {issuer} är inte inlagd.',
      nextStep: 'Be administratören lägga utfärdarens certifikat i /etc/kort/trust.d och starta om kortd.',
    },
    en: {
      sentence:
        'The certificate {fingerprint} on the card {card} has no known level: its issuer {issuer} is not configured.',
      nextStep: "Ask the administrator to put the issuer's certificate into /etc/kort/trust.d and to restart kortd.",
    },
  },
  'cards.twice': {
    sv: { sentence: 'Kortet i {reader} är samma kort som i {other}.', nextStep: '' },
    en: { sentence: 'The card in {reader} is the same as in {other}.', nextStep: '' },
  },
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
  'modules.here': {
    sv: { sentence: 'Modulen {module} ({path}) går att använda.', nextStep: '' },
    en: { sentence: 'The module {module} ({path}) can be used.', nextStep: '' },
  },
  'modules.none': {
    sv: { sentence: 'Ingen leverantörs modul används; kort som programmet självt stöder behöver ingen.', nextStep: '' },
    en: { sentence: "No vendor's module is used; cards that this program supports itself need none.", nextStep: '' },
  },
  'modules.loader-missing': {
    sv: {
      sentence: 'Leverantörers moduler kan inte laddas: paketet pkcs11js är inte installerat.',
      nextStep:
        'Installera om programmet kort med en C++-kompilator på plats (på Debian och Ubuntu: ”apt install g++ make”).',
    },
    en: {
      sentence: "Vendors' modules cannot be loaded: the package pkcs11js is not installed.",
      nextStep: 'Install kort again with a C++ compiler in place (on Debian and Ubuntu: "apt install g++ make").',
    },
  },
  'modules.missing': {
    sv: {
      sentence: 'Modulen {path} finns inte.',
      nextStep: 'Installera leverantörens program, eller ta bort dess fil i modules.d.',
    },
    en: {
      sentence: 'There is no module {path}.',
      nextStep: "Install the vendor's software, or remove its file in modules.d.",
    },
  },
  'modules.untrusted': {
    sv: {
      sentence: 'Modulen {path} laddas inte: andra än du och administratören kan ändra den eller en mapp ovanför.',
      nextStep: 'Låt administratören äga filen och mapparna, och ta bort andras skrivrätt: ”chmod go-w {path}”.',
    },
    en: {
      sentence:
        'The module {path} is not loaded: others than you and the administrator can change it or a folder above it.',
      nextStep:
        'Let the administrator own the file and the folders, and take away others\' write permission: "chmod go-w {path}".',
    },
  },
  'modules.setting': {
    sv: {
      sentence: 'Filen {path} används inte[: {reason}].',
      nextStep: 'Rätta filen eller ta bort den, och starta om kortd.',
    },
    en: {
      sentence: 'The file {path} is not used[: {reason}].',
      nextStep: 'Correct the file or remove it, and restart kortd.',
    },
  },
  'modules.architecture': {
    sv: {
      sentence: 'Modulen {module} ({path}) är byggd för {found}; den här datorn behöver {needed}.',
      nextStep: 'Installera leverantörens program för {needed}.',
    },
    en: {
      sentence: 'The module {module} ({path}) is built for {found}; this computer needs {needed}.',
      nextStep: "Install the vendor's software for {needed}.",
    },
  },
  'modules.no-library': {
    sv: {
      sentence: 'Modulen {module} ({path}) är inget programbibliotek.',
      nextStep: 'Ange rätt fil i modules.d, eller installera leverantörens program på nytt.',
    },
    en: {
      sentence: 'The module {module} ({path}) is no library.',
      nextStep: "Name the right file in modules.d, or install the vendor's software anew.",
    },
  },
  'modules.crash': {
    sv: {
      sentence: 'Modulen {module} ({path}) kraschar när den laddas.',
      nextStep: 'Uppdatera leverantörens program. Tills vidare: ”"enabled": false” i dess fil i modules.d.',
    },
    en: {
      sentence: 'The module {module} ({path}) crashes when it is loaded.',
      nextStep: 'Update the vendor\'s software. Until then: "enabled": false in its file in modules.d.',
    },
  },
  'modules.silent': {
    sv: {
      sentence: 'Modulen {module} ({path}) blev inte klar med att laddas inom {seconds} s.',
      nextStep: 'Uppdatera leverantörens program. Tills vidare: ”"enabled": false” i dess fil i modules.d.',
    },
    en: {
      sentence: 'The module {module} ({path}) was not done loading within {seconds} s.',
      nextStep: 'Update the vendor\'s software. Until then: "enabled": false in its file in modules.d.',
    },
  },
  'modules.unusable': {
    sv: {
      sentence: 'Modulen {module} ({path}) går inte att använda[: {detail}].',
      nextStep:
        'Installera leverantörens program på nytt. Saknas ett bibliotek som den behöver visar ”ldd {path}” vilket.',
    },
    en: {
      sentence: 'The module {module} ({path}) cannot be used[: {detail}].',
      nextStep: 'Install the vendor\'s software anew. If a library that it needs is missing, "ldd {path}" shows which.',
    },
  },
};
