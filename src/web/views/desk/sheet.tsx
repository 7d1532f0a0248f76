import type { ComponentChildren } from 'preact';

interface SheetProps {
  readonly notices: ComponentChildren;
  readonly verdict: ComponentChildren;
  readonly now: ComponentChildren;
  readonly strip: ComponentChildren;
  readonly chart: ComponentChildren;
  readonly dock: ComponentChildren;
  readonly evidence: ComponentChildren;
}

/** The desk as one sheet: what it is worth and what it says now, figures, chart and records, and the evidence below. */
export function Sheet({ notices, verdict, now, strip, chart, dock, evidence }: SheetProps) {
  return (
    <div class="sheet">
      {notices}
      <div class="desk">
        {verdict}
        {now}
        <div class="desk-strip">{strip}</div>
        <div class="sheet-chart">{chart}</div>
        {dock}
      </div>
      {evidence}
    </div>
  );
}
