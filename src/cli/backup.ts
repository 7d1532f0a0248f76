import { resolve } from 'node:path';
import { createBackup } from '../tools/backup/create-backup.ts';
import { runBackupCommand } from './shared/backup-command.ts';

const USAGE = `npm run backup -- --to FOLDER

Copies the store that DATABASE_URL names and the files of all uploaded packages to FOLDER, which must not exist yet or
be empty, with their checksums. The service may run meanwhile.`;

await runBackupCommand('to', USAGE, async (folder, places) => {
  const { store, files } = await createBackup(places, resolve(folder), Date.now());
  const bytes = files.reduce((sum, { size }) => sum + size, store.size);
  const packages = new Set(files.map(({ package_id }) => package_id)).size;
  return `${resolve(folder)}: the store and ${packages} packages, ${bytes} bytes in ${files.length + 1} files.`;
});
