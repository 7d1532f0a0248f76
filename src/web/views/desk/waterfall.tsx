import type { AttributionSumsAnswer } from '../../../http/attribution/schema.ts';
import { resultParts } from '../../format/bookkeeping.ts';
import { signed, usdt } from '../../format/numbers.ts';

interface Step {
  readonly label: string;
  readonly amount: number;
  /** Where its bar begins and ends, in USDT. */
  readonly from: number;
  readonly to: number;
}

/** The parts of a result, each bar beginning where the one before it ends, and the result from 0. */
export function Waterfall({ sums }: { readonly sums: AttributionSumsAnswer }) {
  const steps = stepsTo(sums);
  const lowest = Math.min(...steps.flatMap(({ from, to }) => [from, to]));
  const highest = Math.max(...steps.flatMap(({ from, to }) => [from, to]));
  const range = highest - lowest || 1;
  const place = (value: number) => ((value - lowest) / range) * 100;
  return (
    <table class="waterfall">
      <caption class="visually-hidden">Parts of the result, USDT</caption>
      <tbody>
        {steps.map(({ label, amount, from, to }, index) => (
          <tr key={label} class={index === steps.length - 1 ? 'strong' : ''}>
            <th scope="row">{label}</th>
            <td class="waterfall-track" aria-hidden="true">
              <i
                class={amount < 0 ? 'loss' : 'gain'}
                style={{
                  left: `${place(Math.min(from, to))}%`,
                  width: `${(Math.abs(to - from) / range) * 100}%`,
                }}
              />
              <i class="waterfall-zero" style={{ left: `${place(0)}%` }} />
            </td>
            <td class="number">{signed(amount, usdt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function stepsTo(sums: AttributionSumsAnswer): readonly Step[] {
  let reached = 0;
  const steps = resultParts(sums).map(({ label, amount }): Step => {
    const from = reached;
    reached += amount;
    return { label, amount, from, to: reached };
  });
  return [...steps, { label: 'Result, USDT', amount: sums.net_usdt, from: 0, to: sums.net_usdt }];
}
