import { type Config, ConfigError } from '../../config.ts';
import type { BackupPaths } from '../../tools/backup/create-backup.ts';

/**
 * The paths of a store that is one SQLite file and one folder of packages.
 * @param instead what to use with other engines, as a sentence
 * @throws ConfigError with any other engine
 */
export function embeddedStore({ store, packages }: Config, instead: string): BackupPaths {
  if (store.kind === 'sqlite' && packages.kind === 'folder')
    return { databaseFile: store.file, packagesDir: packages.folder };
  const others = [
    ...(store.kind === 'sqlite' ? [] : ['DATABASE_URL is PostgreSQL']),
    ...(packages.kind === 'folder' ? [] : ['MODEL_PACKAGES_DIR is an object store']),
  ];
  throw new ConfigError(
    `${others.join(' and ')}, but this command needs an SQLite file and a folder of packages. ${instead}`,
  );
}
