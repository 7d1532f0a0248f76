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
