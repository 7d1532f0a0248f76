import { signed, usdt } from '../format/numbers.ts';

/** A row of a bar table: an amount that begins where another may have ended. */
export interface BarRow {
  readonly label: string;
  readonly amount: number;
  /** Where the bar begins; 0 unless given. */
  readonly from?: number;
  readonly isStrong?: boolean;
}

interface BarTableProps {
  /** What the amounts are, with their unit, for screen readers. */
  readonly caption: string;
  readonly rows: readonly BarRow[];
}

const WIDTH = 100;
const HEIGHT = 12;

/** Amounts with bars on one scale, gains to the right and losses to the left. */
export function BarTable({ caption, rows }: BarTableProps) {
  const ends = rows.flatMap(({ amount, from = 0 }) => [from, from + amount]);
  const lowest = Math.min(0, ...ends);
  const range = Math.max(0, ...ends) - lowest || 1;
  const place = (value: number) => ((value - lowest) / range) * WIDTH;
  return (
    <table class="bar-table">
      <caption class="visually-hidden">{caption}</caption>
      <tbody>
        {rows.map(({ label, amount, from = 0, isStrong = false }) => (
          <tr key={label} class={isStrong ? 'strong' : ''}>
            <th scope="row">{label}</th>
            <td aria-hidden="true">
              <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
                <rect
                  class={amount < 0 ? 'fill-short' : 'fill-long'}
                  x={place(Math.min(from, from + amount))}
                  width={Math.max(amount === 0 ? 0 : 0.5, (Math.abs(amount) / range) * WIDTH)}
                  height={HEIGHT}
                />
                <line class="spark-zero" x1={place(0)} x2={place(0)} y1="0" y2={HEIGHT} />
              </svg>
            </td>
            <td class="number">{signed(amount, usdt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
