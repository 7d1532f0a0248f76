import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type DestinationStream, pino } from 'pino';
import { buildApp } from './app.ts';
import { requireOwnAddress, requireSafeAddress } from './auth/listen-address.ts';
import { withAccess } from './auth/with-access.ts';
import type { Config } from './config.ts';
import { errorForLog } from './runtime/error-for-log.ts';
import { keepNewFilesPrivate } from './runtime/private-files.ts';
import { SYSTEM_TIMERS } from './runtime/timers.ts';
import { lockPlaces } from './services/lock-places.ts';
import { reportAddress } from './services/node-parts.ts';
import { closePlaces } from './services/private-places.ts';
import { startError } from './services/start-error.ts';
import { openServices } from './services.ts';

export interface RunningService {
  /** For example `http://127.0.0.1:6300`. */
  readonly address: string;
  /** Finishes current requests, refuses new ones, then closes everything. */
  close(): Promise<void>;
}

/**
 * Connections that are still open after this time are closed by force. Jobs and polls then have 2 s, models 1 s, and other
 * components the rest of the 10 s after which the process gives up (`run-until-signal.ts`).
 */
const CLOSE_LIMIT_MS = 4000;

/**
 * Starts the whole service: database, market, models, HTTP.
 * @throws if the database, the market source or the address cannot be used, with what to do; everything is closed again
 * then, and a new store belongs to no market yet
 */
export async function startService(config: Config, logTo?: DestinationStream): Promise<RunningService> {
  let unlock = () => {};
  keepNewFilesPrivate();
  try {
    unlock = await lockPlaces(config);
    const service = await openAndListen(config, logTo);
    return {
      ...service,
      async close() {
        await service.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw startError(error, config);
  }
}

async function openAndListen(config: Config, logTo: DestinationStream | undefined): Promise<RunningService> {
  // Before a password is asked for, which would not help.
  await requireOwnAddress(config.host);
  await requireSafeAddress(config.host, () =>
    withAccess(config, Date.now, (access) => access.isPasswordSet()),
  );
  const log = pino(
    {
      level: config.logLevel,
      serializers: { err: errorForLog },
      redact: ['req.headers.authorization', 'req.headers.cookie'],
      ...(config.store.kind === 'postgres' && { base: logBase(config.nodeName) }),
    },
    ...(logTo === undefined ? [] : [logTo]),
  );
  await closePlaces(config, log);
  const services = await openServices(config, {
    clock: { now: Date.now },
    timers: SYSTEM_TIMERS,
    newId: randomUUID,
    log,
  });
  try {
    const app = await buildApp(services, config, log);
    const address = await app.listen({ host: config.host, port: config.port });
    reportAddress(services.cluster, { host: config.host, port: Number(new URL(address).port) });
    await services.start().catch(async (error: unknown) => {
      await app.close();
      throw error;
    });
    return {
      address,
      async close() {
        const limit = setTimeout(() => app.server.closeAllConnections(), CLOSE_LIMIT_MS);
        await app.close();
        clearTimeout(limit);
        await services.close();
      },
    };
  } catch (error) {
    await services.close();
    throw error;
  }
}

/** The fields of every log line where several nodes write lines that one reader collects: the usual ones, and the node. */
function logBase(node: string) {
  return { pid: process.pid, hostname: hostname(), node };
}
