import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about vendors' modules. Templates: see `template.ts`. */
export const doctorModulesTexts: DoctorTexts<'modules'> = {
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
