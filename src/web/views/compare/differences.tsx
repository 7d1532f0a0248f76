import type { PairsAnswer } from '../../../http/comparison/schema.ts';
import { ResourcePanel } from '../../components/panel.tsx';
import { type ResourceOptions, useJson } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import type { ComparedAccount } from './compared-account.ts';
import { sentenceWithNames } from './sentence-with-names.ts';

/** The service compares no more than this at once. */
const MAX_COMPARED = 7;

interface DifferencesProps {
  readonly kind: 'models' | 'replays';
  /** At least two; the first of them are compared. */
  readonly accounts: readonly ComparedAccount[];
  readonly options: ResourceOptions;
}

/** Whether the results of accounts, or of replays, differ by more than chance. */
export function Differences({ kind, accounts, options }: DifferencesProps) {
  const compared = accounts.slice(0, MAX_COMPARED);
  const ids = compared.map(({ key }) => key).join(',');
  const resource = useJson<PairsAnswer>(withQuery('/paper/compare/pairs', { [kind]: ids }), options);
  const names = new Map(compared.map(({ key, name }) => [key, name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  return (
    <ResourcePanel title="Is the difference real?" resource={resource} lines={3}>
      {({ pairs }) => (
        <>
          {compared.length < accounts.length && (
            <p class="muted">
              The first {compared.length} of {accounts.length} by rank are compared.
            </p>
          )}
          <ul class="differences">
            {pairs.map((pair) => (
              <li key={`${pair.a} ${pair.b}`} class={pair.withheld === null ? undefined : 'muted'}>
                <strong>
                  {nameOf(pair.a)} and {nameOf(pair.b)}:
                </strong>{' '}
                {sentenceWithNames(pair, nameOf)}
              </li>
            ))}
          </ul>
        </>
      )}
    </ResourcePanel>
  );
}
