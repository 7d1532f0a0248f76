import { resolve } from 'node:path';
import { readConfig } from '../config.ts';
import { counted } from '../runtime/counted.ts';
import { createBackup } from '../tools/backup/create-backup.ts';
import { readArguments } from './shared/arguments.ts';
import { embeddedStore } from './shared/embedded-store.ts';
import { runCommand } from './shared/run-command.ts';

const USAGE = `paperdesk backup --to FOLDER

Copies the store that DATABASE_URL names and the files of all uploaded packages to FOLDER, which must not exist yet or
be empty, with their checksums. The service may run meanwhile.`;

await runCommand(USAGE, async () => {
  const folder = resolve(readArguments({ required: ['to'] }).options.to);
  const paths = embeddedStore(
    readConfig(process.env, []),
    'Back PostgreSQL up with pg_dump, and a bucket with the tools of the object store: docs/operations.md has the ' +
      'commands ("Backup on PostgreSQL").',
  );
  const { store, files } = await createBackup(paths, folder, Date.now());
  const bytes = files.reduce((sum, { size }) => sum + size, store.size);
  const packages = new Set(files.map(({ package_id }) => package_id)).size;
  const size = `${counted(bytes, 'byte')} in ${counted(files.length + 1, 'file')}`;
  console.log(`${folder}: the store and ${counted(packages, 'package')}, ${size}.`);
});
