import { doctorCheckNames, type DoctorCheckName } from '../model/doctor.js';
import { doctorFindings, type DoctorCode } from '../model/doctor-codes.js';
import { doctorFindingMessages, doctorMessages } from '../messages/doctor.js';
import { escapedMarkdown } from './markdown-text.js';

const intro = `# kort doctor

Generated from the program by \`npm run docs\`. \`kort doctor\` looks for what goes wrong in the field and says for each thing what is wrong and what to do, in Swedish or English. It changes nothing, sends nothing about anybody, and needs no running kortd; one that hangs costs it some seconds. It calls addresses that are configured (relying parties, issuers) or that stand in the certificates of inserted cards on a trusted path, and no others.

\`\`\`
kort doctor                                  everything
kort doctor --check port --check clock       these checks only
kort doctor --json                           one document, for whoever watches over many computers
kort doctor --report kort-report.tar.gz      an archive for whoever helps, too
\`\`\`

It ends with 0 when nothing is wrong, with 10 when the worst finding is a warning, and with 11 when something does not work ([exit-codes.md](exit-codes.md)). Facts, and checks that could not be tried, do not count. The codes of findings are stable and never used for something else; the form of the document is in [json.md](json.md). Each check has a bound in time: one that does not end, or fails itself, is a finding too and keeps no other from its result.

## The report

\`--report FILE\` writes an archive that \`tar -xzf FILE\` unpacks, with permissions for its owner only. It overwrites nothing without \`--yes\`. It holds:

| file | what |
| --- | --- |
| \`README.txt\` | what the report is, in both languages |
| \`findings.txt\`, \`findings.json\` | what was found, in both languages, and for programs |
| \`versions.json\`, \`system.json\` | versions of kort, Node and OpenSSL; the operating system, its language and time zone |
| \`environment.json\` | variables from a list; of their values those of known kinds (a locale, a terminal), of the others that they are set |
| \`status.json\` | readers, products of cards, tries left, levels and ends of certificates (the month) |
| \`history.json\` | how often each kind of thing happened and how it ended; whether the history is whole |
| \`settings.json\` | files of settings: size, permissions, and which members they have, without values |
| \`kortd.log\` | the end of the log |

It is put together from what may stand in it, not from everything with something taken out. Of the log, only sentences, words and places are shown that stand in the program's own files; of names of readers, only words that makers use; of paths, only folders that systems and kort have; of findings, each fact by what it is. Behind that stands a last net that takes out whatever looks like a personal number, an HSA-id, a card number, a code beside a word for one, a name in a certificate, an address of mail or network, a link, a token, a long run of base64 or hexadecimal, also where it is encoded in percent, JSON, HTML, base64 or UTF-16; and whatever is known to be this user's, this computer's or an inserted card's. The sign \`#\` stands for what was taken out. It rather takes too much. Names of relying parties' hosts stay, since support needs them; so does the time of what happened. Do read a report before you send it.

## Checks
`;

const about: Readonly<Record<DoctorCheckName, string>> = {
  versions: 'kort, kortd, Node, the system and the PC/SC service; more than one installation.',
  session: 'Desktop, console, ssh, remote desktop, container; folders of the session.',
  daemon: 'Whether kortd runs, answers, is the one that is installed, and what its log complains of.',
  files: 'Owners and permissions of our folders and files, room on the disk.',
  settings: 'Files of settings that are not used, and why.',
  pcsc: 'Whether the PC/SC service is installed, runs and lets us in.',
  readers: 'Which readers there are, virtual and redirected ones, and how long a command takes.',
  cards: 'Which cards are inserted, whether they are known, blocked codes.',
  'other-programs': 'Who else uses the cards: other middleware, and who holds a card.',
  modules: "Vendors' modules: found, usable, crashing.",
  port: 'Whether logins from the browser reach kortd at its port on 127.0.0.1 and ::1, and who has the port instead.',
  links: 'Which program opens kort: links.',
  surfaces: 'Whether there is any place where a PIN can be typed.',
  clock:
    'The clock against configured servers (their Date, 60 s), what the daemon has noticed, the day the program was made; the time zone.',
  proxy: 'Proxies of the environment and the desktop: there, reachable, and not in the way to this computer.',
  tls: 'Whether somebody opens encrypted connections: configured https servers whose certificate ends in a root that is only this computer’s, or nobody’s; variables that weaken TLS.',
  issuers:
    'Whether each configured address, and those of OCSP and revocation lists, is reachable, believed and answers.',
  history: 'Whether the history is whole.',
};

/** `docs/doctor.md`: what is checked, and every finding. */
export function doctorPage(): string {
  const codes = Object.keys(doctorFindings) as readonly DoctorCode[];
  const parts = doctorCheckNames.map((name) => {
    const own = codes.filter((code) => code.startsWith(`${name}.`));
    return [`### ${name}: ${doctorMessages.en.checks[name]}\n`, `${about[name]}\n`, ...own.map(findingText)].join('\n');
  });
  const ofAll = codes.filter((code) => code.startsWith('check.'));
  return [intro, ...parts, '### Findings of every check\n', ...ofAll.map(findingText)].join('\n');
}

function findingText(code: DoctorCode): string {
  const { severity } = doctorFindings[code];
  const texts = (['en', 'sv'] as const).map((language) => {
    const { sentence, nextStep } = doctorFindingMessages[code][language];
    return `  - **${language}** ${escapedMarkdown(sentence)}${nextStep === '' ? '' : ` _${escapedMarkdown(nextStep)}_`}`;
  });
  return [`- \`${code}\` (${severity})`, ...texts, ''].join('\n');
}
