import type { PairsAnswer } from '../../../http/comparison/schema.ts';
import { ResourcePanel } from '../../components/panel.tsx';
import { type ResourceOptions, useJson } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import type { ComparedAccount } from './compared-account.ts';

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
        <ul>
          {pairs.map(({ a, b, withheld, sentence }) => (
            <li key={`${a} ${b}`} class={withheld === null ? undefined : 'muted'}>
              <strong>
                {nameOf(a)} and {nameOf(b)}:
              </strong>{' '}
              {sentence.replaceAll(a, () => nameOf(a)).replaceAll(b, () => nameOf(b))}
            </li>
          ))}
        </ul>
      )}
    </ResourcePanel>
  );
}
