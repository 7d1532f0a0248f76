import { Gauge, type Registry } from 'prom-client';
import { CONSUMER_NAME, type MarketStatusSources } from '../market/answer.ts';

export type MarketMetrics = ReturnType<typeof createMarketMetrics>;

export function createMarketMetrics(registers: Registry[]) {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: `paperdesk_${name}`, help, labelNames, registers });
  return {
    candleAge: gauge('newest_candle_age_seconds', 'Time since the newest stored decision candle closed', [
      'symbol',
    ]),
    missing: gauge('missing_candles', 'Candles that the exchange does not have', ['symbol', 'timeframe']),
    mismatched: gauge('mismatched_candles', 'Decision candles that contradict their intrabar candles', [
      'symbol',
    ]),
    filled: gauge('window_filled_candles', 'Filled candles among those that a forecast depends on', [
      'symbol',
    ]),
    streamLive: gauge('stream_live', 'Whether all streams of intrabar candles deliver updates', ['symbol']),
    streamInterruptions: gauge('stream_interruptions', 'Times the stream was lost since the start', [
      'symbol',
    ]),
    candlesReceived: gauge(
      'received_candles',
      'Intrabar candles received since the start, by stream or request',
      ['symbol', 'by'],
    ),
    consumerLag: gauge(
      'consumer_lag_seconds',
      'Time since the close of the first intrabar candle that is not executed',
      ['consumer', 'symbol'],
    ),
    circuitOpen: gauge('exchange_circuit_open', 'Whether requests to the exchange are suspended', []),
    weightUsed: gauge('exchange_weight_used', 'Request weight used in the minute of the last response', []),
    weightLimit: gauge('exchange_weight_limit', 'Request weight allowed per minute', []),
    clockSkew: gauge('exchange_clock_skew_seconds', "The exchange's clock minus ours", []),
  };
}

/** Sets the gauges; sends no request to the exchange. */
export async function refreshMarketMetrics(
  metrics: MarketMetrics,
  { marketStatus, executions }: MarketStatusSources,
): Promise<void> {
  for (const gauge of Object.values(metrics)) gauge.reset();
  const { exchange, symbols, streams } = await marketStatus();
  for (const { symbol, ageMs, gaps, mismatches, filled } of symbols) {
    if (ageMs !== null) metrics.candleAge.labels(symbol).set(ageMs / 1000);
    metrics.filled.labels(symbol).set(filled);
    metrics.mismatched.labels(symbol).set(mismatches.length);
    for (const { timeframe, candles } of gaps) metrics.missing.labels(symbol, timeframe).inc(candles);
  }
  for (const { symbol, stream, streamed, requested } of streams) {
    const isLive = streams.every((other) => other.symbol !== symbol || other.stream.state === 'live');
    metrics.streamLive.labels(symbol).set(isLive ? 1 : 0);
    metrics.streamInterruptions.labels(symbol).inc(stream.interruptions);
    metrics.candlesReceived.labels(symbol, 'stream').inc(streamed);
    metrics.candlesReceived.labels(symbol, 'request').inc(requested);
  }
  for (const { symbol, lagMs } of await executions()) {
    metrics.consumerLag.labels(CONSUMER_NAME, symbol).set(lagMs / 1000);
  }
  metrics.circuitOpen.set(exchange.circuit.state === 'closed' ? 0 : 1);
  if (exchange.weight !== null) {
    metrics.weightUsed.set(exchange.weight.used);
    metrics.weightLimit.set(exchange.weight.perMinute);
  }
  if (exchange.clock.skewMs !== null) metrics.clockSkew.set(exchange.clock.skewMs / 1000);
}
