import type { CounterfactualsAnswer } from '../../../../http/replays/schema.ts';
import { Button } from '../../../components/button.tsx';
import { ErrorNotice } from '../../../components/messages.tsx';
import { sendJson } from '../../../data/api.ts';
import { withSegments } from '../../../data/urls.ts';
import { useCommand } from '../../../data/use-command.ts';
import { count } from '../../../format/numbers.ts';
import { capitalized } from '../../../format/text.ts';
import { Card } from './card.tsx';

interface CounterfactualCardProps {
  readonly replayId: string;
  readonly counterfactuals: CounterfactualsAnswer | null;
}

/** What the same range gives without stops, with the simplest policy, and with random entries. */
export function CounterfactualCard({ replayId, counterfactuals: known }: CounterfactualCardProps) {
  const { isBusy, error, run } = useCommand();
  const request = () =>
    run(async () => {
      await sendJson('POST', withSegments('/paper/replays', replayId, 'counterfactuals'));
    });
  if (known !== null && known.failed === 0) return <Known known={known} />;
  return (
    <Card
      headline="Would it have been better otherwise?"
      detail="Replays the same candles without stops, by the sign of the forecast alone, and with 20 accounts that enter at random as often."
    >
      <ErrorNotice error={error} />
      {known !== null && (
        <p class="small">
          {count(known.failed)} of {count(known.total)} failed.
        </p>
      )}
      <Button size="small" isBusy={isBusy} onClick={() => void request()}>
        Replay them
      </Button>
    </Card>
  );
}

function Known({ known }: { readonly known: CounterfactualsAnswer }) {
  const { done, total, no_stops, sign_of_median, random_entries } = known;
  const compared = [no_stops, sign_of_median].filter((one) => one !== null);
  return (
    <Card
      headline={
        random_entries === null
          ? `What else it could have been: ${count(done)} of ${count(total)} are done`
          : `It ${random_entries.sentence}`
      }
    >
      <ul class="evidence-sentences">
        {compared.map(({ id, sentence, comparison }) => (
          <li key={id}>
            {capitalized(sentence)}. <span class="muted">{comparison.sentence}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
