import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TIMEFRAME_MS, type Timeframe } from '../src/candle.ts';
import { createFaultScript, type Endpoint, type Fault, type FaultRule, type FaultScript } from './faults.ts';
import { type KlineStream, serveKlineStream } from './kline-stream.ts';
import type { Recording } from './recording.ts';
import { type Replay, replayOf, type Seam } from './replay.ts';
import { answer, endpointOf, refusal, WEIGHT_PER_MINUTE } from './rest.ts';
import { applyRowFault } from './row-faults.ts';
import { writeAnswer } from './write-answer.ts';

export interface RecordedExchangeOptions {
  /** One recording, or one for each symbol. */
  readonly recording: Recording | readonly Recording[];
  /** The exchange's clock, in ms since the Unix epoch. */
  readonly clock: () => number;
  /** Loopback by default. */
  readonly host?: string;
  /** A free one by default. */
  readonly port?: number;
  readonly faults?: readonly FaultRule[];
  /** Real ms between two pushes of the kline streams; 500 by default. */
  readonly pushEveryMs?: number;
  /** Called for every request, before it is answered. */
  readonly onRequest?: (request: { endpoint: Endpoint | undefined; url: URL }) => void;
}

export interface RecordedExchange {
  readonly restUrl: string;
  readonly wsUrl: string;
  /** The last seam before `at` (now by default); undefined when the recording does not repeat. */
  lastSeam(at?: number): Seam | undefined;
  readonly faults: FaultScript;
  readonly stream: KlineStream;
  /** Weight of the requests of the current minute. */
  readonly usedWeight: number;
  /** From now on the exchange has no such symbol. */
  delist(symbol: string): void;
  close(): Promise<void>;
}

/**
 * Starts a server with the public protocol of Binance's USDT-M futures (REST and kline streams) that plays recordings
 * back, moved in time so that the clock's time is inside them.
 * @throws PaperdeskError MARKET_DATA_INVALID when a recording cannot be played
 */
export async function startRecordedExchange(options: RecordedExchangeOptions): Promise<RecordedExchange> {
  const { clock, host = '127.0.0.1', port = 0, pushEveryMs = 500 } = options;
  const recordings = 'symbol' in options.recording ? [options.recording] : options.recording;
  const replays = new Map<string, Replay>(
    recordings.map((recording) => [recording.symbol, replayOf(recording)]),
  );
  const faults = createFaultScript(options.faults);
  const weight = createWeightCounter(clock);

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const endpoint = endpointOf(url.pathname);
    options.onRequest?.({ endpoint, url });
    const fault = endpoint === undefined ? undefined : faults.take(endpoint);
    const now = clock() + (fault?.kind === 'clock' ? fault.offsetMs : 0);
    if (fault?.kind === 'overlapping') beginEarlier(url.searchParams);
    const found =
      endpoint === undefined || request.method !== 'GET'
        ? refusal(404, -5000, `Path ${url.pathname}, Method ${request.method} is invalid`)
        : answer(replays, { endpoint, params: url.searchParams, now });
    const used = weight.add(found.weight);
    const headers = { date: new Date(now).toUTCString(), 'x-mbx-used-weight-1m': String(used) };
    if (used > WEIGHT_PER_MINUTE) {
      const seconds = 60 - Math.floor((clock() / 1000) % 60);
      const tooMany: Fault = { kind: 'status', status: 429, retryAfterSeconds: seconds };
      writeAnswer(response, { status: 429, json: {}, headers }, tooMany);
      return;
    }
    writeAnswer(response, { status: found.status, json: applyRowFault(found.body, fault), headers }, fault);
  }

  const server = createServer({ keepAlive: true }, serve);
  server.on('clientError', (_error, socket) => socket.destroy());
  const stream = serveKlineStream(server, replays, { clock, pushEveryMs });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const authority = `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;

  return {
    restUrl: `http://${authority}`,
    wsUrl: `ws://${authority}`,
    lastSeam(at = clock()) {
      for (const replay of replays.values()) return replay.lastSeam(at);
      return undefined;
    },
    faults,
    stream,
    get usedWeight() {
      return weight.used();
    },
    delist: (symbol) => void replays.delete(symbol),
    async close() {
      stream.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function createWeightCounter(clock: () => number): { add(weight: number): number; used(): number } {
  let minute = Number.NaN;
  let sum = 0;
  const roll = () => {
    const current = Math.floor(clock() / 60_000);
    if (current !== minute) sum = 0;
    minute = current;
  };
  return {
    add(weight) {
      roll();
      sum += weight;
      return sum;
    },
    used() {
      roll();
      return sum;
    },
  };
}

function beginEarlier(params: URLSearchParams): void {
  const start = params.get('startTime');
  const length = TIMEFRAME_MS[params.get('interval') as Timeframe] ?? 60_000;
  if (start !== null) params.set('startTime', String(Math.max(0, Number(start) - 3 * length)));
}
