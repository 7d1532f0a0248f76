import type { ModelPackageAnswer } from '../../http/packages/schema.ts';

/** Shorter texts are no hash, as in the service's own search (packages.md#51). */
const MIN_HASH_LENGTH = 6;

/** The packages whose id, name, notes, tags, aliases or hashes have a text in them, whatever its case. */
export function searchPackages(
  all: readonly ModelPackageAnswer[],
  text: string,
): readonly ModelPackageAnswer[] {
  const search = folded(text.trim().replace(/^[@#](?=.)/, ''));
  return search === '' ? all : all.filter((one) => isFound(one, search));
}

function isFound(
  { id, name, notes, tags, aliases, hash, files }: ModelPackageAnswer,
  search: string,
): boolean {
  if ([id, name, notes ?? '', ...tags, ...aliases].some((text) => folded(text).includes(search))) return true;
  return (
    search.length >= MIN_HASH_LENGTH &&
    [hash, ...files.map(({ sha256 }) => sha256)].some((one) => one.startsWith(search))
  );
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
