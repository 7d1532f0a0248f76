import { createInProcessJobs } from '../jobs/in-process-jobs.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { ServiceContext } from './context.ts';

/** Background jobs: in this process with SQLite, shared by all nodes with PostgreSQL. Starts none. */
export async function openJobs({
  config,
  database,
  cluster,
  timers,
  log,
  onClose,
}: Pick<ServiceContext, 'config' | 'database' | 'cluster' | 'timers' | 'log' | 'onClose'>): Promise<Jobs> {
  if (config.store.kind === 'sqlite') return createInProcessJobs({ timers, log });
  const { createPostgresJobs } = await import('../jobs/postgres-jobs.ts');
  const jobs = await createPostgresJobs({ database, url: config.store.url, cluster, timers, log });
  // It has a connection, also if another component cannot be opened.
  onClose(() => jobs.close());
  return jobs;
}
