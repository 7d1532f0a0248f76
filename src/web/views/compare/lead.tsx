import { useEffect } from 'preact/hooks';
import type { PairsAnswer } from '../../../http/comparison/schema.ts';
import { Skeleton } from '../../components/loading.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { type Resource, type ResourceOptions, useJson } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import type { ComparedAccount } from './compared-account.ts';
import { conclusionOf } from './conclusion.ts';
import { DifferenceInterval } from './difference-interval.tsx';
import { sentenceWithNames } from './sentence-with-names.ts';

/** Whether the chosen ones differ by more than chance. */
export function usePairs(
  kind: 'models' | 'replays',
  chosen: readonly ComparedAccount[],
  options: ResourceOptions,
): Resource<PairsAnswer> {
  const ids = chosen.map(({ key }) => key).join(',');
  return useJson<PairsAnswer>(withQuery('/paper/compare/pairs', { [kind]: ids }), options);
}

interface LeadProps {
  readonly pairs: Resource<PairsAnswer>;
  readonly chosen: readonly ComparedAccount[];
  /** Live accounts have more days every week; a replay needs a longer range. */
  readonly isWaitingEnough: boolean;
}

/** The conclusion of a comparison, the interval of the difference, and with three or more all pairs. */
export function Lead({ pairs, chosen, isWaitingEnough }: LeadProps) {
  const answer = pairs.data.value;
  const error = pairs.error.value;
  if (answer === undefined)
    return error === undefined ? <Skeleton lines={3} /> : <ErrorNotice {...{ error }} />;
  const names = new Map(chosen.map(({ key, name }) => [key, name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const { headline, details } = conclusionOf(answer.pairs, nameOf, isWaitingEnough);
  const [only] = answer.pairs;
  return (
    <section class="lead" aria-label="Is the difference real?">
      <div>
        <Headline>{headline}</Headline>
        {details.length > 0 && <p class="user-text">{details.join(' ')}</p>}
      </div>
      {answer.pairs.length === 1 && only !== undefined ? (
        <DifferenceInterval pair={only} nameOf={nameOf} />
      ) : (
        <ul class="differences">
          {answer.pairs.map((pair) => (
            <li key={`${pair.a} ${pair.b}`} class={pair.withheld === null ? undefined : 'muted'}>
              <strong class="user-text">
                {nameOf(pair.a)} and {nameOf(pair.b)}:
              </strong>{' '}
              {sentenceWithNames(pair, nameOf)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The headline of the view, which screen readers hear when it changes. */
export function Headline({ children }: { readonly children: string }) {
  useEffect(() => {
    document.title = 'Compare · paperdesk';
  }, []);
  return (
    <div role="status">
      <h1 class="user-text">{children}</h1>
    </div>
  );
}
