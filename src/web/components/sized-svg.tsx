import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface SizedSvgProps {
  /** In CSS pixels. */
  readonly height: number;
  /** What the picture shows, with its numbers, for those who do not see it. */
  readonly label: string;
  /** Draws for a width in CSS pixels. */
  readonly children: (width: number) => ComponentChildren;
}

/** A picture that fills the width of its place, so that its text keeps its size. */
export function SizedSvg({ height, label, children }: SizedSvgProps) {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const place = element.current!;
    const measure = () => setWidth(place.clientWidth);
    const observer = new ResizeObserver(measure);
    observer.observe(place);
    measure();
    return () => observer.disconnect();
  }, []);
  return (
    <div class="sized-svg" ref={element}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {width > 0 && children(width)}
      </svg>
    </div>
  );
}
