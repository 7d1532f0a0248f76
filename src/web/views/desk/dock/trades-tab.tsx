import type { TradeAnswer, WholePositionAnswer } from '../../../../http/positions/schema.ts';
import { Button } from '../../../components/button.tsx';
import { ErrorNotice } from '../../../components/messages.tsx';
import { WhenLoaded } from '../../../components/when-loaded.tsx';
import { useJson } from '../../../data/resource.ts';
import { withQuery } from '../../../data/urls.ts';
import { useCommand } from '../../../data/use-command.ts';
import { useQuery } from '../../../data/use-query.ts';
import { counted, leverage, price, signed, signedPercent, usdt } from '../../../format/numbers.ts';
import { duration, MINUTE_MS, utcHour, utcMoment } from '../../../format/time.ts';
import { downloadTrades } from '../download-trades.ts';
import { CLOSE_LABELS, closeLabel, ORIGIN_LABELS } from '../labels.ts';
import type { Run } from '../run.ts';
import { type FilterOptions, Filters, RESULT_SORTS, RESULTS, SIDES } from './filters.tsx';
import type { RecordPage } from './record-list.ts';
import { RecordPanel } from './record-panel.tsx';
import { RecordRow } from './record-row.tsx';
import type { RecordView } from './record-view.ts';
import { ResultMeter } from './result-meter.tsx';
import { SideChip } from './side-chip.tsx';

const REASONS: FilterOptions = Object.entries(CLOSE_LABELS);
/** Of one position; a page of the service has at most so many. */
const MAX_LOTS = 500;

interface TradesTabProps {
  readonly run: Run;
  readonly view: RecordView;
  /** Of the file with the trades, without its extension. */
  readonly fileName: string;
  /** A position was opened to its lots, or closed. */
  readonly onPosition: (position: WholePositionAnswer | undefined) => void;
  /** The list is to show what is listed from this instant on, ISO 8601. */
  readonly sought: string | undefined;
}

/** Positions, the lots from flat to flat; each opens to its lots. */
export function TradesTab({ run, view, fileName, onPosition, sought }: TradesTabProps) {
  const { query } = useQuery();
  const { isBusy, error, run: runCommand } = useCommand();
  return (
    <RecordPanel<WholePositionAnswer>
      label="Positions"
      path={run.records.positions}
      view={view}
      sought={sought}
      reloadOptions={run.records.reloadOptions('position')}
      filters={
        <>
          <Filters
            view={view}
            selects={[
              ['side', 'Side', SIDES],
              ['result', 'Result', RESULTS],
              ['reason', 'Exit', REASONS],
            ]}
            sorts={RESULT_SORTS}
            until={run.until}
          />
          <ErrorNotice error={error} />
        </>
      }
      actions={
        <Button
          size="small"
          isBusy={isBusy}
          label="Download all lots as CSV"
          onClick={() => void runCommand(() => downloadTrades(run.records.trades, `${fileName}.csv`))}
        >
          CSV
        </Button>
      }
      empty="No trade yet: a position is listed once its first lot is opened."
      total={(total) => counted(total, 'position')}
      rowKey={({ id }) => id}
    >
      {(position) => {
        const isExpanded = position.id === query.position;
        return (
          <>
            <PositionRow
              position={position}
              isExpanded={isExpanded}
              onClick={() => onPosition(isExpanded ? undefined : position)}
            />
            {isExpanded && <Lots run={run} position={position} />}
          </>
        );
      }}
    </RecordPanel>
  );
}

interface PositionRowProps {
  readonly position: WholePositionAnswer;
  readonly isExpanded: boolean;
  readonly onClick: () => void;
}

function PositionRow({ position, isExpanded, onClick }: PositionRowProps) {
  const { side, lots_count, open_lots_count, open_time, close_time, exits, margin_usdt } = position;
  const result = position.realized_pnl_usdt + (position.unrealized_pnl_usdt ?? 0);
  const ends = [
    ...Object.entries(exits).map(([reason, lots]) => `${lots} ${exitName(reason)}`),
    ...(open_lots_count > 0 ? [`${open_lots_count} open`] : []),
  ];
  return (
    <RecordRow
      title={
        <>
          <SideChip side={side} /> <b>{counted(lots_count, 'lot')}</b>
        </>
      }
      figure={<b class={result < 0 ? 'down' : 'up'}>{signed(result, usdt)}</b>}
      detail={`${utcMoment(open_time)}${close_time === null ? ', still open' : `, ${heldFor(open_time, close_time)}`}`}
      figureDetail={ends.join(', ')}
      isExpanded={isExpanded}
      onClick={onClick}
    >
      <ResultMeter share={result / margin_usdt} />
    </RecordRow>
  );
}

function exitName(reason: string): string {
  return closeLabel(reason).toLowerCase();
}

function heldFor(from: string, to: string): string {
  return duration(Math.round((Date.parse(to) - Date.parse(from)) / MINUTE_MS) * MINUTE_MS);
}

function Lots({ run, position }: { readonly run: Run; readonly position: WholePositionAnswer }) {
  const { records } = run;
  const { open_time, close_time, lot_ids } = position;
  const address = withQuery(records.trades, {
    ...{ from: open_time, to: close_time ?? undefined },
    ...{ sort: 'oldest', limit: String(MAX_LOTS) },
  });
  const lots = useJson<RecordPage<TradeAnswer>>(address, records.reloadOptions('position'));
  const ids = new Set(lot_ids);
  return (
    <div class="position-lots">
      <WhenLoaded resource={lots} lines={2}>
        {({ items }) => {
          const own = items
            .filter(({ id }) => ids.has(id))
            .toSorted((a, b) => a.open_time.localeCompare(b.open_time));
          if (own.length === 0) return <p class="muted">Its lots are still open: see Lots.</p>;
          return (
            <ol>
              {own.map((lot) => (
                <li key={lot.id}>
                  <LotLine lot={lot} />
                </li>
              ))}
            </ol>
          );
        }}
      </WhenLoaded>
    </div>
  );
}

function LotLine({ lot }: { readonly lot: TradeAnswer }) {
  const {
    open_time,
    entry_price,
    exit_price,
    leverage: times,
    realized_pnl_usdt,
    close_reason,
    origin,
  } = lot;
  const onTheWay =
    lot.mae_pct === null || lot.mfe_pct === null
      ? 'candles of its way are missing'
      : `on the way ${signedPercent(lot.mae_pct)} to ${signedPercent(lot.mfe_pct)} of its margin`;
  return (
    <span
      class="lot-line"
      title={`${ORIGIN_LABELS[origin]}, ${usdt(lot.size_usdt)} USDT, fees ${usdt(lot.fees_usdt)}, funding ${signed(lot.funding_usdt, usdt)}, ${onTheWay}`}
    >
      <time dateTime={open_time}>{utcHour(Date.parse(open_time))}</time>
      <span>
        {price(entry_price)} → {price(exit_price)}, {leverage(times)}
      </span>
      <span class={(realized_pnl_usdt ?? 0) < 0 ? 'down' : 'up'}>{signed(realized_pnl_usdt, usdt)}</span>
      <span>{close_reason === null ? 'open' : exitName(close_reason)}</span>
    </span>
  );
}
