import { Panel } from '../../components/panel.tsx';
import { Scroller } from '../../components/scroller.tsx';
import type { ComparedAccount } from './compared-account.ts';
import { type Cell, FIGURES, type Figure } from './figures.ts';
import { LineSample } from './line-sample.tsx';

interface SideBySideProps {
  readonly chosen: readonly ComparedAccount[];
  /** Lines after those of all accounts. */
  readonly more?: readonly Figure[];
}

/** The results of the chosen ones, one column each. */
export function SideBySide({ chosen, more = [] }: SideBySideProps) {
  return (
    <Panel title="Results" beside={<span class="muted small">intervals are 90 %</span>} flush>
      <Scroller class="table-scroller" label="Results side by side">
        <table class="table side-by-side">
          <thead>
            <tr>
              <th scope="col">
                <span class="visually-hidden">Figure</span>
              </th>
              {chosen.map(({ key, name, address }, style) => (
                <th key={key} scope="col">
                  <LineSample style={style} /> {address === undefined ? name : <a href={address}>{name}</a>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...FIGURES, ...more].map(({ label, of }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {chosen.map((account) => (
                  <td key={account.key}>
                    <FigureCell cell={of(account)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  );
}

function FigureCell({ cell: { text, detail, isMissing = false, gain = 0 } }: { readonly cell: Cell }) {
  const direction = gain > 0 ? 'up' : gain < 0 ? 'down' : undefined;
  return (
    <>
      <span class={isMissing ? 'muted' : direction}>{text}</span>
      {detail !== undefined && <span class="muted small figure-detail">{detail}</span>}
    </>
  );
}
