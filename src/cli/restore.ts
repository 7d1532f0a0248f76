import { resolve } from 'node:path';
import { restoreBackup } from '../tools/backup/restore-backup.ts';
import { runBackupCommand } from './shared/backup-command.ts';

const USAGE = `npm run restore -- --from FOLDER

Brings a backup to where DATABASE_URL and MODEL_PACKAGES_DIR point, comparing every file with its checksum. Neither a
store nor packages may be there.`;

await runBackupCommand('from', USAGE, async (folder, places) => {
  const { created_at, files } = await restoreBackup(resolve(folder), places);
  return `Restored the store of ${created_at} to ${places.databaseFile}, and ${files.length} files of packages.`;
});
