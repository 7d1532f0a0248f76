import type { CounterfactualsAnswer } from '../../../http/replays/schema.ts';
import { Button } from '../../components/button.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { sendJson } from '../../data/api.ts';
import { withSegments } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';
import { count } from '../../format/numbers.ts';

interface CounterfactualPanelProps {
  readonly id: string;
  readonly counterfactuals: CounterfactualsAnswer | null;
}

/** What the same range gives without stops, with the simplest policy, and with random entries. */
export function CounterfactualPanel({ id, counterfactuals: known }: CounterfactualPanelProps) {
  const { isBusy, error, run } = useCommand();
  const request = () =>
    run(async () => {
      await sendJson('POST', withSegments('/paper/replays', id, 'counterfactuals'));
    });
  return (
    <Panel title="What else would it have been?">
      <ErrorNotice error={error} />
      {known === null || known.failed > 0 ? (
        <p>
          The same candles without stops, with the simplest policy on the same forecasts, and with 20 accounts
          that enter at random as often.{' '}
          <Button size="small" isBusy={isBusy} onClick={() => void request()}>
            Replay them
          </Button>
        </p>
      ) : (
        <Sentences known={known} />
      )}
    </Panel>
  );
}

function Sentences({ known }: { readonly known: CounterfactualsAnswer }) {
  const { done, total, no_stops, sign_of_median, random_entries } = known;
  const compared = [no_stops, sign_of_median].filter((one) => one !== null);
  return (
    <ul>
      {done < total && (
        <li class="muted">
          {count(done)} of {count(total)} are done.
        </li>
      )}
      {random_entries !== null && <li>It {random_entries.sentence}.</li>}
      {compared.map(({ id, sentence, comparison }) => (
        <li key={id}>
          {sentence.charAt(0).toUpperCase() + sentence.slice(1)}.{' '}
          <span class="muted">{comparison.sentence}</span>
        </li>
      ))}
    </ul>
  );
}
