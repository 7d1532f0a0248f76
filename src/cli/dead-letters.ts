import { type Config, ConfigError } from '../config.ts';
import type { Database } from '../db/connection.ts';
import { counted } from '../runtime/counted.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { SYSTEM_TIMERS } from '../runtime/timers.ts';
import { readArguments } from './shared/arguments.ts';
import { commandLog, runOnStore } from './shared/run-command.ts';

const USAGE = `paperdesk dead-letters [--repeat]

Lists the jobs that failed too often and are not repeated any more, with the last error of each. --repeat queues them
again. Only for services on PostgreSQL; with SQLite a restart repeats them.`;

async function deadLetters({ store }: Config, database: Database): Promise<void> {
  const { options } = readArguments({ flags: ['repeat'] });
  if (store.kind !== 'postgres')
    throw new ConfigError(
      'DATABASE_URL is SQLite: its jobs are in the memory of the service, and a restart repeats them.',
    );
  const { createPostgresJobs } = await import('../jobs/postgres-jobs.ts');
  const parts = { database, url: store.url, timers: SYSTEM_TIMERS, log: commandLog() };
  const jobs = await createPostgresJobs({ ...parts, cluster: undefined });
  try {
    const letters = await jobs.deadLetters();
    for (const { kind, key, at, error } of letters) console.log(`${isoTime(at)}  ${kind}  ${key}  ${error}`);
    if (options.repeat) for (const letter of letters) await jobs.repeat(letter);
    const count = counted(letters.length, 'job');
    console.log(options.repeat ? `Queued ${count} again.` : `${count} failed too often.`);
    if (letters.length > 0 && !options.repeat)
      console.error('Correct the cause, then queue them again: "paperdesk dead-letters --repeat".');
  } finally {
    await jobs.close();
  }
}

await runOnStore(USAGE, deadLetters, { existing: true });
