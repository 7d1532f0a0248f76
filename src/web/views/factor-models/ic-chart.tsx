import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { count, fixed } from '../../format/numbers.ts';
import type { IcRow } from './ic-rows.ts';
import { axisEnd, formatTau, largestSize } from './tau.ts';

interface IcChartProps {
  /** In the order of the bars. */
  readonly rows: readonly IcRow[];
  /** Rows before the search, so that searching does not change the axis. */
  readonly allRows: readonly IcRow[];
}

/** Bars shown at first, and added by each "Show more". */
const FIRST_PAGE = 50;
const PAGE = 500;

/** A bar per factor, to the right or left of zero; a table for screen readers. */
export function IcChart({ rows, allRows }: IcChartProps) {
  const [limit, setLimit] = useState(FIRST_PAGE);
  const end = axisEnd(largestSize(allRows.map(({ tau }) => tau)));
  const endLabel = axisLabel(end);
  const returns = new Set(allRows.map(({ symbol, returnName }) => `${symbol}\n${returnName}`));
  const inputs = allRows.filter(({ dim }) => dim !== undefined).length;
  const hasUnselected = inputs > 0 && inputs < allRows.length;
  return (
    <>
      <table class="ic">
        <caption class="visually-hidden">Kendall’s tau of each factor</caption>
        <thead>
          <tr>
            <th scope="col">Factor</th>
            <th scope="col">
              <span class="visually-hidden">Bar</span>
              <span class="ic-axis" aria-hidden="true">
                <span>−{endLabel}</span>
                <span>0</span>
                <span>+{endLabel}</span>
              </span>
            </th>
            <th scope="col" class="number">
              Tau
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, limit).map((row) => (
            <Bar key={row.key} row={row} end={end} showsReturn={returns.size > 1} />
          ))}
        </tbody>
      </table>
      {(hasUnselected || rows.length > limit) && (
        <div class="row spread table-footer">
          {hasUnselected && (
            <span class="ic-legend">
              <i class="ic-sample" /> input of the model <i class="ic-sample ic-unselected" /> not selected
            </span>
          )}
          {rows.length > limit && (
            <Button size="small" onClick={() => setLimit(limit + PAGE)}>
              {`Show ${count(Math.min(PAGE, rows.length - limit))} more`}
            </Button>
          )}
        </div>
      )}
    </>
  );
}

interface BarProps {
  readonly row: IcRow;
  /** Of the axis. */
  readonly end: number;
  /** Adds symbol and return to the name, where rows differ in them. */
  readonly showsReturn: boolean;
}

function Bar({ row: { factor, tau, dim, symbol, returnName }, end, showsReturn }: BarProps) {
  return (
    <tr class={dim === undefined ? 'ic-unselected' : undefined}>
      <th scope="row" title={factor}>
        <span class="clamped user-text">
          {factor}
          {showsReturn && <span class="muted"> {[symbol, returnName].filter(Boolean).join(' ')}</span>}
        </span>
      </th>
      <td class="ic-field">
        {tau !== null && (
          <i
            class={`ic-bar ${tau < 0 ? 'ic-down' : 'ic-up'}`}
            style={{ '--size': `${(Math.abs(tau) / end) * 50}%` }}
          />
        )}
      </td>
      <td class="number" title={tau === null ? undefined : String(tau)}>
        {formatTau(tau)}
      </td>
    </tr>
  );
}

function axisLabel(end: number): string {
  return fixed(end, Math.max(0, 1 - Math.floor(Math.log10(end))))
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}
