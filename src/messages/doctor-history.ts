import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about the history. Templates: see `template.ts`. */
export const doctorHistoryTexts: DoctorTexts<'history'> = {
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
