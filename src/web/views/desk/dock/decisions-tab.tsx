import type { DecisionRowAnswer } from '../../../../http/decisions/schema.ts';
import type { Fan } from '../../../charts/forecast-points.ts';
import type { Resource } from '../../../data/resource.ts';
import { useQuery } from '../../../data/use-query.ts';
import { count, counted, fixed, leverage, usdt } from '../../../format/numbers.ts';
import { utcMoment } from '../../../format/time.ts';
import { focusChart } from '../focus-chart.ts';
import { ACTION_LABELS, REASON_LABELS } from '../labels.ts';
import type { Run } from '../run.ts';
import { DecisionDetail } from './decision-detail.tsx';
import { type FilterOptions, Filters, SIDES, TIME_SORTS } from './filters.tsx';
import { RecordPanel } from './record-panel.tsx';
import { RecordRow } from './record-row.tsx';
import type { RecordView } from './record-view.ts';

const ACTIONS: FilterOptions = Object.entries(ACTION_LABELS);
const REASONS: FilterOptions = Object.entries(REASON_LABELS);

interface TabProps {
  readonly run: Run;
  readonly view: RecordView;
  /** Of the selected candle. */
  readonly forecast: Resource<Fan | null>;
  /** The list is to show what is listed from this instant on, ISO 8601. */
  readonly sought: string | undefined;
}

/** One row per decision candle: a decision, or the reason for none. */
export function DecisionsTab({ run, view, forecast, sought }: TabProps) {
  const { query, change } = useQuery();
  return (
    <RecordPanel<DecisionRowAnswer>
      label="Decisions"
      path={run.records.decisions}
      view={view}
      sought={sought}
      reloadOptions={run.records.reloadOptions('decision')}
      detail={
        query.candle !== undefined && (
          <DecisionDetail
            {...{ run, forecast }}
            candle={query.candle}
            onCandle={(candle) => {
              change({ candle });
              if (candle === undefined) focusChart();
            }}
          />
        )
      }
      filters={
        <Filters
          view={view}
          selects={[
            ['side', 'Signal', SIDES],
            ['action', 'Action', ACTIONS],
            ['reason', 'Reason', REASONS],
          ]}
          sorts={TIME_SORTS}
          until={run.until}
        />
      }
      empty="No decision yet: the account has one row per candle from its first poll on."
      total={(total) => counted(total, 'candle')}
      rowKey={({ as_of }) => as_of}
    >
      {(row) => (
        <DecisionRow
          row={row}
          isSelected={row.as_of === query.candle}
          onSelect={() =>
            change({ candle: row.as_of === query.candle ? undefined : row.as_of, position: undefined })
          }
        />
      )}
    </RecordPanel>
  );
}

interface RowProps {
  readonly row: DecisionRowAnswer;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

function DecisionRow({ row, isSelected, onSelect }: RowProps) {
  const { as_of, action, reason, confidence, order, evidence } = row;
  const direction = evidence?.raw_action[0];
  return (
    <RecordRow
      title={
        <>
          <b>{ACTION_LABELS[action]}</b>
          {reason !== null && <span class="muted small">{REASON_LABELS[reason]}</span>}
        </>
      }
      figure={
        direction !== undefined && <span class="model">{fixed(Math.max(-1, Math.min(1, direction)))}</span>
      }
      detail={`${utcMoment(as_of)}${confidence === null ? '' : `, ${count(confidence)} of 100 agree`}`}
      figureDetail={order !== null && `${usdt(order.size_usdt)} USDT, ${leverage(order.leverage)}`}
      isPressed={isSelected}
      onClick={onSelect}
    />
  );
}
