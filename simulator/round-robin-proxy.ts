import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createProxyServer } from 'http-proxy-3';

/** A small load balancer: each request goes to the next node that accepts a connection. */
export interface RoundRobinProxy {
  /** For example `http://127.0.0.1:6300`. */
  readonly address: string;
  close(): Promise<void>;
}

export interface RoundRobinProxyOptions {
  /** On the loopback address; 0 chooses a free one. */
  readonly port: number;
  /** Ports of the nodes on the loopback address; at least one. */
  readonly nodes: readonly number[];
}

const HOST = '127.0.0.1';

/** @throws if it cannot listen */
export async function startRoundRobinProxy({
  port,
  nodes,
}: RoundRobinProxyOptions): Promise<RoundRobinProxy> {
  const proxy = createProxyServer({});
  proxy.on('error', (_error, _request, response) => {
    if ('writeHead' in response) refuse(response, 'The node ended the connection; repeat the request.');
    else response.destroy();
  });
  let next = 0;

  /** The first node from the next one on that accepts a connection. */
  async function chosenNode(): Promise<number | undefined> {
    const first = next;
    next = (next + 1) % nodes.length;
    for (let tried = 0; tried < nodes.length; tried += 1) {
      const node = nodes[(first + tried) % nodes.length] as number;
      if (await accepts(node)) return node;
    }
    return undefined;
  }

  const server = createServer(async (request, response) => {
    const node = await chosenNode();
    if (node === undefined) refuse(response, 'No node accepts connections now; some may be starting.');
    else proxy.web(request, response, { target: { host: HOST, port: node } });
  });
  server.listen(port, HOST);
  await once(server, 'listening');
  return {
    address: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function refuse(response: ServerResponse, detail: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1' });
  response.end(`${detail}\n`);
}
