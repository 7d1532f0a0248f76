import { useLocation } from 'preact-iso/router';
import { AliasChips } from '../../../components/alias-chips.tsx';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { Time } from '../../../components/time.tsx';
import { packageAddress } from '../../../views.ts';
import { proofText } from '../proof.ts';
import { EquityCell } from './equity-cell.tsx';
import { type PackageRow, parseOrder, type SortKey } from './package-rows.ts';
import { AheadCell, CoverageCell, DrawdownCell, LotsCell, ReturnCell } from './result-cells.tsx';
import { StateCell } from './state-cell.tsx';
import { actionOf, type useRowActions } from './use-row-action.ts';

interface PackageTableProps {
  readonly rows: readonly PackageRow[];
  /** Whether results are those of replays. */
  readonly isReplay: boolean;
  /** As in the address. */
  readonly order: string | undefined;
  readonly onOrder: (order: string | undefined) => void;
  readonly ticked: ReadonlySet<string>;
  readonly onTick: (id: string, isTicked: boolean) => void;
  readonly actions: ReturnType<typeof useRowActions>;
  /** Comes with paperdesk. */
  readonly defaultId: string | undefined;
}

interface Header {
  readonly label: string;
  readonly sort?: SortKey;
  /** The class of its cells. */
  readonly name: string;
}

const HEADERS: readonly Header[] = [
  { label: 'Package', sort: 'name', name: 'c-name' },
  { label: 'Equity', name: 'c-equity' },
  { label: 'Return', sort: 'return', name: 'c-return number' },
  { label: 'Ahead of holding', sort: 'ahead', name: 'c-ahead number' },
  { label: 'Drawdown', sort: 'drawdown', name: 'c-drawdown number' },
  { label: 'Lots', sort: 'lots', name: 'c-lots number' },
  { label: 'In the band', name: 'c-band number' },
  { label: 'Last poll', sort: 'poll', name: 'c-poll number' },
  { label: 'State', name: 'c-state' },
];

/** All packages with their results and what they do now. On phones each row is a small sheet of its own. */
export function PackageTable({ rows, order, onOrder, ...row }: PackageTableProps) {
  const sorted = parseOrder(order);
  return (
    <section class="table-scroller" aria-label="Packages">
      <table class="table packages-table">
        <caption class="visually-hidden">Packages</caption>
        <thead>
          <tr>
            {HEADERS.map(({ label, sort, name }) => (
              <th
                key={label}
                scope="col"
                class={name}
                aria-sort={sort === sorted?.key ? sorted?.direction : undefined}
              >
                {sort === undefined ? (
                  label
                ) : (
                  <button type="button" onClick={() => onOrder(nextOrder(sort, order))}>
                    <span>{label}</span>
                    <span class="sort-mark" aria-hidden="true">
                      {sort !== sorted?.key ? '' : sorted.direction === 'ascending' ? '▲' : '▼'}
                    </span>
                  </button>
                )}
              </th>
            ))}
            <th scope="col" class="c-action">
              <span class="visually-hidden">Do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <Row key={one.one.id} row={one} {...row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Worst and shallowest first, then the other way round, then no order again. */
function nextOrder(key: SortKey, order: string | undefined): string | undefined {
  if (order === key) return `-${key}`;
  return order === `-${key}` ? undefined : key;
}

type RowProps = { readonly row: PackageRow } & Pick<
  PackageTableProps,
  'isReplay' | 'ticked' | 'onTick' | 'actions' | 'defaultId'
>;

function Row({ row, isReplay, ticked, onTick, actions, defaultId }: RowProps) {
  const { one, result, state, polledAt, isIndented } = row;
  const action = actionOf(row);
  return (
    <tr class={isIndented ? 'version-row' : undefined}>
      <td class="c-name">
        <NameCell {...{ one, defaultId }} isTicked={ticked.has(one.id)} onTick={onTick} />
      </td>
      <td class="c-equity">
        <EquityCell {...{ result, isReplay }} />
      </td>
      <td class="c-return number">{result && <ReturnCell result={result} />}</td>
      <td class="c-ahead number">{result && <AheadCell result={result} />}</td>
      <td class="c-drawdown number">{result && <DrawdownCell result={result} />}</td>
      <td class="c-lots number">{result && <LotsCell result={result} />}</td>
      <td class="c-band number">{result && <CoverageCell result={result} />}</td>
      <td class="c-poll number">{polledAt !== null && <Time at={polledAt} show="age" />}</td>
      <td class="c-state">
        <StateCell state={state} />
      </td>
      <td class="c-action">
        {action !== undefined && (
          <Button
            size="small"
            label={`${action.label} ${one.name}`}
            isBusy={actions.busyId === one.id}
            onClick={() => actions.run(one.id, action)}
          >
            {action.label}
          </Button>
        )}
      </td>
    </tr>
  );
}

interface NameCellProps extends Pick<PackageTableProps, 'onTick' | 'defaultId'> {
  readonly one: PackageRow['one'];
  readonly isTicked: boolean;
}

function NameCell({ one, isTicked, onTick, defaultId }: NameCellProps) {
  const { query } = useLocation();
  const { id, name, aliases, tags, version, version_of, proof, short_hash } = one;
  return (
    <div class="package-cell">
      <input
        type="checkbox"
        aria-label={`Tick ${name} (${id})`}
        checked={isTicked}
        onChange={({ currentTarget }) => onTick(id, currentTarget.checked)}
      />
      <div>
        <a class="strong user-text" href={packageAddress(id, query)}>
          {name}
        </a>{' '}
        <AliasChips aliases={aliases} />
        <div class="package-facts">
          {(version_of !== null || version > 1) && <span>{`version ${version}`}</span>}
          {id !== name && <code class="user-text">{id}</code>}
          <code title="Beginning of the hash of its files">{short_hash}</code>
          {id === defaultId && <span>comes with paperdesk</span>}
          {proof !== null && (
            <Badge tone="good" detail={proofText(proof)}>
              proven
            </Badge>
          )}
          {tags.map((tag) => (
            <span key={tag} class="user-text">{`#${tag}`}</span>
          ))}
        </div>
      </div>
    </div>
  );
}
