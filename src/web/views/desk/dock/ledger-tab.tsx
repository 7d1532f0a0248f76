import type { LedgerAnswer } from '../../../../http/ledger/schema.ts';
import { count, counted, fixed, signed, usdt } from '../../../format/numbers.ts';
import { utcMoment } from '../../../format/time.ts';
import { LEDGER_LABELS } from '../labels.ts';
import type { Run } from '../run.ts';
import { type FilterOptions, Filters, SIDES, TIME_SORTS } from './filters.tsx';
import { RecordPanel } from './record-panel.tsx';
import { RecordRow } from './record-row.tsx';
import type { RecordView } from './record-view.ts';

type LedgerLine = LedgerAnswer['items'][number];

const KINDS: FilterOptions = Object.entries(LEDGER_LABELS);
/** Funding of a small lot is less than a cent. */
const AMOUNT_DIGITS = 4;

interface LedgerTabProps {
  readonly run: Run;
  readonly view: RecordView;
}

/** Every movement of money (paper.md#37). */
export function LedgerTab({ run, view }: LedgerTabProps) {
  return (
    <RecordPanel<LedgerLine>
      label="Ledger"
      path={run.records.ledger}
      view={view}
      reloadOptions={run.records.reloadOptions('equity')}
      filters={
        <Filters
          view={view}
          selects={[
            ['kind', 'Kind', KINDS],
            ['side', 'Side', SIDES],
          ]}
          sorts={TIME_SORTS}
          until={run.until}
        />
      }
      empty="No line yet: the first is the entry fee of the first lot."
      total={(total) => counted(total, 'line')}
      rowKey={({ id }) => id}
    >
      {(line) => <LedgerRow line={line} />}
    </RecordPanel>
  );
}

function LedgerRow({ line }: { readonly line: LedgerLine }) {
  const { kind, amount_usdt: amount, time, sequence, wallet_after, reason, detail } = line;
  return (
    <RecordRow
      title={<b>{LEDGER_LABELS[kind]}</b>}
      figure={
        amount !== 0 && (
          <b class={amount < 0 ? 'down' : 'up'}>
            {signed(amount, (value) => (Math.abs(value) < 0.01 ? fixed(value, AMOUNT_DIGITS) : usdt(value)))}
          </b>
        )
      }
      detail={`${utcMoment(time)}, line ${count(sequence)}`}
      figureDetail={`wallet ${usdt(wallet_after)}`}
    >
      {(reason !== null || detail !== null) && (
        <small class="record-reason user-text">
          {[detail, reason].filter((text) => text !== null).join('. ')}
        </small>
      )}
    </RecordRow>
  );
}
