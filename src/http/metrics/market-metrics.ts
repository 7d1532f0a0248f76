import { Gauge, type Registry } from 'prom-client';
import { knownSymbols } from '../../market/sync/known-symbols.ts';
import { CONSUMER_NAME, type MarketStatusSources } from '../market/answer.ts';

/** What is shown of the market's state. */
export type MarketMetrics = ReturnType<typeof createMarketMetrics>;

export function createMarketMetrics(registers: Registry[]) {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: `paperdesk_${name}`, help, labelNames, registers });
  return {
    candleAge: gauge('newest_candle_age_seconds', 'Time since the newest stored 15m candle closed', [
      'symbol',
    ]),
    missing: gauge('missing_candles', 'Candles that the exchange does not have', ['symbol', 'timeframe']),
    mismatched: gauge('mismatched_candles', '15m candles that their 3m candles contradict', ['symbol']),
    filled: gauge('window_filled_candles', 'Filled candles among the newest 1184', ['symbol']),
    streamLive: gauge('stream_live', 'Whether updates of 3m candles come over the stream', ['symbol']),
    streamInterruptions: gauge('stream_interruptions', 'Times the stream was lost since the start', [
      'symbol',
    ]),
    candlesReceived: gauge('received_candles', '3m candles since the start, by the way they came', [
      'symbol',
      'by',
    ]),
    consumerLag: gauge('consumer_lag_seconds', 'Time since the first 3m candle closed that is not consumed', [
      'consumer',
      'symbol',
    ]),
    circuitOpen: gauge('exchange_circuit_open', 'Whether the exchange is not being asked', []),
    weightUsed: gauge('exchange_weight_used', 'Request weight used in the minute of the last answer', []),
    weightLimit: gauge('exchange_weight_limit', 'Request weight that a minute may use', []),
    clockSkew: gauge('exchange_clock_skew_seconds', "The exchange's clock minus ours", []),
  };
}

/** Brings them up to date; asks the exchange for nothing. */
export async function refreshMarketMetrics(
  metrics: MarketMetrics,
  { history, live, executions }: MarketStatusSources,
): Promise<void> {
  for (const gauge of Object.values(metrics)) gauge.reset();
  const { exchange, symbols } = await history.status(knownSymbols(history, live));
  for (const { symbol, ageMs, gaps, mismatches, filled } of symbols) {
    if (ageMs !== null) metrics.candleAge.labels(symbol).set(ageMs / 1000);
    metrics.filled.labels(symbol).set(filled);
    metrics.mismatched.labels(symbol).set(mismatches.length);
    for (const { timeframe, candles } of gaps) metrics.missing.labels(symbol, timeframe).inc(candles);
  }
  for (const { symbol, stream, streamed, requested } of live.status()) {
    metrics.streamLive.labels(symbol).set(stream.state === 'live' ? 1 : 0);
    metrics.streamInterruptions.labels(symbol).set(stream.interruptions);
    metrics.candlesReceived.labels(symbol, 'stream').set(streamed);
    metrics.candlesReceived.labels(symbol, 'request').set(requested);
  }
  for (const { symbol, lagMs } of executions()) {
    metrics.consumerLag.labels(CONSUMER_NAME, symbol).set(lagMs / 1000);
  }
  metrics.circuitOpen.set(exchange.circuit.state === 'closed' ? 0 : 1);
  if (exchange.weight !== null) {
    metrics.weightUsed.set(exchange.weight.used);
    metrics.weightLimit.set(exchange.weight.perMinute);
  }
  if (exchange.clock.skewMs !== null) metrics.clockSkew.set(exchange.clock.skewMs / 1000);
}
