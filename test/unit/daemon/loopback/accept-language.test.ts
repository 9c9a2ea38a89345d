import { expect, it } from 'vitest';
import { acceptedLanguage } from '../../../../src/daemon/loopback/accept-language.js';

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['sv', 'sv'],
  ['sv-SE,sv;q=0.9,en-US;q=0.8,en;q=0.7', 'sv'],
  ['en-US,en;q=0.9,sv;q=0.8', 'en'],
  ['en;q=0.1, sv;q=0.2', 'sv'],
  ['sv;q=0.5,en;q=0.5', 'sv'],
  ['fi,de;q=0.9', 'en'],
  ['fi,sv;q=0.1', 'sv'],
  ['SV', 'sv'],
  ['sv ; q=0', 'en'],
  ['en;q=0,*', 'sv'],
  ['*', 'en'],
  ['*;q=0.9,sv;q=0.1', 'en'],
  ['sv;q=2,en;q=0.1', 'en'],
  ['sv;q=0.1234', 'en'],
  ['sv;level=1;q=1', 'en'],
  ['svenska', 'en'],
  ['<script>,sv', 'sv'],
  [`${'x,'.repeat(100)}sv`, 'en'],
])('acceptedLanguage() of %s is %s', (header, language) => {
  expect(acceptedLanguage(header)).toBe(language);
});

it('acceptedLanguage() is what the user has chosen for kort, whatever the browser wishes', () => {
  expect(acceptedLanguage('en-US,en;q=0.9', 'sv')).toBe('sv');
  expect(acceptedLanguage('sv', 'en')).toBe('en');
});
