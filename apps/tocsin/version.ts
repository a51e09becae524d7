import { readFileSync } from 'node:fs';

/** The version of this product, from its package. */
export function productVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('./package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
