import type { ErrorTexts } from './error-texts.js';

/** About settings, and the way to the background program. */
export const settingErrors: ErrorTexts<'CONFIG' | 'IPC'> = {
  ERR_CONFIG_INVALID: {
    sv: {
      sentence: 'Inställningarna går inte att använda[: {path}][ ({detail})].',
      nextStep: 'Rätta det och försök igen.',
    },
    en: {
      sentence: 'The settings cannot be used[: {path}][ ({detail})].',
      nextStep: 'Correct this and try again.',
    },
  },
  ERR_CONFIG_CONFLICT: {
    sv: {
      sentence: 'Uppgiften används redan[: {detail}].',
      nextStep: 'Välj en annan, eller ta bort den gamla först.',
    },
    en: {
      sentence: 'This is already in use[: {detail}].',
      nextStep: 'Choose another one, or remove the old one first.',
    },
  },
  ERR_CONFIG_NOT_FOUND: {
    sv: {
      sentence: 'Ingen tjänst är registrerad med det namnet[: {name}].',
      nextStep:
        'Se vilka client_id som finns med ”kort rp list[ --instance {instance}]”. En fil känns igen på att namnet slutar på ”.json”.',
    },
    en: {
      sentence: 'No service is registered under that name[: {name}].',
      nextStep:
        'See which client_ids there are with "kort rp list[ --instance {instance}]". A file is known by a name that ends in ".json".',
    },
  },
  ERR_CONFIG_BUILT_IN: {
    sv: {
      sentence: 'Tjänsten hör till sandlådan och går inte att ta bort[: {name}].',
      nextStep: 'Låt den vara. Den finns bara i sandlådan, och försvinner när den stoppas.',
    },
    en: {
      sentence: 'This service is part of the sandbox and cannot be removed[: {name}].',
      nextStep: 'Leave it. It is in the sandbox only, and goes when that is stopped.',
    },
  },
  ERR_CONFIG_FOLDER_UNSAFE: {
    sv: {
      sentence: 'Mappen[ {path}] är inte skyddad mot andra användare.',
      nextStep: 'Se till att mappen är din egen, inte är en länk och har rättigheterna 0700.',
    },
    en: {
      sentence: 'The folder[ {path}] is not protected from other users.',
      nextStep: 'Make sure that the folder is your own, is no link and has mode 0700.',
    },
  },
  ERR_CONFIG_PATH_TOO_LONG: {
    sv: {
      sentence: 'Sökvägen till programmets kontaktpunkt är för lång[ ({length} byte, högst {limit})][: {path}].',
      nextStep: 'Sätt XDG_RUNTIME_DIR till en mapp med kortare sökväg, eller välj ett kortare namn med --instance.',
    },
    en: {
      sentence: "The path of the program's socket is too long[ ({length} bytes, at most {limit})][: {path}].",
      nextStep: 'Set XDG_RUNTIME_DIR to a folder with a shorter path, or choose a shorter name with --instance.',
    },
  },
  ERR_IPC_DAEMON_UNREACHABLE: {
    sv: {
      sentence: 'Bakgrundsprogrammet kortd är inte igång.',
      nextStep: 'Starta det med ”kort daemon start[ --instance {instance}]”[; hjälper det inte, läs loggen {log}].',
    },
    en: {
      sentence: 'The background program kortd is not running.',
      nextStep:
        'Start it with "kort daemon start[ --instance {instance}]"[; if that does not help, read the log {log}].',
    },
  },
  ERR_IPC_DAEMON_RUNNING: {
    sv: {
      sentence: 'Bakgrundsprogrammet kortd är redan igång.',
      nextStep: 'Inget behöver göras. Vill du starta om det, kör ”kort daemon stop[ --instance {instance}]” först.',
    },
    en: {
      sentence: 'The background program kortd is already running.',
      nextStep: 'Nothing needs to be done. To restart it, run "kort daemon stop[ --instance {instance}]" first.',
    },
  },
  ERR_IPC_PROTOCOL: {
    sv: {
      sentence: 'Programmen kort och kortd förstår inte varandra.',
      nextStep:
        'De kan ha olika versioner: kör ”kort {group} stop[ --instance {groupInstance}]” och ”kort {group} start[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'The programs kort and kortd do not understand each other.',
      nextStep:
        'They may differ in version: run "kort {group} stop[ --instance {groupInstance}]" and "kort {group} start[ --instance {groupInstance}]".',
    },
  },
  ERR_IPC_METHOD_NOT_FOUND: {
    sv: {
      sentence: 'Bakgrundsprogrammet kan inte utföra detta[ ({method})].',
      nextStep:
        'Virtuella kort finns bara i en sandlåda (”kort sandbox start”), och inloggningar bara där --hardware-only inte angavs vid start.',
    },
    en: {
      sentence: 'The background program cannot do this[ ({method})].',
      nextStep:
        'Virtual cards are in a sandbox only ("kort sandbox start"), and logins only where --hardware-only was not given at the start.',
    },
  },
  ERR_IPC_INVALID_PARAMETERS: {
    sv: {
      sentence: 'En uppgift till bakgrundsprogrammet har fel form[: {detail}].',
      nextStep: 'Kontrollera kommandot med ”kort help”.',
    },
    en: {
      sentence: 'Something that was given to the background program has the wrong form[: {detail}].',
      nextStep: 'Check the command with "kort help".',
    },
  },
  ERR_IPC_UNAUTHORIZED: {
    sv: {
      sentence: 'Bakgrundsprogrammet tillhör någon annan eller släpper inte in oss.',
      nextStep: 'Kontrollera att du kör som samma användare som startade det.',
    },
    en: {
      sentence: 'The background program belongs to someone else or does not let us in.',
      nextStep: 'Check that you are the same user as the one who started it.',
    },
  },
};
