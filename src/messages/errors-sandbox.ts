import type { ErrorTexts } from './error-texts.js';

/** About the sandbox. */
export const sandboxErrors: ErrorTexts<'SANDBOX'> = {
  ERR_SANDBOX_INSTANCE: {
    sv: {
      sentence: 'Instansen sandbox är sandlådans och kan inte vara en vanlig kortd.',
      nextStep: 'Starta sandlådan med ”kort sandbox start”, eller välj ett annat namn med --instance.',
    },
    en: {
      sentence: 'The instance sandbox is the sandbox and cannot be an ordinary kortd.',
      nextStep: 'Start the sandbox with "kort sandbox start", or choose another name with --instance.',
    },
  },
  ERR_SANDBOX_NOT_RUNNING: {
    sv: {
      sentence: 'Sandlådan är inte igång.',
      nextStep:
        'Starta den med ”kort sandbox start[ --instance {groupInstance}]”[; hjälper det inte, läs loggen {log}].',
    },
    en: {
      sentence: 'The sandbox is not running.',
      nextStep:
        'Start it with "kort sandbox start[ --instance {groupInstance}]"[; if that does not help, read the log {log}].',
    },
  },
  ERR_SANDBOX_RUNNING: {
    sv: {
      sentence: 'Sandlådan är redan igång.',
      nextStep:
        'Inget behöver göras. Vill du starta om den, kör ”kort sandbox stop[ --instance {groupInstance}]” först.',
    },
    en: {
      sentence: 'The sandbox is already running.',
      nextStep: 'Nothing needs to be done. To restart it, run "kort sandbox stop[ --instance {groupInstance}]" first.',
    },
  },
  ERR_SANDBOX_UNKNOWN: {
    sv: {
      sentence: 'Sandlådan har inget med det namnet[: {name}].',
      nextStep: 'Se vad som finns med ”kort sandbox list[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'The sandbox has nothing of that name[: {name}].',
      nextStep: 'See what there is with "kort sandbox list[ --instance {groupInstance}]".',
    },
  },
  ERR_SANDBOX_NO_EMPTY_READER: {
    sv: {
      sentence: 'Det sitter ett kort i varje virtuell läsare.',
      nextStep:
        'Ange en läsare: kortet i den tas ut först. Eller anslut en ny med ”kort sandbox add-reader[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'Every virtual reader has a card in it.',
      nextStep:
        'Name a reader: the card in it is pulled first. Or plug in another with "kort sandbox add-reader[ --instance {groupInstance}]".',
    },
  },
  ERR_SANDBOX_NO_KEYPAD: {
    sv: {
      sentence: 'Ingen knappsats på en virtuell läsare frågar efter en kod, eller så gör flera det.',
      nextStep:
        'Knappsatser kommer med ”kort sandbox add-reader --pin-pad[ --instance {groupInstance}]” och frågar när en kod behövs. Ange läsaren med --reader om flera gör det.',
    },
    en: {
      sentence: 'No keypad of a virtual reader asks for a code, or several do.',
      nextStep:
        'Keypads come with "kort sandbox add-reader --pin-pad[ --instance {groupInstance}]", and ask when a code is needed. Name the reader with --reader if several do.',
    },
  },
  ERR_SANDBOX_LOGIN: {
    sv: {
      sentence: 'Inloggningen i sandlådan lyckades inte.[ {reason}][ Svaret var {errorCode}.]',
      nextStep: 'Börja om när du vill: inget har ändrats på något riktigt kort.',
    },
    en: {
      sentence: 'The sandbox login did not succeed.[ {reason}][ The answer was {errorCode}.]',
      nextStep: 'Start again whenever you like: nothing has changed on any real card.',
    },
  },
  ERR_SANDBOX_NOT_RECORDED: {
    sv: {
      sentence: 'Kortet gjordes innan sandlådan kunde spärra certifikat.',
      nextStep: 'Stoppa sandlådan, ta bort dess mapp och starta den igen: då görs nya kort.',
    },
    en: {
      sentence: 'The card was made before the sandbox could revoke certificates.',
      nextStep: 'Stop the sandbox, remove its folder and start it again: that makes new cards.',
    },
  },
};
