import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Note } from '../../components/notes.tsx';
import { count } from '../../format/numbers.ts';

const SHOWN_AT_FIRST = 4;

/** What is not as it should be, in the service's own sentences. */
export function Warnings({ sentences }: { readonly sentences: readonly string[] }) {
  const [isWhole, setWhole] = useState(false);
  if (sentences.length === 0) return null;
  const shown = isWhole ? sentences : sentences.slice(0, SHOWN_AT_FIRST);
  const rest = sentences.length - shown.length;
  return (
    <Note tone="warn">
      {shown.length === 1 ? (
        <p class="foreign">{shown[0]}</p>
      ) : (
        <ul>
          {shown.map((sentence, index) => (
            <li key={`${index} ${sentence}`} class="foreign">
              {sentence}
            </li>
          ))}
        </ul>
      )}
      {rest > 0 && (
        <p>
          <Button kind="quiet" size="small" onClick={() => setWhole(true)}>
            {`Show ${count(rest)} more`}
          </Button>
        </p>
      )}
    </Note>
  );
}
