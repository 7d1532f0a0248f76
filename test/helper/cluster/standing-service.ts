import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { buildApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import { SYSTEM_TIMERS } from '../../../src/runtime/timers.ts';
import { openServices, type Services } from '../../../src/services.ts';

/** A service in this process, whose clock stands still until a test moves it. */
export interface StandingService {
  readonly services: Services;
  readonly app: FastifyInstance;
  close(): Promise<void>;
}

/** @param now what its clock shows, ms; @throws if it cannot be opened */
export async function openStandingService(
  settings: NodeJS.ProcessEnv,
  now: () => number,
): Promise<StandingService> {
  const config = readConfig({ LOG_LEVEL: 'silent', OVERLOAD_DELAY_MS: '600000', ...settings }, []);
  const log = pino({ level: config.logLevel });
  const services = await openServices(config, {
    clock: { now },
    timers: SYSTEM_TIMERS,
    newId: randomUUID,
    log,
    passwordCost: { N: 16, r: 1, p: 1 },
  });
  const app = await buildApp(services, config, log);
  await app.ready();
  await services.start();
  return {
    services,
    app,
    async close() {
      await app.close();
      await services.close();
    },
  };
}
