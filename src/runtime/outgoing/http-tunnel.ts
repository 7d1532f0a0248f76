import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';

/** Where a tunnel leads. */
export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}

/** The host of a proxy, as Node takes it. */
export function proxyHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Has an http or https proxy connect to a target (CONNECT). @throws a clause about what the proxy did instead */
export async function connectByHttp(
  proxy: URL,
  { host, port }: TunnelTarget,
  signal: AbortSignal,
): Promise<Socket> {
  const path = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const request = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
    host: proxyHost(proxy),
    port: proxy.port === '' ? undefined : proxy.port,
    method: 'CONNECT',
    path,
    headers: { host: path, ...credentialsOf(proxy) },
    agent: false,
    signal,
  });
  request.end();
  const [{ statusCode }, socket, rest] = (await once(request, 'connect')) as [
    IncomingMessage,
    Socket,
    Buffer,
  ];
  if (statusCode === undefined || statusCode >= 300) {
    socket.destroy();
    throw new Error(`it refuses ${path} with HTTP ${statusCode}`);
  }
  if (rest.length > 0) socket.unshift(rest);
  return socket;
}

function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}
