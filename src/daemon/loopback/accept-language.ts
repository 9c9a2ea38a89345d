import { languageOf, type Language } from '../../messages/language.js';

const range = /^([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)$/;
const weight = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;
const maxRanges = 32;

/**
 * The language of Accept-Language (RFC 9110 §12.5.4) that weighs most and that we have; English if none. Of equals the
 * first counts, `*` means the one that is not named, and a range that is not well-formed is passed over.
 *
 * @param chosen - what the user has chosen for kort, which comes first: a browser's wish is often only where it came from.
 */
export function acceptedLanguage(header: string | undefined, chosen?: Language): Language {
  if (chosen !== undefined) return chosen;
  const wishes = (header ?? '').split(',', maxRanges).flatMap(wishOf);
  const named = wishes.flatMap(({ language }) => language ?? []);
  const others = (['en', 'sv'] as const).filter((language) => !named.includes(language));
  const weighed = wishes
    .flatMap(({ language, quality }) =>
      language ? [{ language, quality }] : others.map((one) => ({ language: one, quality })),
    )
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality);
  return weighed[0]?.language ?? 'en';
}

/** `language` is undefined for `*`; nothing for a language that we do not have. */
function wishOf(text: string): { readonly language: Language | undefined; readonly quality: number }[] {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim());
  const quality = parameters.length === 0 ? '1' : weight.exec(parameters[0] ?? '')?.[1];
  if (!range.test(name) || parameters.length > 1 || quality === undefined) return [];
  const language = name === '*' ? undefined : languageOf(name);
  return name !== '*' && language === undefined ? [] : [{ language, quality: Number(quality) }];
}
