import autocannon from 'autocannon';

export interface Load {
  readonly perSecond: number;
  /** ms. */
  readonly median: number;
  readonly p99: number;
}

const WARM_UP = 10_000;

/** A request that is sent again and again. */
export interface Shot {
  readonly url: string;
  readonly body?: object;
}

/** How a request is sent: over several connections, for several seconds. */
export interface LoadSize {
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Sends the same request again and again from its own thread, after a warm-up that compiles the code of the server.
 * @throws when an answer is not 2xx
 */
export async function loadOf(shot: Shot, size: LoadSize): Promise<Load> {
  await warmUp(shot, size.connections);
  return warmLoadOf(shot, size);
}

/** Sends requests until the code of the server is compiled. */
export async function warmUp(shot: Shot, connections: number, amount = WARM_UP): Promise<void> {
  await autocannon({ ...requestOf(shot), connections, amount });
}

/** A load without a warm-up before it. @throws when an answer is not 2xx */
export async function warmLoadOf(shot: Shot, { connections, seconds }: LoadSize): Promise<Load> {
  const { requests, latency, duration, non2xx, errors } = await autocannon({
    ...requestOf(shot),
    connections,
    duration: seconds,
  });
  if (non2xx + errors > 0) throw new Error(`${shot.url}: ${non2xx} answers were not 2xx, ${errors} failed.`);
  return { perSecond: requests.total / duration, median: latency.p50, p99: latency.p99 };
}

function requestOf({ url, body }: Shot) {
  return {
    url,
    workers: 1,
    ...(body === undefined
      ? {}
      : {
          method: 'POST' as const,
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
  };
}
