import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterNode } from './cluster-node.ts';

/** An answer of a node; its body is JSON, or undefined if it is empty. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every route
  readonly body: any;
}

export interface ClusterRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly json?: object;
  readonly form?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends each request to a node chosen at random, as a load balancer does. */
export interface ClusterClient {
  /** Sends a request once. @returns undefined if no answer came, so that it is unknown what was done */
  once(request: ClusterRequest): Promise<Answer | undefined>;
  /** Repeats a request until a node answers with anything but a fault that passes (5xx). */
  persist(request: ClusterRequest): Promise<Answer>;
}

/** Longer than a node waits for its database. */
const REQUEST_LIMIT_MS = 45_000;
const PAUSE_MS = 50;

/** @param onError told of answers that no fault excuses: 500 means an error that the service does not know */
export function createClusterClient(
  nodes: readonly Pick<ClusterNode, 'url'>[],
  random: () => number,
  onError: (sentence: string) => void,
): ClusterClient {
  async function once(request: ClusterRequest): Promise<Answer | undefined> {
    const { url } = nodes[Math.floor(random() * nodes.length)] as ClusterNode;
    const answer = await sendTo(url, request);
    if (answer?.status === 500) onError(`${url}${request.path} answered ${JSON.stringify(answer.body)}`);
    return answer;
  }
  return {
    once,
    async persist(request) {
      for (;;) {
        const answer = await once(request);
        if (answer !== undefined && answer.status < 500) return answer;
        await delay(PAUSE_MS);
      }
    },
  };
}

/** Sends a request to the node at `url`. @returns undefined if no answer came */
export async function sendTo(url: string, request: ClusterRequest): Promise<Answer | undefined> {
  const { method = 'GET', path, json, form, headers } = request;
  try {
    const response = await fetch(url + path, {
      method,
      headers: { ...headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(json === undefined && form === undefined ? {} : { body: form ?? JSON.stringify(json) }),
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return undefined;
  }
}
