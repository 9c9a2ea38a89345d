import type { Bilingual } from '../model/relying-party.js';

/** What a report says of itself. */
export const doctorReportMessages: Bilingual = {
  sv: `Rapport från kort doctor, för den som hjälper dig.

findings.txt, findings.json  vad som hittades, och vad man kan göra åt det
versions.json                versioner av kort och av det som kort körs med
system.json                  operativsystem, språk och tidszon
environment.json             vissa variabler i miljön; ”(set)” betyder att en är satt
status.json                  läsare, kort, återstående försök, certifikatens slut, utan namn och nummer
history.json                 hur ofta saker har hänt, utan vem och när
settings.json                vilka inställningsfiler som finns och hur de är uppbyggda, utan värden
kortd.log                    slutet av loggen, bara med ord som står i programmet självt

Tecknet # står i stället för det som togs bort: namn, personnummer, HSA-id, kortnummer, koder,
adresser på nätet, datorns och användarens namn. Läs gärna igenom filerna innan du skickar dem.`,
  en: `Report of kort doctor, for whoever helps you.

findings.txt, findings.json  what was found, and what can be done about it
versions.json                versions of kort and of what it runs on
system.json                  operating system, language and time zone
environment.json             some variables of the environment; "(set)" means that one is set
status.json                  readers, cards, tries left, ends of certificates, without names and numbers
history.json                 how often things happened, without who and when
settings.json                which settings files there are and how they are built, without values
kortd.log                    the end of the log, with the words of the program itself only

The sign # stands for what was removed: names, personal numbers, HSA-ids, card numbers, codes,
network addresses, the names of computer and user. Please read the files before you send them.`,
};
