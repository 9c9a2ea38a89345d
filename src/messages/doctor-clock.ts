import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about the clock. Templates: see `template.ts`. */
export const doctorClockTexts: DoctorTexts<'clock'> = {
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
};
