const WIDTH = 100;
const HALF = WIDTH / 2;
/** A result of this share of the margin fills a half. */
const FULL_SHARE = 0.1;

/** A result as a share of its margin, from the middle to the left (loss) or right (gain). */
export function ResultMeter({ share }: { readonly share: number }) {
  const size = Math.min(1, Math.abs(share) / FULL_SHARE) * HALF;
  return (
    <svg class="result-meter" viewBox={`0 0 ${WIDTH} 3`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="fill-sunken" width={WIDTH} height="3" />
      <rect
        class={share < 0 ? 'fill-short' : 'fill-long'}
        x={share < 0 ? HALF - size : HALF}
        width={size}
        height="3"
      />
      <rect class="fill-soft" x={HALF - 0.15} width="0.3" height="3" />
    </svg>
  );
}
