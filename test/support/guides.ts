import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../docs/guides/', import.meta.url));

/** The guides that are followed by a test, and the language that their readers see the programs in. */
export const guides: readonly { readonly path: string; readonly language: 'sv' | 'en' }[] = [
  { path: `${folder}anvandare.md`, language: 'sv' },
  { path: `${folder}clinician.md`, language: 'en' },
  { path: `${folder}helpdesk.md`, language: 'en' },
  { path: `${folder}identity-provider.md`, language: 'en' },
  { path: `${folder}administrator.md`, language: 'en' },
];
