interface FilterSelectProps {
  /** What is chosen; shown where nothing is. */
  readonly label: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly value: string | undefined;
  /** undefined where everything is shown. */
  readonly onChange: (value: string | undefined) => void;
}

/** A choice in a line of filters, which is named by what it filters until something is chosen. */
export function FilterSelect({ label, options, value, onChange }: FilterSelectProps) {
  return (
    <select
      class={value === undefined ? 'filter-select' : 'filter-select is-set'}
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    >
      <option value="">{label}</option>
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  );
}
