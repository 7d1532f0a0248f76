import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/messages.tsx';
import { count } from '../../format/numbers.ts';

const MAX_SHOWN = 4;

/** Warnings of the service about artifacts; the rest of many on demand. */
export function Warnings({ sentences }: { readonly sentences: readonly string[] }) {
  const [showsAll, setShowsAll] = useState(false);
  if (sentences.length === 0) return null;
  const shown = showsAll ? sentences : sentences.slice(0, MAX_SHOWN);
  const hidden = sentences.length - shown.length;
  return (
    <Notice tone="warn">
      {shown.length === 1 ? (
        <p class="user-text">{shown[0]}</p>
      ) : (
        <ul>
          {shown.map((sentence, index) => (
            <li key={`${index} ${sentence}`} class="user-text">
              {sentence}
            </li>
          ))}
        </ul>
      )}
      {hidden > 0 && (
        <p>
          <Button kind="quiet" size="small" onClick={() => setShowsAll(true)}>
            {`Show ${count(hidden)} more`}
          </Button>
        </p>
      )}
    </Notice>
  );
}
