import { resolve } from 'node:path';
import { readConfig } from '../config.ts';
import { counted } from '../runtime/counted.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { restoreBackup } from '../tools/backup/restore-backup.ts';
import { readArguments } from './shared/arguments.ts';
import { embeddedStore } from './shared/embedded-store.ts';
import { runCommand } from './shared/run-command.ts';

const USAGE = `paperdesk restore --from FOLDER [--keep-tokens]

Restores a backup to the paths of DATABASE_URL and MODEL_PACKAGES_DIR, and checks every file against its checksum.
Neither a store nor packages may exist there. All sessions end. Service tokens are listed and revoked, because some may have
been revoked after the backup was made; --keep-tokens keeps them.`;

await runCommand(USAGE, async () => {
  const options = readArguments({ required: ['from'], flags: ['keep-tokens'] }).options;
  const keepTokens = options['keep-tokens'];
  const paths = embeddedStore(
    readConfig(process.env, []),
    'Restore the folder of "paperdesk backup" to a file and a folder, then move both with "paperdesk move-store". A file ' +
      'of pg_dump is restored with pg_restore: docs/operations.md ("Backup on PostgreSQL").',
  );
  const { created_at, files, tokens } = await restoreBackup(resolve(options.from), paths, keepTokens);
  console.log(
    `Restored the store of ${created_at} to ${paths.databaseFile}, and ${counted(files.length, 'file of packages', 'files of packages')}.`,
  );
  for (const { id, name, createdAt } of tokens) console.log(`  ${id}  ${name}  made ${isoTime(createdAt)}`);
  console.log(sentenceOf(tokens.length, keepTokens));
});

function sentenceOf(count: number, isKept: boolean): string {
  const ended = 'All sessions of the backup are ended: log in again, with the password of that time.';
  if (count === 0) return `${ended} It had no service tokens.`;
  const these = `the ${counted(count, 'service token')} above`;
  return isKept
    ? `${ended} Kept ${these}, also what was revoked after the backup: "npm run token -- revoke ID".`
    : `${ended} Revoked ${these}: make new ones with "npm run token -- create NAME", or restore with --keep-tokens.`;
}
