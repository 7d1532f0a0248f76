/** Paths of 24 x 24 line drawings. */
const PATHS = {
  desk: 'M4 20V10m5.5 10V4M15 20v-8m5 8V7',
  packages: 'M12 3l8 4.5v9L12 21l-8-4.5v-9L12 3zm0 9l8-4.5M12 12v9m0-9L4 7.5',
  compare: 'M4 18l5-7 4 3 7-9M4 21h16',
  factors: 'M4 6h10M4 12h16M4 18h6',
  system: 'M3 12h4l2.5-6 4 12L16 12h5',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3',
  light:
    'M12 8a4 4 0 100 8 4 4 0 000-8zm0-5v2m0 14v2M3 12h2m14 0h2M5.6 5.6L7 7m10 10l1.4 1.4M5.6 18.4L7 17M17 7l1.4-1.4',
  dark: 'M20 14.5A8.5 8.5 0 019.5 4a8.5 8.5 0 1010.5 10.5z',
  half: 'M12 3a9 9 0 100 18 9 9 0 000-18zm0 0v18',
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing that says nothing that the text beside it does not. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
