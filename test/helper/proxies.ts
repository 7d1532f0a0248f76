import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { createSocketReader } from '../../src/runtime/outgoing/socket-reader.ts';

/** A proxy on loopback that knows only the hosts of its test; it is closed after the test. */
export interface TestProxy {
  /** With user and password if it wants them. */
  readonly url: string;
  /** As answers may show it. */
  readonly shown: string;
  /** `HOST:PORT` of every connection that it was asked for. */
  readonly asked: readonly string[];
}

export interface TestProxyOptions {
  /** The port on loopback that stands for a host. */
  readonly hosts: Readonly<Record<string, number>>;
  readonly credentials?: { readonly user: string; readonly password: string };
}

/** An http proxy that connects to hosts (CONNECT) and does nothing else. */
export async function startHttpProxy({ hosts, credentials }: TestProxyOptions): Promise<TestProxy> {
  const asked: string[] = [];
  const server = createHttpServer((_request, response) => response.writeHead(405).end());
  server.on('connect', ({ url = '', headers }, client: Socket, first: Buffer) => {
    asked.push(url);
    const [, given = ''] = (headers['proxy-authorization'] ?? '').split(' ');
    const wanted = credentials === undefined ? '' : `${credentials.user}:${credentials.password}`;
    const port = hosts[url.replace(/:\d+$/, '')];
    const refusal = Buffer.from(given, 'base64').toString() !== wanted ? 407 : port === undefined ? 502 : 0;
    if (refusal !== 0) return client.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 0\r\n\r\n`);
    client.write('HTTP/1.1 200 Connected\r\n\r\n');
    join(client, port!, first);
  });
  return started(server, 'http', asked, credentials);
}

/** A SOCKS5 proxy, which looks names up itself. */
export async function startSocksProxy({ hosts, credentials }: TestProxyOptions): Promise<TestProxy> {
  const asked: string[] = [];
  const serve = async (client: Socket) => {
    const { read: take, release } = createSocketReader(client);
    const method = credentials === undefined ? 0 : 2;
    const [, count = 0] = await take(2);
    const isOffered = (await take(count)).includes(method);
    client.write(Buffer.of(5, isOffered ? method : 0xff));
    if (!isOffered) return client.end();
    if (credentials !== undefined) {
      const user = await take((await take(2))[1]!);
      const password = await take((await take(1))[0]!);
      const isRight = String(user) === credentials.user && String(password) === credentials.password;
      client.write(Buffer.of(1, isRight ? 0 : 1));
      if (!isRight) return client.end();
    }
    const host = String(await take((await take(5))[4]!));
    asked.push(`${host}:${(await take(2)).readUInt16BE()}`);
    const port = hosts[host];
    client.write(Buffer.of(5, port === undefined ? 4 : 0, 0, 1, 0, 0, 0, 0, 0, 0));
    if (port === undefined) return client.end();
    release();
    join(client, port, Buffer.alloc(0));
  };
  const server = createServer((client) => void serve(client).catch(() => client.destroy()));
  return started(server, 'socks5', asked, credentials);
}

async function started(
  server: Server,
  scheme: string,
  asked: readonly string[],
  credentials: TestProxyOptions['credentials'],
): Promise<TestProxy> {
  const clients = new Set<Socket>();
  server.on('connection', (client) => {
    clients.add(client);
    client.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const login =
    credentials && [credentials.user, credentials.password].map((text) => encodeURIComponent(text)).join(':');
  return {
    url: `${scheme}://${login === undefined ? '' : `${login}@`}${host}`,
    shown: `${scheme}://${host}`,
    asked,
  };
}

function join(client: Socket, port: number, first: Buffer): void {
  const target = connect(port, '127.0.0.1');
  target.write(first);
  client.pipe(target).pipe(client);
  client.on('close', () => target.destroy());
  target.on('error', () => client.destroy());
}
