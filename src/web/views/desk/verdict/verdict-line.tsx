import { capitalized } from '../../../format/text.ts';
import type { RunPerformance } from '../run.ts';

/** What the verdict rests on, in the service's words: interval, lots and positions, share won, forecasts. */
export function VerdictLine({ worth: { parts } }: Pick<RunPerformance, 'worth'>) {
  const { interval, lots, won, forecasts } = parts;
  const said = [interval, lots, won, forecasts].filter((part) => part !== null);
  return (
    <p>
      {said.map((part, index) => (
        <span key={part}>
          {index > 0 && ' · '}
          {part === forecasts ? part : <b>{index === 0 ? capitalized(part) : part}</b>}
        </span>
      ))}
    </p>
  );
}
