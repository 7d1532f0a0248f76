import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { DAY_MS, instantOf } from '../../../format/time.ts';

interface GoToDateProps {
  /** The instant that is shown, ISO 8601. */
  readonly at: string | undefined;
  readonly onGo: (at: string) => void;
}

/** A button that becomes a field for a UTC date. Enter goes there, Escape gives up. */
export function GoToDate({ at, onGo }: GoToDateProps) {
  const [isOpen, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen) field.current?.focus();
  }, [isOpen]);
  const close = () => {
    setOpen(false);
    // The button is there after the next rendering.
    requestAnimationFrame(() => opener.current?.querySelector('button')?.focus());
  };
  const go = (event: Event) => {
    event.preventDefault();
    const day = instantOf(field.current?.value);
    if (day === undefined) return;
    onGo(new Date(day + DAY_MS / 2).toISOString());
    close();
  };
  return (
    <div ref={opener}>
      {isOpen ? (
        <form
          class="go-to-date"
          onSubmit={go}
          onKeyDown={({ key }) => {
            if (key === 'Escape') close();
          }}
        >
          <input
            ref={field}
            type="date"
            class="input"
            aria-label="Date, UTC"
            required
            defaultValue={at?.slice(0, 10)}
          />
          <Button type="submit" size="small">
            Go
          </Button>
        </form>
      ) : (
        <Button size="small" onClick={() => setOpen(true)}>
          Go to date
        </Button>
      )}
    </div>
  );
}
