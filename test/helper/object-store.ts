import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startObjectStoreStandIn } from '../../simulator/object-store.ts';
import type { S3Location } from '../../src/packages/package-store-location.ts';

const BUCKET = 'models';

/** What the proxy in front of the store does with a request instead of passing it on. */
export type ObjectStoreFault =
  | 'unavailable'
  /** Never answers. */
  | 'hang'
  /** Does what it is asked to, and never says so. */
  | 'withhold'
  /** Ends the connection in the middle of the answer. */
  | 'cut'
  /** Changes a byte of the answer. */
  | 'corrupt'
  /** Does not know the object. */
  | 'lose';

/** An S3-compatible store on a free port of the loopback address, with faults on demand. */
export interface TestObjectStore {
  readonly location: S3Location;
  /** Settings of a service that keeps its packages in the store. */
  readonly env: NodeJS.ProcessEnv;
  /** Requests so far, for example `GET /models/packages/...`. */
  readonly requests: string[];
  /** Decides about each request, until it is replaced. */
  fault: (request: IncomingMessage) => ObjectStoreFault | undefined;
  close(): Promise<void>;
}

/** Starts a store with an empty bucket. */
export async function startObjectStore(): Promise<TestObjectStore> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-objects-'));
  const server = await startObjectStoreStandIn({ folder, bucket: BUCKET });
  const requests: string[] = [];
  const store = { fault: (_: IncomingMessage): ObjectStoreFault | undefined => undefined };
  const proxy = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    answer(server.port, incoming, outgoing, store.fault(incoming));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  // The SDK of this process finds the credentials in the environment.
  Object.assign(process.env, server.env);
  return Object.assign(store, {
    location: { kind: 's3', bucket: BUCKET, prefix: 'packages', endpoint, region: 'us-east-1' } as const,
    env: { ...server.env, MODEL_PACKAGES_DIR: `s3://${BUCKET}/packages`, S3_ENDPOINT: endpoint },
    requests,
    async close() {
      const closed = once(proxy, 'close');
      proxy.close();
      proxy.closeAllConnections();
      await closed;
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  });
}

/** Passes a request on, with a fault in the answer. The signature of a request names the host that the client sees. */
function answer(
  port: number,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: ObjectStoreFault | undefined,
): void {
  if (fault === 'hang') return;
  if (fault === 'unavailable' || fault === 'lose') {
    incoming.resume();
    outgoing.writeHead(fault === 'lose' ? 404 : 503, { 'content-type': 'application/xml' });
    outgoing.end(`<Error><Code>${fault === 'lose' ? 'NoSuchKey' : 'SlowDown'}</Code></Error>`);
    return;
  }
  const { method, url: path, headers } = incoming;
  const passed = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
    if (fault === 'withhold') {
      response.resume();
      return;
    }
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    if (fault === undefined) response.pipe(outgoing);
    else spoil(response, outgoing, fault);
  });
  passed.on('error', () => outgoing.destroy());
  outgoing.on('close', () => passed.destroy());
  incoming.pipe(passed);
}

async function spoil(response: IncomingMessage, outgoing: ServerResponse, fault: ObjectStoreFault) {
  let isFirst = true;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (isFirst && fault === 'cut') {
      outgoing.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => outgoing.destroy());
      return;
    }
    if (isFirst) chunk[0] = chunk[0]! ^ 1;
    isFirst = false;
    outgoing.write(chunk);
  }
  outgoing.end();
}
