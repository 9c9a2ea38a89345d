import { createHash } from 'node:crypto';
import type { Language } from '../../messages/language.js';

/** Text that is HTML already. */
class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The one place where text becomes HTML (HTML Standard §13.3, and both quotes for attributes). */
function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

type Part = string | Markup | undefined | false | readonly Markup[];

/** HTML with every value escaped; a value that is Markup stays as it is, nothing stands for undefined and false. */
function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const shown = (part: Part): string => {
    if (part === undefined || part === false) return '';
    if (typeof part === 'string') return escape(part);
    return part instanceof Markup ? part.text : part.map(({ text }) => text).join('\n');
  };
  return new Markup(strings.map((text, index) => text + shown(parts[index])).join(''));
}

// System fonts and inline shapes: the page loads nothing. Contrast is 7:1 or more in both schemes.
const style = `
:root{color-scheme:light dark;--back:#f2f5f4;--card:#fff;--ink:#16211f;--soft:#44524f;--line:#c9d4d1;--mark:#0b5f53;--on:#fff;--calm:#e3efec}
@media(prefers-color-scheme:dark){:root{--back:#101615;--card:#18211f;--ink:#eef4f2;--soft:#b6c4c0;--line:#3a4946;--mark:#7fd6c4;--on:#08110f;--calm:#1f2d2a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;justify-content:center;background:var(--back);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{width:100%;max-width:34rem;padding:clamp(1rem,8vh,5rem) 1rem 2rem}
.box{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:clamp(1.25rem,5vw,2.25rem)}
.asks{margin:0;color:var(--soft)}
.party{margin:0 0 1.5rem;font-weight:600}
h1{margin:0 0 .5rem;font-size:clamp(1.5rem,5vw,1.875rem);line-height:1.25}
p{margin:0 0 .75rem}
.now{min-height:7.5rem}
ol{display:flex;gap:.5rem;list-style:none;margin:0 0 1.5rem;padding:0;font-size:.9375rem;color:var(--soft)}
li{flex:1;overflow-wrap:normal;border-top:.3125rem solid var(--line);padding-top:.375rem}
li.past{border-color:var(--mark)}
li[aria-current]{border-color:var(--mark);color:var(--ink);font-weight:600}
.never{margin:0;padding:.875rem 1rem;border-radius:.5rem;background:var(--calm)}
.never b{display:block}
footer{padding:1rem .25rem 0;font-size:.9375rem;color:var(--soft)}
a{color:var(--mark)}
a:focus-visible{outline:.1875rem solid var(--mark);outline-offset:.1875rem}
.go{display:inline-block;margin-top:.75rem;padding:.625rem 1.125rem;border-radius:.5rem;background:var(--mark);color:var(--on);font-weight:600;text-decoration:none}
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** The policy of every page: nothing but this one style, no script, no frame, no form. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** A step of the way, as the row above the heading shows it. */
export interface PageStep {
  readonly name: string;
  readonly state: 'past' | 'current' | 'ahead';
}

/** What a page shows, in words that are not HTML yet. */
export interface PageContent {
  readonly language: Language;
  /** Seconds until the browser asks for `target`, relative to the page's own address. */
  readonly refresh?: { readonly seconds: number; readonly target: string; readonly label: string };
  readonly party?: { readonly asks?: string | undefined; readonly name: string };
  readonly steps?: { readonly label: string; readonly list: readonly PageStep[] };
  readonly heading: string;
  readonly paragraphs: readonly (string | undefined)[];
  /** A registered address. */
  readonly link?: { readonly href: string; readonly text: string };
  readonly never?: { readonly rule: string; readonly only: string };
  readonly footer?: string;
}

/** One page: complete, without script, form or input. */
export function renderPage(content: PageContent): string {
  const { language, refresh, party, heading } = content;
  const { text } = markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh && markup`<meta http-equiv="refresh" content="${String(refresh.seconds)}; url=${refresh.target}">`}
<title>${party ? `${heading} – ${party.name}` : heading}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<div class="box">
${party?.asks !== undefined && markup`<p class="asks">${party.asks}</p>`}
${party && markup`<p class="party">${party.name}</p>`}
${content.steps && stepRow(content.steps)}
${message(content)}
${content.never && markup`<p class="never"><b>${content.never.rule}</b> ${content.never.only}</p>`}
</div>
<footer>
${refresh && markup`<p><a href="${refresh.target}">${refresh.label}</a></p>`}
${content.footer !== undefined && markup`<p>${content.footer}</p>`}
</footer>
</main>
</body>
</html>
`;
  return text;
}

function message({ heading, paragraphs, link, refresh }: PageContent): Markup {
  const shown = paragraphs.flatMap((text) => (text === undefined ? [] : markup`<p>${text}</p>`));
  return markup`<div class="${refresh ? 'now' : 'end'}">
<h1>${heading}</h1>
${shown}
${link && markup`<p><a class="go" href="${link.href}" rel="noreferrer">${link.text}</a></p>`}
</div>`;
}

function stepRow({ label, list }: NonNullable<PageContent['steps']>): Markup {
  const item = ({ name, state }: PageStep): Markup => {
    if (state === 'current') return markup`<li aria-current="step">${name}</li>`;
    return state === 'past' ? markup`<li class="past">${name}</li>` : markup`<li>${name}</li>`;
  };
  return markup`<ol aria-label="${label}">${list.map(item)}</ol>`;
}
