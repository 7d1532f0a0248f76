/** Shows that something small is in progress. */
export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}

/** Takes the space of content that is loading, so that the layout does not jump. */
export function Skeleton({ lines = 5 }: { readonly lines?: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="visually-hidden">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <i key={line} />
      ))}
    </div>
  );
}

interface ProgressBarProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  /** Text at the end of the line, for example `12 of 466 MB`. */
  readonly detail: string;
}

/** A labeled progress bar. */
export function ProgressBar({ label, value, max, detail }: ProgressBarProps) {
  return (
    <div class="progress">
      <div>
        <span>{label}</span>
        <span class="muted">{detail}</span>
      </div>
      <progress value={value} max={max} aria-label={label} />
    </div>
  );
}
