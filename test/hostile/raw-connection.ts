import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Opens a TCP connection on which a test can send any bytes. */
export async function connectTo(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes unchanged; returns what the service sent until it closed, or was silent for 5 s. */
export async function sendBytes(url: string, request: string | Buffer): Promise<string> {
  const socket = await connectTo(url);
  let reply = '';
  socket.on('data', (bytes) => {
    reply += bytes.toString('latin1');
  });
  const closed = once(socket, 'close');
  socket.setTimeout(5000, () => socket.destroy());
  socket.write(request);
  await closed;
  return reply;
}
