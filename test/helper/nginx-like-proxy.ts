import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy on loopback that behaves as nginx does with its defaults. */
export interface NginxLikeProxy {
  /** For example `http://127.0.0.1:8080`. */
  readonly origin: string;
  close(): Promise<void>;
}

export interface NginxLikeProxyOptions {
  /** Port of the service on loopback; asked for each request. */
  readonly upstreamPort: () => number;
  /** `location`; other paths are 404. With a slash at the end, the path without it is redirected. */
  readonly path?: string;
  /** Whether the service sees the path without `path`, as with a slash at the end of `proxy_pass`. */
  readonly takesPathOff?: boolean;
  /** `client_max_body_size` */
  readonly maxBodyBytes?: number;
}

/** `proxy_buffers`: a response is sent when so many bytes have come, or at its end. */
const BUFFER_BYTES = 8 * 1024;
const HOP_BY_HOP = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade', 'expect'],
];

/**
 * Starts the proxy. It speaks HTTP/1.0 to the service, on one connection per request, names the service as the host, reads
 * whole requests first and collects responses that do not forbid it by `X-Accel-Buffering: no`.
 */
export async function startNginxLikeProxy({
  upstreamPort,
  path = '/',
  takesPathOff = false,
  maxBodyBytes = 1024 * 1024,
}: NginxLikeProxyOptions): Promise<NginxLikeProxy> {
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers, url = '/' } = request;
    const [asked = '', query] = url.split('?');
    if (`${asked}/` === path) {
      return end(response, 301, { location: query === undefined ? path : `${path}?${query}` });
    }
    if (!url.startsWith(path)) return end(response, 404);
    const body = await bodyOf(request, maxBodyBytes);
    if (body === undefined) return end(response, 413, { connection: 'close' });
    const target = takesPathOff ? `/${url.slice(path.length)}` : url;
    const upstream = connect(upstreamPort(), '127.0.0.1');
    upstream.on('error', () => (response.headersSent ? response.destroy() : end(response, 502)));
    response.on('close', () => upstream.destroy());
    const host = `127.0.0.1:${upstreamPort()}`;
    upstream.write(requestHead(`${method} ${target} HTTP/1.0`, { ...headers, host }, body.length));
    upstream.write(body);
    passOn(upstream, response);
  }

  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** undefined if it is too large; the rest is read then, as nginx does for a while, so that clients see the answer. */
async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= maxBytes) parts.push(part);
  }
  return bytes <= maxBytes ? Buffer.concat(parts) : undefined;
}

function requestHead(line: string, headers: IncomingHttpHeaders, bodyBytes: number): string {
  const kept = Object.entries(headers).filter(
    ([name]) => !HOP_BY_HOP.includes(name) && name !== 'content-length',
  );
  const length = bodyBytes === 0 ? [] : [['content-length', bodyBytes]];
  const lines = [...kept, ...length, ['connection', 'close']].map(([name, value]) => `${name}: ${value}`);
  return `${[line, ...lines].join('\r\n')}\r\n\r\n`;
}

/** Hands the response of the service on, in pieces of the size of the buffer where it may be collected. */
function passOn(upstream: Socket, response: ServerResponse): void {
  let waiting = Buffer.alloc(0);
  let isCollected = true;
  upstream.on('data', (part: Buffer) => {
    waiting = Buffer.concat([waiting, part]);
    if (!response.headersSent) {
      const headBytes = waiting.indexOf('\r\n\r\n');
      if (headBytes < 0) return;
      isCollected = writeHead(response, waiting.subarray(0, headBytes).toString('latin1'));
      waiting = waiting.subarray(headBytes + 4);
    }
    if (isCollected && waiting.length < BUFFER_BYTES) return;
    response.write(waiting);
    waiting = Buffer.alloc(0);
  });
  upstream.on('end', () => (response.headersSent ? response.end(waiting) : end(response, 502)));
}

/** Sets status and headers of the response, which is not sent yet; returns whether it may be collected. */
function writeHead(response: ServerResponse, head: string): boolean {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  const isKept = ([name = '']: string[]) =>
    ![...HOP_BY_HOP, 'x-accel-buffering'].includes(name.toLowerCase());
  response.writeHead(Number(statusLine.split(' ')[1]), headers.filter(isKept).flat());
  return !headers.some(([name, value]) => name?.toLowerCase() === 'x-accel-buffering' && value === 'no');
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/html', ...headers });
  response.end(`<html><body><h1>${status}</h1></body></html>`);
}
