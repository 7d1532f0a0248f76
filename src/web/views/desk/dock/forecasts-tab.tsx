import type { PastForecastAnswer } from '../../../../http/forecasts/schema.ts';
import { useQuery } from '../../../data/use-query.ts';
import { counted, percent, price } from '../../../format/numbers.ts';
import { HOUR_MS, hours, utcMoment } from '../../../format/time.ts';
import { horizonSentence } from '../evidence/forecast-cards.tsx';
import type { ForecastQuality, Run } from '../run.ts';
import { Filters, TIME_SORTS } from './filters.tsx';
import { RecordPanel } from './record-panel.tsx';
import { RecordRow } from './record-row.tsx';
import type { RecordView } from './record-view.ts';

/** Between listed forecasts where nothing was measured yet. */
const DEFAULT_HOURS = 48;

interface ForecastsTabProps {
  readonly run: Run;
  readonly view: RecordView;
}

/** How many prices were inside the band, and past forecasts a horizon apart with what came of them. */
export function ForecastsTab({ run, view }: ForecastsTabProps) {
  const { query, change } = useQuery();
  const every = Math.max(1, Math.ceil(run.quality?.horizons.at(-1)?.horizon_hours ?? DEFAULT_HOURS));
  return (
    <RecordPanel<PastForecastAnswer>
      label="Forecasts"
      path={run.records.forecasts}
      view={view}
      fixed={{ every: `${every}h` }}
      reloadOptions={run.records.reloadOptions('decision')}
      detail={run.quality != null && <Horizons quality={run.quality} />}
      filters={<Filters view={view} selects={[]} sorts={TIME_SORTS} until={run.until} />}
      empty="No forecast yet: one is made with each decision."
      total={(total) => `${counted(total, 'forecast')}, ${every} h apart`}
      rowKey={({ as_of }) => as_of}
    >
      {(one) => (
        <ForecastRow
          one={one}
          isSelected={one.as_of === query.candle}
          onSelect={() =>
            change({ candle: one.as_of === query.candle ? undefined : one.as_of, position: undefined })
          }
        />
      )}
    </RecordPanel>
  );
}

function Horizons({ quality: { horizons } }: { readonly quality: ForecastQuality }) {
  return (
    <ul class="horizons" aria-label="Forecasts by horizon">
      {horizons.map((one) => (
        <li key={one.horizon_steps}>
          <RecordRow
            title={<b>After {hours(one.horizon_hours * HOUR_MS)}</b>}
            figure={one.coverage_pct !== null && <b class="model">{percent(one.coverage_pct, 1)}</b>}
            detail={horizonSentence(one)}
          />
        </li>
      ))}
    </ul>
  );
}

interface ForecastRowProps {
  readonly one: PastForecastAnswer;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

function ForecastRow({ one, isSelected, onSelect }: ForecastRowProps) {
  const { as_of, inside, price: from, fan, end_at, end_price } = one;
  const [, low, , high] = fan.at(-1) ?? [];
  const band =
    from === null || low === undefined || high === undefined
      ? ''
      : `${price(from * Math.exp(low))} to ${price(from * Math.exp(high))}`;
  return (
    <RecordRow
      title={<b>Made {utcMoment(as_of)}</b>}
      figure={
        inside === null ? (
          <span class="muted">not over yet</span>
        ) : (
          <b class={inside ? 'model' : 'down'}>{inside ? '● inside' : '✕ outside'}</b>
        )
      }
      detail={end_price === null ? `ends ${utcMoment(end_at)}` : `${utcMoment(end_at)}: ${price(end_price)}`}
      figureDetail={band}
      isPressed={isSelected}
      onClick={onSelect}
    />
  );
}
