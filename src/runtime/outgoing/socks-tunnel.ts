import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { proxyHost, type TunnelTarget } from './http-tunnel.ts';
import { createSocketReader, type SocketReader } from './socket-reader.ts';

const VERSION = 5;
const NO_CREDENTIALS = 0;
const USER_AND_PASSWORD = 2;
const NO_METHOD = 0xff;
/** Of the protocol for user and password. */
const CREDENTIALS_VERSION = 1;
const CONNECT = 1;
const BY_NAME = 3;
/** Bytes of an address in the proxy's answer, by its kind. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 4: 16 };

const REFUSALS: Readonly<Record<number, string>> = {
  1: 'a failure of its own',
  2: 'its rules forbid it',
  3: 'the network cannot be reached',
  4: 'the host cannot be reached',
  5: 'the host refuses the connection',
  6: 'the host does not answer',
};

/**
 * Has a SOCKS5 proxy (RFC 1928, RFC 1929) connect to a target, whose name the proxy looks up.
 * @throws a clause about what the proxy did instead
 */
export async function connectBySocks(
  proxy: URL,
  { host, port }: TunnelTarget,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connect({ host: proxyHost(proxy), port: Number(proxy.port || 1080), signal });
  const reader = createSocketReader(socket);
  try {
    await once(socket, 'connect');
    await authenticate(socket, reader, proxy);
    const portBytes = Buffer.alloc(2);
    portBytes.writeUInt16BE(port);
    socket.write(Buffer.concat([Buffer.of(VERSION, CONNECT, 0, BY_NAME), withLength(host), portBytes]));
    const [version, refusal = 0, , kind = 0] = await reader.read(4);
    if (version !== VERSION) throw new Error('it is not a SOCKS5 proxy');
    if (refusal !== 0)
      throw new Error(`it refuses ${host}:${port}: ${REFUSALS[refusal] ?? `reason ${refusal}`}`);
    const addressBytes = ADDRESS_BYTES[kind] ?? (await reader.read(1))[0] ?? 0;
    await reader.read(addressBytes + portBytes.length);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    reader.release();
  }
}

async function authenticate(
  socket: Socket,
  reader: SocketReader,
  { username, password }: URL,
): Promise<void> {
  const hasCredentials = username !== '' || password !== '';
  const methods = hasCredentials ? [NO_CREDENTIALS, USER_AND_PASSWORD] : [NO_CREDENTIALS];
  socket.write(Buffer.of(VERSION, methods.length, ...methods));
  const [version, method = NO_METHOD] = await reader.read(2);
  if (version !== VERSION) throw new Error('it is not a SOCKS5 proxy');
  if (method === NO_CREDENTIALS) return;
  if (method !== USER_AND_PASSWORD || !hasCredentials)
    throw new Error(hasCredentials ? 'it takes no user and password' : 'it wants a user and a password');
  const credentials = [username, password].map((text) => withLength(decodeURIComponent(text)));
  socket.write(Buffer.concat([Buffer.of(CREDENTIALS_VERSION), ...credentials]));
  const [, failure] = await reader.read(2);
  if (failure !== 0) throw new Error('it refuses the user or the password');
}

/** A text with its length before it. */
function withLength(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new Error('a name, a user or a password is longer than 255 bytes');
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}
