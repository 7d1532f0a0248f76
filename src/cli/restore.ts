import { resolve } from 'node:path';
import { readConfig } from '../config.ts';
import { restoreBackup } from '../tools/backup/restore-backup.ts';
import { readArguments } from './shared/arguments.ts';
import { embeddedStore } from './shared/embedded-store.ts';
import { runCommand } from './shared/run-command.ts';

const USAGE = `paperdesk restore --from FOLDER

Restores a backup to the paths of DATABASE_URL and MODEL_PACKAGES_DIR, and checks every file against its checksum.
Neither a store nor packages may exist there.`;

await runCommand(USAGE, async () => {
  const { from } = readArguments({ required: ['from'] }).options;
  const paths = embeddedStore(
    readConfig(process.env, []),
    'Restore the folder of "paperdesk backup" to a file and a folder, then move both with "paperdesk move-store". A file ' +
      'of pg_dump is restored with pg_restore: docs/operations.md ("Backup on PostgreSQL").',
  );
  const { created_at, files } = await restoreBackup(resolve(from), paths);
  console.log(
    `Restored the store of ${created_at} to ${paths.databaseFile}, and ${files.length} files of packages.`,
  );
});
