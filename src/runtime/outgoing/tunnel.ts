import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { connectByHttp, type TunnelTarget } from './http-tunnel.ts';
import { shownProxy } from './proxy-choice.ts';
import { connectBySocks } from './socks-tunnel.ts';

const LIMIT_MS = 10_000;

/** A proxy gave no connection; the message names the proxy without its user and password. */
class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code = 'PROXY_FAILED';
}

/**
 * Opens a connection to a target through a proxy.
 * @param isSecure whether the target speaks TLS
 * @throws ProxyError, also if the connection is not there within 10 s
 */
export async function openTunnel(proxy: URL, target: TunnelTarget, isSecure: boolean): Promise<Socket> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LIMIT_MS);
  let socket: Socket | undefined;
  try {
    const connect = proxy.protocol.startsWith('socks') ? connectBySocks : connectByHttp;
    socket = await connect(proxy, target, limit.signal);
    return isSecure ? await secure(socket, target.host, limit.signal) : socket;
  } catch (error) {
    socket?.destroy();
    const problem = limit.signal.aborted
      ? `not within ${LIMIT_MS / 1000} s`
      : (error as Error).message || String((error as NodeJS.ErrnoException).code);
    // The cause may know the password.
    throw new ProxyError(`the proxy ${shownProxy(proxy)} gave no connection: ${problem}`);
  } finally {
    clearTimeout(timer);
  }
}

async function secure(socket: Socket, host: string, signal: AbortSignal): Promise<Socket> {
  const secured = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: ['http/1.1'],
  });
  await once(secured, 'secureConnect', { signal });
  return secured;
}
