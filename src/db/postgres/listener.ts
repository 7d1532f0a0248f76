import pg from 'pg';
import { startBackgroundLoop } from '../../runtime/background-loop.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import type { Log } from '../../runtime/log.ts';
import type { Timers } from '../../runtime/timers.ts';
import { connectionSettings } from './connection-settings.ts';

export interface ListenerOptions {
  readonly url: string;
  /** A name that needs no quotes in SQL. */
  readonly channel: string;
  readonly onNotification: (payload: string) => void;
  /** Called after every connect: notifications before it were missed. */
  readonly onConnect: () => void;
  readonly timers: Timers;
  readonly log: Log;
}

export interface Listener {
  close(): Promise<void>;
}

/** How often the connection is tried, and how long its answer may take: a cut one looks like a silent one. */
const CHECK_INTERVAL_MS = 3000;
const ANSWER_LIMIT_MS = 3000;
const BACKOFF = { firstMs: 100, longestMs: 2000, jitter: 0.25 };

/** Listens on a channel of PostgreSQL, on a connection of its own, which is replaced when it breaks. */
export function startListener(options: ListenerOptions): Listener {
  const { url, channel, onNotification, onConnect, timers, log } = options;
  let client: pg.Client | undefined;
  let failures = 0;

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ ...connectionSettings(url), query_timeout: ANSWER_LIMIT_MS });
    const replace = () => {
      if (client !== fresh) return;
      client = undefined;
      loop.wake();
    };
    // Without a listener an error would end the process.
    fresh.on('error', replace).on('end', replace);
    fresh.on('notification', ({ payload = '' }) => onNotification(payload));
    try {
      await fresh.connect();
      await fresh.query(`listen ${channel}`);
    } catch (error) {
      endClient(fresh);
      throw error;
    }
    onConnect();
    return fresh;
  }

  const loop = startBackgroundLoop({
    timers,
    async work() {
      client ??= await connect();
      await client.query('select 1');
      failures = 0;
      return CHECK_INTERVAL_MS;
    },
    onFailure(error) {
      if (client !== undefined) endClient(client);
      client = undefined;
      failures += 1;
      if (!loop.stopped && failures === 1)
        log.warn(
          { err: error, channel },
          'the connection that listens to other nodes broke; it is opened again',
        );
      return backoffMs(BACKOFF, failures, timers.random);
    },
  });

  return {
    async close() {
      const stopped = loop.stop();
      if (client !== undefined) endClient(client);
      await stopped;
      if (client !== undefined) endClient(client);
    },
  };
}

/** Ends a connection, which may be broken. */
function endClient(client: pg.Client): void {
  client.end().catch(() => {});
}
