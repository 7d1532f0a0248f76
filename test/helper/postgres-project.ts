import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { startPostgresServer } from '../../simulator/postgres-server.ts';
import { openDatabase } from '../../src/db/open-database.ts';
import { startBoss } from '../../src/jobs/boss.ts';
import { onServer, TEMPLATE, urlOfDatabase, WARM_TEMPLATE } from './postgres-databases.ts';
import { addWarmPackage } from './warm-store.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a PostgreSQL server; undefined where tests use SQLite. */
    postgresUrl: string | undefined;
  }
}

/** Starts PostgreSQL for the tests of a project, or uses the one at TEST_DATABASE_URL. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const server = given === undefined ? await startPostgresServer() : undefined;
  const url = server?.url ?? (given as string);
  for (const name of [TEMPLATE, WARM_TEMPLATE])
    await onServer(url, `drop database if exists ${name} with (force)`);
  await onServer(url, `create database ${TEMPLATE}`);
  const template = urlOfDatabase(url, TEMPLATE);
  const database = await openDatabase({ kind: 'postgres', url: template });
  await database.destroy();
  const boss = await startBoss(template, false, pino({ level: 'silent' }));
  // A database with a connection cannot be copied.
  await boss.stop({ graceful: false, wait: true });
  await onServer(url, `create database ${WARM_TEMPLATE} template ${TEMPLATE}`);
  const warm = await openDatabase({ kind: 'postgres', url: urlOfDatabase(url, WARM_TEMPLATE) });
  await addWarmPackage(warm);
  await warm.destroy();
  project.provide('postgresUrl', url);
  return async () => server?.remove();
}
