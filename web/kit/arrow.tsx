const PATHS = { left: 'M14 6l-6 6 6 6', right: 'M10 6l6 6-6 6', down: 'M6 10l6 6 6-6' } as const;

/** The picture on a button that goes back or on; the button says in words where to. */
export function Arrow({ to }: { readonly to: 'left' | 'right' | 'down' }) {
  return (
    <svg
      class="arrow"
      data-to={to}
      width="24"
      height="24"
      viewBox="0 0 24 24"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={PATHS[to]} />
    </svg>
  );
}
