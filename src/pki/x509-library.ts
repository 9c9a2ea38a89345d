import type * as x509Library from '@peculiar/x509';

/** The library that certificates are written with. */
export type X509Library = typeof x509Library;

let library: Promise<X509Library> | undefined;

/** Loads it when first needed: importing it costs about 0.25 s and 18 MB. */
export async function loadX509Library(): Promise<X509Library> {
  return await (library ??= load());
}

async function load(): Promise<X509Library> {
  await import('reflect-metadata');
  return await import('@peculiar/x509');
}
