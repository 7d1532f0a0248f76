interface RangeChoiceProps<Id extends string> {
  /** What is chosen. */
  readonly label: string;
  readonly options: readonly { readonly id: Id; readonly label: string }[];
  readonly selected: Id;
  readonly onSelect: (id: Id) => void;
}

/** A choice of one of a few, side by side. */
export function RangeChoice<Id extends string>({ label, options, selected, onSelect }: RangeChoiceProps<Id>) {
  return (
    <fieldset class="range-choice">
      <legend class="visually-hidden">{label}</legend>
      {options.map(({ id, label: text }) => (
        <button key={id} type="button" aria-pressed={id === selected} onClick={() => onSelect(id)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}
