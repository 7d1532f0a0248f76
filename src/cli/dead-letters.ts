import { ConfigError } from '../config.ts';
import { counted } from '../runtime/counted.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { SYSTEM_TIMERS } from '../runtime/timers.ts';
import { readArguments } from './shared/arguments.ts';
import { commandLog, runOnStore } from './shared/run-command.ts';

const USAGE = `paperdesk dead-letters [--repeat]

Lists the jobs that failed too often and are not repeated any more, with the last error of each. --repeat queues them
again. Only for services on PostgreSQL; with SQLite a restart repeats them.`;

await runOnStore(USAGE, async ({ store }, database) => {
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
    const number = counted(letters.length, 'job');
    console.log(options.repeat ? `Queued ${number} again.` : `${number} failed too often.`);
  } finally {
    await jobs.close();
  }
});
