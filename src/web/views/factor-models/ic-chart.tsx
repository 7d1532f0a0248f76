import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { count, fixed } from '../../format/numbers.ts';
import type { IcRow } from './ic-rows.ts';
import { axisEnd, largestOf, tau } from './tau.ts';

interface IcChartProps {
  /** In the order to draw. */
  readonly rows: readonly IcRow[];
  /** All there are: the axis stays as it is while some are searched. */
  readonly all: readonly IcRow[];
}

/** Bars drawn at first: the largest, by the order it begins with; and those that each "Show more" adds. */
const FIRST_PAGE = 50;
const PAGE = 500;

/** A bar for each factor, to the right of zero or to its left; a table for those who cannot see it. */
export function IcChart({ rows, all }: IcChartProps) {
  const [shown, setShown] = useState(FIRST_PAGE);
  const end = axisEnd(largestOf(all.map((row) => row.tau)));
  const returns = new Set(all.map(({ symbol, returnName }) => `${symbol}\n${returnName}`));
  const isMixed = returns.size > 1;
  const hasOthers = all.some(({ dim }) => dim === undefined) && all.some(({ dim }) => dim !== undefined);
  const written = axisLabel(end);
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
                <span>−{written}</span>
                <span>0</span>
                <span>+{written}</span>
              </span>
            </th>
            <th scope="col" class="number">
              Tau
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((row) => (
            <Bar key={row.key} row={row} end={end} isMixed={isMixed} />
          ))}
        </tbody>
      </table>
      {(hasOthers || rows.length > shown) && (
        <div class="table-foot">
          {hasOthers && (
            <span class="ic-legend">
              <i class="ic-sample" /> input of the model <i class="ic-sample ic-other" /> not selected
            </span>
          )}
          {rows.length > shown && (
            <Button size="small" onClick={() => setShown(shown + PAGE)}>
              {`Show ${count(Math.min(PAGE, rows.length - shown))} more`}
            </Button>
          )}
        </div>
      )}
    </>
  );
}

interface BarProps {
  readonly row: IcRow;
  readonly end: number;
  /** Says with which return, where the table has several. */
  readonly isMixed: boolean;
}

function Bar({ row: { factor, tau: value, dim, symbol, returnName }, end, isMixed }: BarProps) {
  const side = (value ?? 0) < 0 ? 'ic-down' : 'ic-up';
  return (
    <tr class={dim === undefined ? 'ic-other' : undefined}>
      <th scope="row" title={factor}>
        <span class="ic-name">
          {factor}
          {isMixed && <span class="soft"> {[symbol, returnName].filter(Boolean).join(' ')}</span>}
        </span>
      </th>
      <td class="ic-field">
        {value !== null && (
          <i class={`ic-bar ${side}`} style={{ '--size': `${(Math.abs(value) / end) * 50}%` }} />
        )}
      </td>
      <td class="number" title={value === null ? undefined : String(value)}>
        {tau(value)}
      </td>
    </tr>
  );
}

function axisLabel(end: number): string {
  return fixed(end, Math.max(0, 1 - Math.floor(Math.log10(end))))
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}
