import { ConfigError, readConfig } from '../../config.ts';
import { BackupError } from '../../tools/backup/backup-manifest.ts';
import type { BackupPaths } from '../../tools/backup/create-backup.ts';
import { readOptions, UsageError } from './command-line.ts';

/**
 * Runs `backup` or `restore` where the settings point, with the folder that its one option names, and shows the sentence
 * it answers. Exit code 1 when it could not, 2 when it was called wrongly.
 */
export async function runBackupCommand(
  option: 'to' | 'from',
  usage: string,
  work: (folder: string, paths: BackupPaths) => Promise<string>,
): Promise<void> {
  try {
    const { [option]: folder } = readOptions([option], []).options;
    const { databaseFile, packagesDir } = readConfig(process.env, []);
    console.log(await work(folder, { databaseFile, packagesDir }));
  } catch (error) {
    const isMisuse = error instanceof UsageError;
    const isExpected = error instanceof BackupError || error instanceof ConfigError;
    if (isMisuse) console.error(`${error.message}\n\n${usage}`);
    else console.error(isExpected ? error.message : error);
    process.exitCode = isMisuse ? 2 : 1;
  }
}
