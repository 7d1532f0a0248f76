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

/**
 * Sends the same request over several connections for several seconds, from its own thread, after a warm-up that
 * compiles the code of the server.
 * @throws when an answer is not 2xx
 */
export async function loadOf(
  { url, body }: Shot,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Load> {
  const request = {
    url,
    connections,
    workers: 1,
    ...(body === undefined
      ? {}
      : {
          method: 'POST' as const,
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
  };
  await autocannon({ ...request, amount: WARM_UP });
  const { requests, latency, non2xx, errors } = await autocannon({ ...request, duration: seconds });
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx} answers were not 2xx, ${errors} failed.`);
  return { perSecond: requests.average, median: latency.p50, p99: latency.p99 };
}
