import type { PackageRepository } from './package-repository.ts';
import type { PackageRows } from './package-store.ts';
import { storedFiles } from './stored-file.ts';

/** What a store needs to know about the rows of packages. */
export function packageRows(repository: Pick<PackageRepository, 'list' | 'exclusively'>): PackageRows {
  return {
    ids: async () => new Set((await repository.list()).map(({ id }) => id)),
    files: async () => (await repository.list()).flatMap(storedFiles),
    exclusively: repository.exclusively,
  };
}
