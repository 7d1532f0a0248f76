/** Ids that name something else: the upload route and the alias of the default package's account. */
const RESERVED = new Set(['upload', 'v3_ppo']);

const MAX_LENGTH = 64;

/** The package that the service seeds itself. */
export const DEFAULT_PACKAGE_ID = 'ppo_v1';

/** Makes an id of a name: lower case, `_` for every run of other characters, at most 64 characters (packages.md#1). */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .replace(/^(paper_)+/, '')
    .slice(0, MAX_LENGTH)
    .replace(/_+$/, '');
  return slug === '' ? 'package' : slug;
}

/** The first of `slug`, `slug_2`, `slug_3`, ... that is neither reserved nor taken, within 64 characters. */
export function firstFreeId(slug: string, isTaken: (id: string) => boolean): string {
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '' : `_${count}`;
    const id = slug.slice(0, MAX_LENGTH - suffix.length) + suffix;
    if (!RESERVED.has(id) && !isTaken(id)) return id;
  }
}

/** The paper account of a package. */
export function accountIdOf(packageId: string): string {
  return `paper_${packageId}`;
}

/** The package that a `model_id` means: `paper_<package>`, `<package>`, or the alias `paper_v3_ppo` (packages.md#4). */
export function packageIdOf(modelId: string): string {
  const id = modelId.startsWith('paper_') ? modelId.slice('paper_'.length) : modelId;
  return id === 'v3_ppo' ? DEFAULT_PACKAGE_ID : id;
}
