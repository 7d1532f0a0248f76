/** The package that the service registers itself (packages.md#5). */
export const DEFAULT_PACKAGE_ID = 'ppo_v1';

/** Another name of the default package in a `model_id`. */
export const DEFAULT_PACKAGE_ALIAS = 'v3_ppo';

/** `upload` and `aliases` are paths of routes, `models` is where the files of the default package are. */
const RESERVED = new Set(['upload', 'aliases', 'models', DEFAULT_PACKAGE_ALIAS]);

const MAX_LENGTH = 64;

const ACCOUNT_PREFIX = 'paper_';

/** Turns a name into an id: lower case, `_` for every run of other characters, at most 64 (packages.md#1). */
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

/** The first of `slug`, `slug_2`, `slug_3`, ... that is neither reserved nor taken (packages.md#2). */
export function firstFreeId(slug: string, isTaken: (id: string) => boolean): string {
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '' : `_${count}`;
    const id = slug.slice(0, MAX_LENGTH - suffix.length) + suffix;
    if (!RESERVED.has(id) && !isTaken(id)) return id;
  }
}

/** The id of a package's paper account. */
export function accountIdOf(packageId: string): string {
  return ACCOUNT_PREFIX + packageId;
}

/** The package that a `model_id` means: `paper_<package>`, `<package>` or the default's alias (packages.md#4). */
export function packageIdOf(modelId: string): string {
  const id = modelId.startsWith(ACCOUNT_PREFIX) ? modelId.slice(ACCOUNT_PREFIX.length) : modelId;
  return id === DEFAULT_PACKAGE_ALIAS ? DEFAULT_PACKAGE_ID : id;
}
