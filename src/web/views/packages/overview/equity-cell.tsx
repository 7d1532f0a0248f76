import type { EquityAnswer } from '../../../../http/equity/schema.ts';
import { SparkLine } from '../../../components/spark.tsx';
import { recordsOf } from '../../../data/record-source.ts';
import { useJson } from '../../../data/resource.ts';
import { withQuery } from '../../../data/urls.ts';
import { useVisible } from '../../../data/use-visible.ts';
import { usdt } from '../../../format/numbers.ts';
import type { Result } from './results.ts';

interface EquityCellProps {
  readonly result: Result | undefined;
  /** Whether results are those of replays. */
  readonly isReplay: boolean;
}

/** The equity of an account or a replay as a small line, loaded when it comes near the screen. */
export function EquityCell({ result, isReplay }: EquityCellProps) {
  const { element, isVisible } = useVisible<HTMLDivElement>();
  return (
    <div ref={element} class="equity-cell">
      {result === undefined ? (
        <span class="muted small">{isReplay ? 'No replay of these days' : 'No run yet'}</span>
      ) : (
        isVisible && <EquityLine key={result.replay?.id ?? result.model_id} result={result} />
      )}
    </div>
  );
}

const POINTS = '60';
const MIN_INTERVAL_MS = 30_000;

function EquityLine({ result: { replay, model_id, performance } }: { readonly result: Result }) {
  const curve = useJson<EquityAnswer>(withQuery(recordsOf(model_id, replay?.id).equity, { points: POINTS }), {
    reloadOn: replay === null ? ['equity'] : [],
    minIntervalMs: MIN_INTERVAL_MS,
    isRelevant: ({ data }) => data.model_id === model_id,
  });
  const items = curve.data.value?.items;
  if (items === undefined) return null;
  if (items.length < 2) return <span class="muted small">Begins with the next candle</span>;
  const { initial_balance: begin } = performance;
  return (
    <SparkLine
      points={items.map(({ time, total_equity }) => [Date.parse(time), total_equity])}
      base={begin}
      label={`Equity from ${usdt(begin)} to ${usdt(items.at(-1)!.total_equity)} USDT`}
    />
  );
}
