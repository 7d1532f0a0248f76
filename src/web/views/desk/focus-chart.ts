/** Gives the focus back to the chart, or to the table in its place, when what it opened is closed. */
export function focusChart(): void {
  document.querySelector<HTMLElement>('.desk-chart-plot [tabindex="0"]')?.focus();
}
